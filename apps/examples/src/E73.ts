/**
 * E73, failures: what is tried again, what a crash does to a saga, and why nothing takes effect twice.
 *
 * Shows: a step that is tried again after waits; an answer that is lost, and the same command that is known by its id; a
 * process that dies in the middle of a step, and another one that goes on.
 */
import type { SagaRunner } from "@eventfold/processes"
import { Console, type Context, Effect, Exit, Layer, Scope } from "effect"
import * as ReadSide from "./ReadSide.ts"
import * as Trips from "./Trips.ts"

/** What it is about. */
export const title = "Failures: tried again, gone on with after a crash, and never done twice"

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const agency = Trips.agency()
    const scope = yield* Scope.fork(yield* Effect.scope)
    const first = yield* Layer.buildWithScope(Trips.process(agency), scope)
    const on = <A, E>(node: Context.Context<SagaRunner>, effect: Effect.Effect<A, E, SagaRunner>) =>
      Effect.provideContext(effect, node)

    yield* Console.log("The agency does not answer at first, and then its answer is lost")
    agency.state.doing = (command, asked) =>
      command !== "BookFlight" || asked > 2 ? "does" : asked === 1 ? "does not answer" : "loses the answer"
    const trip = yield* Trips.newTrip
    yield* on(first, Trips.book(trip))
    yield* on(first, Trips.until(trip, "completed"))
    const { steps } = yield* on(first, Trips.stateOf(trip))
    yield* Console.log(
      `  attempts at the flight: ${steps[0]?.execution.attempt ?? 0}; done: ${agency.state.done.join(", ")}`
    )

    yield* Console.log("The process dies while the hotel is being booked")
    agency.state.done.length = 0
    let hangs = true
    agency.state.doing = (command) => (command === "BookHotel" && hangs ? "hangs" : "does")
    const another = yield* Trips.newTrip
    yield* on(first, Trips.book(another))
    const isAtHotel = Effect.map(
      on(first, Trips.stateOf(another)),
      ({ steps }) => steps[1]?.execution.status === "running"
    )
    yield* ReadSide.until("the hotel is being booked", isAtHotel)
    yield* Scope.close(scope, Exit.void)
    hangs = false
    yield* Console.log("Another process goes on")
    const second = yield* Layer.build(Trips.process(agency))
    yield* on(second, Trips.until(another, "completed"))
    yield* Console.log(`  done, each once: ${agency.state.done.join(", ")}`)
  })
)
