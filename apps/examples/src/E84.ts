/**
 * E84, the circuit breaker: what keeps failing is left alone for a while, and whoever wants it fails at once.
 *
 * Shows: a refusal is no failure; two failures open the breaker; a trip waits without asking, and its attempts do not count;
 * the breaker can be seen, since when it is open and when a call may try; when the hotels are back, the trip goes on by itself.
 */
import { Breakers } from "@eventfold/processes"
import { Console, Effect } from "effect"
import * as ReadSide from "./ReadSide.ts"
import * as Trips from "./Trips.ts"

/** What it is about. */
export const title = "Circuit breakers: what keeps failing is left alone, and can be seen"

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const agency = Trips.agency()
    yield* Effect.gen(function* () {
      const breakers = yield* Breakers
      const shown = Effect.map(breakers.states, ([hotels]) => hotels)
      yield* Console.log("The hotels are full")
      agency.state.doing = (command) => (command === "BookHotel" ? "refuses" : "does")
      const full = yield* Trips.newTrip
      yield* Trips.book(full)
      yield* Trips.until(full, "compensated")
      yield* Console.log(`  the breaker hotels is ${(yield* shown)?.state}`)

      yield* Console.log("The hotels are down")
      agency.state.doing = (command) => (command === "BookHotel" ? "does not answer" : "does")
      const trip = yield* Trips.newTrip
      yield* Trips.book(trip)
      yield* ReadSide.until(
        "the breaker opens",
        Effect.map(shown, (hotels) => hotels?.state === "open")
      )
      const { retryAfter = 0, since } = (yield* shown) ?? {}
      const known = since === undefined ? "since nobody knows when" : "since a moment ago"
      yield* Console.log(
        `  the breaker hotels is open ${known}; a call may try ${retryAfter > 300 ? "some day" : "soon"}`
      )
      const asked = yield* Effect.result(breakers.guard("hotels", Effect.void))
      if (asked._tag === "Failure") yield* Console.log(`  whoever asks now fails at once: ${asked.failure._tag}`)

      yield* Console.log("The hotels are back")
      agency.state.doing = () => "does"
      yield* Trips.until(trip, "completed")
      yield* Console.log(`  the breaker hotels is ${(yield* shown)?.state}`)
    }).pipe(Effect.provide(Trips.process(agency)))
  })
)
