/**
 * P4, rules of compensation: in reverse, each with retries of its own; what cannot be undone parks the saga for a person.
 *
 * Shows: a flight that cannot be called off, and what a person is told; the statistics; trying again, under the same
 * command id; the audit of who did it.
 */
import { Audit } from "@eventfold/event-store"
import { SagaRunner } from "@eventfold/processes"
import { Console, Effect, References } from "effect"
import * as ReadSide from "./ReadSide.ts"
import * as Trips from "./Trips.ts"

/** What it is about. */
export const title = "Compensation: in reverse, with retries; what cannot be undone is parked for a person"

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const agency = Trips.agency()
    yield* Effect.gen(function* () {
      const runner = yield* SagaRunner
      yield* Console.log("The hotel is full, and the flight cannot be called off")
      agency.state.doing = (command) =>
        command === "BookHotel" ? "refuses" : command === "CancelFlight" ? "does not answer" : "does"
      const trip = yield* Trips.newTrip
      yield* Trips.book(trip)
      yield* Trips.until(trip, "parked")

      yield* Console.log("What a person is told")
      // #region told
      const { next, steps } = yield* Trips.stateOf(trip)
      yield* Console.log(`  next: ${next}`)
      for (const { compensation, execution, step } of steps) {
        yield* Console.log(
          `  ${step}: ${execution.status}; undone: ${compensation?.status ?? "never"}` +
            (compensation?.error === undefined ? "" : `, attempt ${compensation.attempt}: ${compensation.error}`)
        )
      }
      // #endregion told
      const isCounted = Effect.map(ReadSide.whenReady(runner.statistics(trip.tenant)), ({ parked }) => parked === 1)
      yield* ReadSide.until("the trip is counted", isCounted)
      yield* Console.log("  the statistics count 1 parked")

      yield* Console.log("It works again: Ada has it tried again")
      agency.state.doing = () => "does"
      // #region retry
      yield* runner.retry(trip, { by: "Ada", reason: "the airline answers again" })
      // #endregion retry
      yield* Trips.until(trip, "compensated")
      const page = yield* (yield* Audit).page({ tenant: trip.tenant, order: "oldest", actor: "Ada", limit: 10 })
      for (const entry of page.entries) {
        yield* Console.log(`  the audit: ${entry._tag === "Event" ? entry.type : entry.action}, ${entry.reason ?? ""}`)
      }
    }).pipe(
      Effect.provide(Trips.process(agency)),
      // That a saga is parked is logged as an error, too, which this story does not tell.
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  })
)
