/**
 * The laws of the way of a message, from an event of one context to what another stores about it: over every layer of the event
 * store, the read side, the message broker and the inbox. No test framework is needed to run them; `SubscriberContract`
 * registers them with vitest.
 *
 * They run relays and subscribers as a program does, and have nodes die at every step. They look at the real clock while they
 * wait for what goes on by itself, ten seconds at the most for each.
 */
import { Effect, References, type Scope } from "effect"
import { expectEqual, type Law, make } from "./Law.ts"
import { inRealTime } from "./RelayLaws/Scenario.ts"
import * as Scenario from "./SubscriberLaws/Scenario.ts"

export { Patience, type Ports } from "./SubscriberLaws/Scenario.ts"

const { comes, crashPoints, fresh, heard, linesOf, node, say, standing } = Scenario

/** A law about contexts of its own. What goes wrong on purpose is not worth a line in the log. */
const law = <E>(
  name: string,
  check: (its: Scenario.Fresh) => Effect.Effect<void, E, Scenario.Ports | Scope.Scope>
): Law<Scenario.Ports> =>
  make(name, Effect.flatMap(fresh, check).pipe(inRealTime, Effect.provideService(References.MinimumLogLevel, "None")))

/** Waits until everything that was said is done with, and compares what was stored with it, key by key. */
const expectHeard = Effect.fnUntraced(function* (
  what: string,
  its: Scenario.Fresh,
  lines: ReadonlyArray<string>
): Effect.fn.Return<void, unknown, Scenario.Ports> {
  const isDone = Effect.map(
    Effect.all([heard(its), standing(its)]),
    ([found, { dead, inFlight, waiting, ...places }]) =>
      found.length >= lines.length && dead + inFlight + waiting === 0 && places.position === places.end
  )
  yield* expectEqual(`whether all is done with ${what}`, yield* comes(isDone), true)
  yield* expectEqual(`what has come of it ${what}`, yield* heard(its), lines.toSorted(Scenario.byKey))
})

/** The laws of subscribers. */
export const laws: ReadonlyArray<Law<Scenario.Ports>> = [
  ...crashPoints.map((point) =>
    law(`what is said takes effect once and in order, though a node dies ${point}`, (its) =>
      Effect.gen(function* () {
        const [before, after] = [linesOf(6), ["p1: late", "p2: late", "p4: new"]]
        yield* say(its, before)
        const { died, end } = yield* node(its, { dies: point })
        yield* expectEqual("whether it dies", yield* comes(died), true)
        yield* end
        yield* node(its)
        yield* say(its, after)
        yield* expectHeard("after the crash", its, [...before, ...after])
      })
    )
  ),

  law("of several nodes that are given the same message one acts upon it, and the order of its key is kept", (its) =>
    Effect.gen(function* () {
      const lines = linesOf(12)
      for (let count = 0; count < 3; count += 1) yield* node(its, { hold: "20 millis", takes: "80 millis" })
      yield* say(its, lines)
      yield* expectHeard("by three nodes", its, lines)
    })
  )
]
