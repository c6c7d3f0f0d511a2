/** What examples of sagas have in common: an agency that does what it is told to, and a process that runs trips. */
import type { CommandOutcome } from "@eventfold/event-store"
import { Breakers, CommandNotSent, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import { ManagedProjection } from "@eventfold/subscriptions"
import { Console, Effect, Layer, Option, type Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { Trip } from "./guides/trips/Trip.ts"
import * as ReadSide from "./ReadSide.ts"

/** What the agency does when a command comes. */
export type Doing = "does" | "refuses" | "does not answer" | "loses the answer" | "hangs"

const answers: Readonly<Record<string, Schema.Json>> = { BookFlight: { seat: "12A" }, BookHotel: { room: 7 } }

/**
 * An agency that says what it is asked. Like a command bus it does the command of one id once, and answers a repetition
 * as it answered the first. `asked` counts, from 1, how often it was asked for this; ids do not show, they differ each time.
 */
export const agency = () => {
  const state = {
    doing: (_command: string, _asked: number): Doing => "does",
    /** What was done, each once. */
    done: new Array<string>()
  }
  const [asked, outcomes] = [new Map<string, number>(), new Map<string, CommandOutcome>()]
  const layer = Layer.succeed(CommandSender, {
    send: (name, { id }) =>
      Effect.gen(function* () {
        const command = name.replace("travel.", "")
        const time = (asked.get(command) ?? 0) + 1
        asked.set(command, time)
        const known = outcomes.get(id)
        if (known !== undefined) {
          yield* Console.log(`  ${command}: known by its id, answered as before`)
          return known
        }
        const doing = state.doing(command, time)
        yield* Console.log(`  ${command}: the agency ${doing === "does" ? "does it" : doing}`)
        if (doing === "hangs") return yield* Effect.never
        const unheard = new CommandNotSent({ command: name, reason: "no answer", ofOutside: true })
        if (doing === "does not answer") return yield* unheard
        const outcome: CommandOutcome =
          doing === "refuses"
            ? { _tag: "Refused", refusal: { _tag: "Full", hotel: "Grand" } }
            : { _tag: "Answered", answer: answers[command] ?? null }
        outcomes.set(id, outcome)
        if (outcome._tag === "Answered") state.done.push(command)
        if (doing === "loses the answer") return yield* unheard
        return outcome
      })
  })
  return { state, layer }
}

/** An agency. */
export type Agency = ReturnType<typeof agency>

// #region process
/** A process that runs trips, and keeps the rows of sagas. */
export const process = ({ layer }: Pick<Agency, "layer">) =>
  SagaRunner.layer([Trip], { leaseTime: "1 second" }).pipe(
    Layer.provideMerge(Layer.merge(Breakers.layer({ failures: 2, openFor: "300 millis" }), layer)),
    Layer.provideMerge(ReadSide.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])),
    Layer.fresh
  )
// #endregion process

/** A trip that nobody has made before. */
export const newTrip = Effect.sync(() => {
  const id = SecureRandom.uuidV7Unsafe()
  return { tenant: `example-${id}`, id }
})

/** Starts a trip. */
export const book = (trip: { readonly tenant: string; readonly id: string }) =>
  Effect.flatMap(SagaRunner, (runner) => runner.start(Trip, { ...trip, input: { tripId: "trip-1" } }))

/** How a trip stands. */
export const stateOf = (trip: { readonly tenant: string; readonly id: string }) =>
  Effect.flatMap(SagaRunner, (runner) => Effect.map(runner.state(trip), Option.getOrThrow))

/** Waits until a trip stands so, and says so. */
export const until = Effect.fnUntraced(function* (
  trip: { readonly tenant: string; readonly id: string },
  ...statuses: ReadonlyArray<string>
) {
  const isSo = Effect.map(stateOf(trip), ({ status }) => statuses.includes(status))
  yield* ReadSide.until(`the trip is ${statuses.join(" or ")}`, isSo)
  yield* Console.log(`  the trip is ${(yield* stateOf(trip)).status}`)
})
