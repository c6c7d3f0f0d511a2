/**
 * Inline projections: their rows are written in the transaction of the append, so that they are true as soon as the
 * events are stored, and are never there without these.
 *
 * Guarantees: every event that is stored is folded once into the generation that is read, whatever many callers append at
 * the same time; a repeated or refused append is not folded; what cannot be folded becomes a dead letter in the same
 * transaction, with the later events of its partition, and the append succeeds. Rows that nothing but increments need no
 * order: of them the failing event alone is noted. As long as a projection has no generation that is read, appends write
 * nothing, and whoever builds one catches up with them (`ReadModelStore.fenceAppends`).
 *
 * Gotchas: every process that appends such events must have this layer, with the same projections. Where it is another
 * version of the program, whose rows mean something else, its events become letters of the generation it cannot write. A
 * row that very many appends increment makes them wait for each other: a counter per hour or per account is quicker than
 * one for all. Several appends in one transaction lock rows in the order of the appends.
 */
import { Projection } from "@eventfold/decider"
import {
  AppendParticipants,
  type AppendWork,
  EventStoreFailure,
  type RecordedEvent,
  type ServingGeneration,
  type StoredNow,
  Transaction
} from "@eventfold/event-store"
import { Effect, Layer, Option } from "effect"
import { DeadLetters, type HeldPartition, type LetterFailure } from "./DeadLetters.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import { wantsOf } from "./GivenEvents.ts"
import { type KnownProjection, make as foresightOf } from "./InlineForesight.ts"
import { letterOf, otherVersion } from "./LeftOverLetter.ts"
import { letterFailure } from "./LetterText.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { ReadModelStore } from "./ReadModelStore.ts"

/** Runs those of these projections whose mode is `inline` with every append of this process, until the scope closes. */
export const layer = (
  projections: ReadonlyArray<ManagedProjection>
): Layer.Layer<never, never, AppendParticipants | DeadLetters | ReadModelStore | Transaction> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const inline = projections.filter(({ options }) => options.mode === "inline")
      if (inline.length === 0) return
      const [participants, store] = [yield* AppendParticipants, yield* ReadModelStore]
      const context = yield* Effect.context<DeadLetters | ReadModelStore | Transaction>()
      const known = yield* Effect.forEach(inline, (projection) =>
        Effect.map(projection.fingerprints, ({ fingerprint }): KnownProjection => ({
          projection,
          fingerprint,
          wants: wantsOf(projection)
        }))
      )
      const sorted = known.toSorted((a, b) => (a.projection.name < b.projection.name ? -1 : 1))
      const names = sorted.map(({ projection }) => projection.name)
      let servingLast: ReadonlyArray<ServingGeneration> | undefined
      const work = (serving: ReadonlyArray<ServingGeneration>): AppendWork => {
        servingLast = serving
        if (serving.length === 0) return () => Effect.void
        return (now) =>
          Effect.provideContext(
            Effect.forEach(sorted, (one) => projected(one, serving, now), { discard: true }),
            context
          )
      }
      const foresight = foresightOf(sorted, () => servingLast, store)
      yield* participants.register({
        name: "inline projections",
        eventTypes: Array.from(new Set(inline.flatMap(({ eventTypes }) => eventTypes))),
        begin: Effect.map(store.servingForAppend(names), work),
        fenced: { projections: names, work, foresight }
      })
    })
  )

/** Folds what is stored into the generation of this program, and notes it for those of other programs. */
const projected = Effect.fnUntraced(function* (
  { fingerprint, projection, wants }: KnownProjection,
  serving: ReadonlyArray<ServingGeneration>,
  { careful, events }: StoredNow
) {
  const wanted = events.filter(wants)
  if (wanted.length === 0) return
  for (const generation of serving) {
    if (generation.projection !== projection.name) continue
    if (generation.fingerprint !== fingerprint) yield* noted(projection, generation, wanted, () => otherVersion)
    else if (careful) yield* foldedCarefully(projection, generation, wanted)
    else yield* Effect.mapError(folded(projection, generation, wanted), asStoreFailure)
  }
})

/** Folds, and notes what is left over. */
const folded = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  generation: ServingGeneration,
  events: ReadonlyArray<RecordedEvent>
): Effect.fn.Return<void, EventStoreFailure | Projection.CountTooLarge, DeadLetters | ReadModelStore> {
  const letters = yield* DeadLetters
  const consumer = consumerOf(generation)
  const batch = yield* projection.prepare(events)
  // Asked for with the streams locked: whoever has parked one of them before has committed.
  const asked = !projection.anyOrder && !areNew(events, batch.partitions) && (yield* letters.any(consumer))
  const { leftOver } = yield* batch.fold(
    generation.generation,
    asked ? yield* letters.heldOf(consumer, batch.partitions) : []
  )
  if (leftOver.length === 0) return
  const behind = projection.anyOrder ? leftOver.filter(({ error }) => Option.isNone(error)) : []
  const parked = leftOver.filter((one) => !behind.includes(one))
  yield* letters.park(parked.map((one) => letterOf({ ...projection, consumer }, one)))
  // There is one that failed in every round, so it ends.
  if (behind.length > 0)
    yield* folded(
      projection,
      generation,
      behind.map(({ recorded }) => recorded)
    )
})

/** Whether all partitions are streams that begin here: nobody can have parked one of them. */
const areNew = (events: ReadonlyArray<RecordedEvent>, partitions: ReadonlyArray<HeldPartition>): boolean => {
  const begun = new Set(
    events.flatMap(({ stream, version }) =>
      version === 1 ? [JSON.stringify([stream.tenant, Projection.streamPartition(stream)])] : []
    )
  )
  return begun.size > 0 && partitions.every(({ partition, tenant }) => begun.has(JSON.stringify([tenant, partition])))
}

/** The same; what the store refuses, however often it is asked, is taken back and noted. */
const foldedCarefully = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  generation: ServingGeneration,
  events: ReadonlyArray<RecordedEvent>
) {
  const transaction = yield* Transaction
  yield* Effect.catch(transaction.run(folded(projection, generation, events)), (error) =>
    error._tag === "EventStoreFailure" && error.retryable
      ? Effect.fail(error)
      : noted(projection, generation, events, ({ type }) =>
          letterFailure(error, "permanent", projection.quotable(type))
        )
  )
})

/** Notes events as letters of a generation. */
const noted = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  generation: ServingGeneration,
  events: ReadonlyArray<RecordedEvent>,
  failureOf: (event: RecordedEvent) => LetterFailure
) {
  const letters = yield* DeadLetters
  const consumer = consumerOf(generation)
  const parked = yield* Effect.forEach(events, (recorded) =>
    Effect.map(projection.partitionOf(recorded), (held) =>
      letterOf({ ...projection, consumer }, { recorded, ...held, error: Option.none() }, failureOf(recorded))
    )
  )
  yield* letters.park(parked)
})

/** The first attempt fails with it, and another one is made. */
const asStoreFailure = (error: EventStoreFailure | Projection.CountTooLarge): EventStoreFailure =>
  error._tag === "EventStoreFailure"
    ? error
    : new EventStoreFailure({ operation: "InlineProjections", retryable: false, detail: error.message, cause: error })
