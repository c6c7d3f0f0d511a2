/**
 * Given / when / then for process managers: given what has come, when this comes, then this is sent and these timers run.
 *
 * ```ts
 * ProcessManagerSpec.given(Shipping, [orderPlaced, orderApproved])
 *   .when(paymentReceived)
 *   .thenSends([{ key: "ship", command: "shipping.RequestShipment", payload }])
 *   .thenTimers({})
 * ProcessManagerSpec.given(Shipping, [orderPlaced]).after("30 seconds").thenFired(["payment"])
 * ```
 *
 * `given` and `when` take inputs; each is taken at its own `occurredAt`, and what is due by then fires first, as it would.
 * The outcome of a command names its key: which of its commands that is, the process knows. `after` lets time go by on a
 * clock made of numbers, so no spec waits. {@link byClock} does the same by the clock of Effect: under `TestClock` it goes on
 * as that is adjusted.
 *
 * Works in any test framework: an expectation that does not hold throws an error with the difference.
 */
import { Decider, type DomainEvent, type Message, ProcessManager } from "@eventfold/decider"
import { Clock, DateTime, Duration, Effect, Result } from "effect"
import { fail } from "./AssertionError.ts"
import * as Difference from "./Difference.ts"
import { print } from "./ReadableValue.ts"

/** A command as it is expected: its key, its name and its payload. */
export interface ExpectedSend {
  readonly key: string
  readonly command: string
  readonly payload?: unknown
}

/** What has come, waiting for what comes now. */
export interface Given<State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand> {
  /** This comes, when it says that it happened. */
  readonly when: (input: ProcessManager.Input<Event, C>) => When<State, Event, C>
  /** So much time goes by, and what is due fires. */
  readonly after: (time: Duration.Input) => When<State, Event, C>
}

/** What was done about it. Every expectation answers the same again, so that they can be chained; it can also go on. */
export interface When<State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand> extends Given<
  State,
  Event,
  C
> {
  /** Just these commands are sent, in this order. A payload that is left out is not looked at. */
  readonly thenSends: (commands: ReadonlyArray<ExpectedSend>) => When<State, Event, C>
  /** Just these timers run now, each with the time until it is due. */
  readonly thenTimers: (timers: { readonly [timer: string]: Duration.Input }) => When<State, Event, C>
  /** Just these timers have fired, in this order. */
  readonly thenFired: (timers: ReadonlyArray<string>) => When<State, Event, C>
  /** What came was ignored, for this reason. */
  readonly thenIgnored: (because: string) => When<State, Event, C>
  /** Nothing was recorded: what came was there before, or nobody waits for it. */
  readonly thenNothing: () => When<State, Event, C>
  readonly thenPhase: (phase: string) => When<State, Event, C>
  readonly thenState: (state: State) => When<State, Event, C>
  readonly thenEnded: () => When<State, Event, C>
}

/** Begins with what has come to a process, in that order; nothing for a new one. */
export const given = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  inputs: ReadonlyArray<ProcessManager.Input<NoInfer<Event>, NoInfer<C>>> = []
): Given<State, Event, C> => {
  const walk = new Walk(manager)
  const first = inputs[0]
  const start: Situation<State, Event, C> = {
    process: ProcessManager.decider(manager).initial,
    at: first?.occurredAt ?? DateTime.makeUnsafe(0),
    events: []
  }
  return goingOn(
    manager,
    walk,
    inputs.reduce((situation, input) => walk.take(situation, input), start)
  )
}

/** Where a process stands, when, and what was recorded last. */
interface Situation<State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand> {
  readonly process: ProcessManager.Process<State>
  readonly at: DateTime.Utc
  readonly events: ReadonlyArray<ProcessManager.ProcessEvent<Event, C>>
}

/** Takes one input after the other, and fires what is due between them. */
class Walk<State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand> {
  readonly #decider: ProcessManager.ProcessDecider<State, Event, C>
  constructor(manager: ProcessManager.ProcessManager<State, Event, C>) {
    this.#decider = ProcessManager.decider(manager)
  }

  take(situation: Situation<State, Event, C>, input: ProcessManager.Input<Event, C>): Situation<State, Event, C> {
    const before = this.until(situation, input.occurredAt)
    const at = DateTime.max(before.at, input.occurredAt)
    return this.#decide({ ...before, at }, this.#asAwaited(before, input))
  }

  /** Everything that is due until then fires, when it is due. */
  until(situation: Situation<State, Event, C>, at: DateTime.Utc): Situation<State, Event, C> {
    let now: Situation<State, Event, C> = { ...situation, events: [] }
    // As many as a process can start in a test; one that starts itself without end is a mistake of the process.
    for (let count = 0; count < 1000; count += 1) {
      const [due] = Object.entries(now.process.timers).toSorted(
        ([, one], [, other]) => one.epochMilliseconds - other.epochMilliseconds
      )
      if (due === undefined || due[1].epochMilliseconds > at.epochMilliseconds) {
        return { ...now, at: DateTime.max(now.at, at) }
      }
      const [timer, dueAt] = due
      const occurredAt = DateTime.max(now.at, dueAt)
      const fired = this.#decide({ ...now, at: occurredAt }, { _tag: "TimerFired", timer, dueAt, occurredAt })
      now = { ...fired, events: [...now.events, ...fired.events] }
    }
    return fail(`1,000 timers have fired until ${DateTime.formatIso(at)}: does one start itself without end?`, given)
  }

  /** The outcome of the first open command of its key. */
  #asAwaited(
    { process }: Situation<State, Event, C>,
    input: ProcessManager.Input<Event, C>
  ): ProcessManager.Input<Event, C> {
    if (!("key" in input && "number" in input && "command" in input)) return input
    const open = Object.entries(process.open).find(([, key]) => key === input.key)
    return open === undefined ? input : { ...input, number: Number(open[0]) }
  }

  #decide(
    { at, process }: Situation<State, Event, C>,
    input: ProcessManager.Input<Event, C>
  ): Situation<State, Event, C> {
    const { events, state } = Result.getOrThrow(Decider.decide(this.#decider, { input, at }, process))
    return { process: state, at, events }
  }
}

const goingOn = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  walk: Walk<State, Event, C>,
  situation: Situation<State, Event, C>
): When<State, Event, C> => {
  const { at, events, process } = situation
  const expectSame = (what: string, expected: unknown, found: unknown, caller: (...args: never) => unknown) => {
    const difference = Difference.between(expected, found)
    if (difference === undefined) return when
    const story =
      events.length === 0 ? "It recorded nothing." : `It recorded\n${indented(events.map(print).join("\n"))}`
    const text = `${what}\n\n${story}\n\nDifference (- expected, + found)\n${indented(difference)}`
    return fail(text, caller)
  }
  const when: When<State, Event, C> = {
    when: (input) => goingOn(manager, walk, walk.take(situation, input)),
    after: (time) => goingOn(manager, walk, walk.until(situation, DateTime.addDuration(at, time))),
    thenSends: (expected) => {
      const found = events.flatMap((event) => (event._tag === "CommandIssued" ? [event.message] : []))
      const shown = found.map(({ command, key, payload }, index): ExpectedSend => {
        const wanted = expected[index]
        const content: unknown = payload
        return wanted !== undefined && !("payload" in wanted) ? { key, command } : { key, command, payload: content }
      })
      return expectSame("Other commands are sent.", expected, shown, when.thenSends)
    },
    thenTimers: (expected) => {
      const millis = Object.entries(expected).map(([timer, time]) => [
        timer,
        Duration.toMillis(Duration.fromInputUnsafe(time))
      ])
      const running = Object.entries(process.timers).map(([timer, dueAt]) => [
        timer,
        dueAt.epochMilliseconds - at.epochMilliseconds
      ])
      const what = "Other timers run (in milliseconds until they are due)."
      return expectSame(what, Object.fromEntries(millis), Object.fromEntries(running), when.thenTimers)
    },
    thenFired: (expected) => {
      const fired = events.flatMap((event) =>
        (event._tag === "InputTaken" || event._tag === "InputIgnored") && event.input._tag === "TimerFired"
          ? [event.input.timer]
          : []
      )
      return expectSame("Other timers have fired.", expected, fired, when.thenFired)
    },
    thenIgnored: (because) => {
      const ignored = events.flatMap((event) => (event._tag === "InputIgnored" ? [event.because] : []))
      return expectSame("What came was not ignored so.", [because], ignored, when.thenIgnored)
    },
    thenNothing: () => expectSame("Something was recorded.", [], events, when.thenNothing),
    thenPhase: (phase) => expectSame("It stands elsewhere.", phase, manager.phase(process.state), when.thenPhase),
    thenState: (state) => expectSame("It has another state.", state, process.state, when.thenState),
    thenEnded: () => expectSame("It has not ended.", "ended", process.status, when.thenEnded)
  }
  return when
}

const indented = (text: string): string => text.replaceAll(/^/gmu, "  ")

/**
 * The same by the clock of Effect: answers a spec whose `when` and `after` are effects. Under `TestClock`, adjust the
 * clock, and `now` brings the process to the present.
 */
export const byClock = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>
) => {
  const walk = new Walk(manager)
  let situation: Situation<State, Event, C> = {
    process: ProcessManager.decider(manager).initial,
    at: DateTime.makeUnsafe(0),
    events: []
  }
  const present = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.makeUnsafe(millis))
  return {
    /** This comes now. */
    when: (input: ProcessManager.Input<Event, C>) =>
      Effect.map(present, (occurredAt) => {
        situation = walk.take(situation, { ...input, occurredAt })
        return goingOn(manager, walk, situation)
      }),
    /** What has become due by now fires. */
    now: Effect.map(present, (at) => {
      situation = walk.until(situation, at)
      return goingOn(manager, walk, situation)
    })
  }
}
