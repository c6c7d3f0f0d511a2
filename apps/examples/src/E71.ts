/**
 * E71, orchestration: steps across contexts that all take effect, or are undone.
 *
 * Shows: a trip that is booked step by step; one whose second step is refused, so that the first is undone.
 */
import { Diagram } from "@eventfold/decider"
import { Console, Effect } from "effect"
import { Trip } from "./guides/trips/Trip.ts"
import * as Trips from "./Trips.ts"

/** What it is about. */
export const title = "Orchestration: steps that all take effect, or are undone in reverse"

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const agency = Trips.agency()
    yield* Effect.gen(function* () {
      yield* Console.log("Everything works")
      const first = yield* Trips.newTrip
      yield* Trips.book(first)
      yield* Trips.until(first, "completed")

      yield* Console.log("The hotel is full: the flight is called off")
      agency.state.doing = (command) => (command === "BookHotel" ? "refuses" : "does")
      const second = yield* Trips.newTrip
      yield* Trips.book(second)
      yield* Trips.until(second, "compensated")

      yield* Console.log("What can happen, as data")
      for (const { command, compensation, name } of Diagram.ofSaga(Trip).steps) {
        yield* Console.log(
          `  ${name}: ${command}, undone by ${compensation ?? "nothing: from here on it goes forward"}`
        )
      }
    }).pipe(Effect.provide(Trips.process(agency)))
  })
)
