/**
 * A projection for tests that interrupt its work: each stream has a row that says how many steps it has seen and which, in
 * their order. A step that is folded twice, left out or out of order shows in the row.
 */
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  ManagedProjection,
  ProjectionRunner,
  Subscriptions
} from "@eventfold/subscriptions"
import { DateTime, Effect, Layer, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

const Stepped = Schema.Union([DomainEvent.make("Stepped", { step: Schema.Int })])
const codec = EventCodec.make(Stepped)

/** Its rows. */
export const walks = ReadModel.make({
  name: "walks",
  key: ["id"],
  row: Schema.Struct({ id: Schema.String, seen: Schema.Int, trace: Schema.Int })
})

/** What a row makes of its next step: depends on all steps and their order. */
const after = (row: { readonly seen: number; readonly trace: number } | undefined, step: number) => ({
  seen: (row?.seen ?? 0) + 1,
  trace: ((row?.trace ?? 7) * 31 + step) % 1_000_003
})

/** The projection, in two slices and small transactions, so that one can be met in the middle. */
export const projection = ManagedProjection.make(
  Projection.make({
    readModel: walks,
    events: Stepped,
    keys: Projection.byStream("walk", "id"),
    project: ({ step }, [row], { stream }) => [Projection.upsert({ id: stream.id, ...after(row, step) })]
  }),
  { slices: 2, batchSize: 5, catchUpBatchSize: 20 }
)

/** Runs it, as `owner`. A process that is not heard of for a second is replaced. */
export const runnerOf = (owner: string) =>
  ProjectionRunner.layer([projection], { owner, leaseTime: "1 second" }).pipe(
    Layer.provideMerge(Generations.layer),
    Layer.provideMerge(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer))
  )

const streams = 12

/** Appends so many steps, in turns to a dozen streams and a few at a time; answers the position of the last. */
export const walk = Effect.fnUntraced(function* (steps: number) {
  const store = yield* EventStore
  let last = 0
  for (let done = 0; done < steps; done += 5) {
    const stream = StreamId.make("main", "walk", `w${(done / 5) % streams}`)
    const made = Array.from({ length: Math.min(5, steps - done) }, (_, at) => ({
      _tag: "Stepped" as const,
      occurredAt: DateTime.makeUnsafe(0),
      step: done + at
    }))
    const encoded = yield* codec.encode(made, "main")
    const events = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
    last = (yield* store.append(stream, ExpectedVersion.Any, events)).position
  }
  return last
})

/** The rows as they must be: the whole log, folded here. */
export const folded = Effect.gen(function* () {
  const rows = new Map<string, { readonly seen: number; readonly trace: number }>()
  const log = (yield* EventStore).readAll({ filter: { categories: ["walk"] } })
  yield* Stream.runForEachArray(log, (events) =>
    Effect.map(codec.decode(events), (decoded) => {
      for (const [index, { step }] of decoded.entries()) {
        const id = events[index]?.stream.id ?? ""
        rows.set(id, after(rows.get(id), step))
      }
    })
  )
  return Array.from(rows, ([id, row]) => ({ id, ...row })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
})
