/**
 * E84, the circuit breaker: what keeps failing is left alone for a while, and whoever wants it fails at once.
 *
 * Shows: two failures open the breaker; a trip waits without asking, and its attempts do not count; the breaker can be
 * seen; when the hotels are back, the trip goes on by itself.
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
      yield* Console.log("The hotels are down")
      agency.state.doing = (command) => (command === "BookHotel" ? "does not answer" : "does")
      const trip = yield* Trips.newTrip
      yield* Trips.book(trip)
      const stateOf = Effect.map(breakers.states, ([hotels]) => hotels?.state)
      yield* ReadSide.until(
        "the breaker opens",
        Effect.map(stateOf, (state) => state === "open")
      )
      yield* Console.log("  the breaker hotels is open")
      const asked = yield* Effect.result(breakers.guard("hotels", Effect.void))
      if (asked._tag === "Failure") yield* Console.log(`  whoever asks now fails at once: ${asked.failure._tag}`)

      yield* Console.log("The hotels are back")
      agency.state.doing = () => "does"
      yield* Trips.until(trip, "completed")
      yield* Console.log(`  the breaker hotels is ${yield* stateOf}`)
    }).pipe(Effect.provide(Trips.process(agency)))
  })
)
