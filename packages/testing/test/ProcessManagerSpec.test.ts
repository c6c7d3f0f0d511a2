/** Given/when/then for process managers: what holds is quiet, and what does not says how. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Message, ProcessManager } from "@eventfold/decider"
import { DateTime, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { ProcessManagerSpec } from "../src/index.ts"

const at = (seconds: number) => DateTime.makeUnsafe(seconds * 1000)
const Asked = DomainEvent.make("Asked", { question: Schema.String })
const asked = (seconds: number) => Asked.make({ question: "q", occurredAt: at(seconds) })
const tell = Message.command({
  context: "desk",
  payload: Schema.TaggedStruct("Tell", { attempt: Schema.Int }),
  answer: Schema.Struct({ said: Schema.String })
})
type Input = ProcessManager.Input<typeof Asked.Type, typeof tell>

/** Asks somebody, three times at most, a minute apart, until there is an answer. */
const Desk = ProcessManager.make({
  name: "desk",
  events: Schema.Union([Asked]),
  commands: [tell],
  State: Schema.Int,
  initial: 0,
  correlate: ({ question }) => question,
  evolve: (attempts, input) => (input._tag === "CommandAnswered" ? 9 : attempts + 1),
  react: (attempts, input, { after }) => {
    if (input._tag === "Asked" && attempts > 0) return ProcessManager.ignore("asked already")
    if (after > 3) return ProcessManager.nothing
    return {
      commands: [ProcessManager.send("tell", tell, { _tag: "Tell", attempt: after })],
      start: [{ timer: "again", after: "1 minute" }]
    }
  },
  ended: (attempts) => attempts > 3,
  phase: (attempts) => (attempts === 0 ? "new" : attempts > 3 ? "over" : "asking")
})
const answered = (seconds: number): Input => ({
  _tag: "CommandAnswered",
  command: "desk.Tell",
  key: "tell",
  number: 0,
  answer: { said: "yes" },
  occurredAt: at(seconds)
})
const { given } = ProcessManagerSpec
const send = (attempt: number) => ({ key: "tell", command: "desk.Tell", payload: { _tag: "Tell", attempt } })

describe("a spec", () => {
  it("tells what is sent, which timers run and where the process stands", () => {
    given(Desk)
      .when(asked(0))
      .thenSends([send(1)])
      .thenTimers({ again: "1 minute" })
      .thenPhase("asking")
      .thenState(1)
    given(Desk, [asked(0)])
      .when(answered(10))
      .thenSends([])
      .thenTimers({})
      .thenEnded()
    given(Desk, [asked(0)])
      .when(asked(5))
      .thenIgnored("asked already")
      .thenTimers({ again: "55 seconds" })
    assert.doesNotThrow(() =>
      given(Desk, [asked(0), answered(1)])
        .when(answered(2))
        .thenNothing()
    )
  })

  it("lets time go by, and what is due fires when it is due", () => {
    given(Desk, [asked(0)])
      .after("90 seconds")
      .thenFired(["again"])
      .thenSends([{ key: "tell", command: "desk.Tell" }])
      .thenTimers({ again: "30 seconds" })
      .after("2 minutes")
      .thenFired(["again", "again"])
      .thenEnded()
    const late = given(Desk, [asked(0)]).when(asked(61))
    assert.doesNotThrow(() => late.thenIgnored("asked already").thenTimers({ again: "59 seconds" }))
  })

  it.effect("goes by the clock of Effect", () =>
    Effect.gen(function* () {
      const spec = ProcessManagerSpec.byClock(Desk)
      ;(yield* spec.when(asked(0))).thenSends([send(1)])
      yield* TestClock.adjust("1 minute")
      ;(yield* spec.now).thenFired(["again"]).thenSends([send(2)])
    })
  )

  it("says what is otherwise", () => {
    const when = given(Desk).when(asked(0))
    assert.throws(() => when.thenSends([]), /Other commands are sent\.[\s\S]*attempt: 1/u)
    assert.throws(() => when.thenTimers({ again: "2 minutes" }), /Other timers run[\s\S]*- .*120000[\s\S]*\+ .*60000/u)
    assert.throws(() => when.thenFired(["again"]), /Other timers have fired/u)
    assert.throws(() => when.thenIgnored("late"), /not ignored so/u)
    assert.throws(() => when.thenNothing(), /Something was recorded/u)
    assert.throws(() => when.thenPhase("over"), /stands elsewhere/u)
    assert.throws(() => when.thenState(2), /another state/u)
    assert.throws(() => when.thenEnded(), /has not ended/u)
  })

  it("does not run on with a process that starts its timer without end", () => {
    const Restless = ProcessManager.make({
      ...Desk,
      name: "restless",
      react: () => ({ start: [{ timer: "again", after: 0 }] }),
      ended: () => false
    })
    assert.throws(() => given(Restless, [asked(0)]).after(0), /1,000 timers have fired/u)
  })
})
