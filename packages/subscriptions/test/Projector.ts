/** A projector driven by hand: it keeps the tallies in memory exactly as far as a test says, and counts the queries. */
import { Projection, type ReadModel } from "@eventfold/decider"
import { EventStore, layerMemory as eventStore, Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer, Stream } from "effect"
import {
  Consumers,
  consumerOf,
  DeadLetters,
  type Generation,
  layerMemory,
  ManagedProjection,
  ReadModels,
  ReadModelStore
} from "../src/index.ts"
import { Tallies, tallies } from "./Tallies.ts"

/** The queries for single rows: how many keys each had. */
export class Queries extends Context.Service<Queries, { readonly gets: Array<number> }>()("test/Queries") {}

const counted = Layer.effect(
  ReadModelStore,
  Effect.gen(function* () {
    const [store, { gets }] = [yield* ReadModelStore, yield* Queries]
    return {
      ...store,
      get: <Row extends object, Key extends keyof Row & string>(
        readModel: ReadModel.ReadModel<Row, Key>,
        keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
      ) =>
        Effect.andThen(
          Effect.sync(() => gets.push(keys.length)),
          store.get(readModel, keys)
        )
    }
  })
)

/** All ports in memory. */
export const ports = counted.pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      layerMemory,
      eventStore,
      Layer.sync(Queries, () => ({ gets: [] }))
    )
  )
)

/** The reads over them. */
export const layer = Layer.fresh(ReadModels.layer.pipe(Layer.provideMerge(ports)))

const projection = ManagedProjection.make(Tallies())

/** Begins a generation and serves it; with slices it has a consumer, without it is kept inline. */
export const serve = Effect.fnUntraced(function* (slices: number) {
  const store = yield* ReadModelStore
  const fingerprints = yield* projection.fingerprints
  const begun = yield* store.begin(
    { projection: projection.name, ...fingerprints, slices: Math.max(slices, 1), from: undefined },
    projection.readModels
  )
  if (slices > 0) yield* (yield* Consumers).register(consumerOf(begun), slices, 0)
  yield* Effect.flatMap(Transaction, (transaction) => transaction.run(store.serve(begun, projection.readModels[0])))
  return begun
})

/** Moves the checkpoint of a slice. */
export const advance = Effect.fnUntraced(function* (generation: Generation, to: number, slice: number = 0) {
  const [consumers, consumer, owner] = [yield* Consumers, consumerOf(generation), "test"]
  const held = (yield* consumers.states([consumer])).find((one) => one.slice === slice && one.owner === owner)
  // One life of a process takes its lease once.
  const lease =
    held === undefined
      ? yield* Effect.fromOption(yield* consumers.acquire({ consumer, slice }, owner, "1 hour"))
      : { ...held, owner }
  yield* consumers.advance(lease, lease.position, to)
})

/** Folds everything that is new up to the end of the log or `upTo`, in one transaction with the checkpoint. */
export const project = Effect.fnUntraced(function* (generation: Generation, upTo?: number) {
  const [consumers, store, transaction] = [yield* Consumers, yield* EventStore, yield* Transaction]
  const [state] = yield* consumers.states([consumerOf(generation)])
  const events = yield* Stream.runCollect(store.readAll({ after: state?.position ?? 0 }))
  const end = upTo ?? (yield* store.end)
  const batch = yield* projection.prepare(events.filter(({ position }) => position <= end))
  yield* transaction.run(Effect.andThen(advance(generation, end), batch.fold(generation.generation, [])))
})

/** Notes an event of a stream as a dead letter. */
export const park = Effect.fnUntraced(function* (generation: Generation, id: string, position: number) {
  const stream = { tenant: "main", category: "note", id }
  yield* (yield* DeadLetters).park([
    {
      consumer: consumerOf(generation),
      tenant: "main",
      partition: Projection.streamPartition(stream),
      position,
      stream,
      version: 1,
      eventId: "00000000-0000-4000-8000-000000000000",
      eventType: "Noted",
      failure: { kind: "permanent", name: "Broken", message: "broken", stack: "" }
    }
  ])
})

/** The sum of a stream, undefined when there is no row. */
export const sumOf = (id: string) =>
  Effect.flatMap(ReadModels, (models) =>
    Effect.map(models.get(tallies, "main", { id }), (row) => (row._tag === "Some" ? row.value.sum : undefined))
  )
