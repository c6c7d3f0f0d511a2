/**
 * What holds of every projection that follows the log: its rows are what the whole log folds to in memory, whatever has
 * failed, whoever has crashed, and whichever node has worked on.
 *
 * ```ts
 * for (const law of ProjectionLaws.of(OrderList, history)) it(law.name, () => Effect.runPromise(law.check))
 * ```
 *
 * Two nodes run the projection over the ports in memory, under a clock of the law's own. Every call of a port can fail
 * before it or after it, or be interrupted; nodes are killed and begun again. In the end everything works again, and what
 * has been left over is replayed.
 */
import { type DomainEvent, Projection, type ReadModel } from "@eventfold/decider"
import {
  type AppendSignal,
  type Audit,
  EventCodec,
  EventStore,
  ExpectedVersion,
  layerMemory,
  StreamId
} from "@eventfold/event-store"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import {
  ConsumerProgress,
  ConsumerRegistry,
  consumerOf,
  DeadLetterDesk,
  DeadLetters,
  Generations,
  layerMemory as readSideInMemory,
  ManagedProjection,
  type ProjectionOptions,
  ProjectionRunner,
  ReadModelStore,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, Effect, Exit, Layer, Random, References, Result, Scope, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import * as Chaos from "./Chaos.ts"
import { expectEqual, type Law, make, Violation } from "./Law.ts"
import { type InStream, tenant } from "./ProjectionSpec.ts"

/** How a projection is put to the test. */
export interface LawOptions {
  /** How it is run, such as in how many slices. Small batches by default, so that there are many. */
  readonly options?: ProjectionOptions.ProjectionOptions
  /** The odds that something goes wrong at a step. Default: 0.02. */
  readonly odds?: number
}

/**
 * The laws of a projection, over histories that `history` makes up: it draws from `Random`. Events need not make sense
 * together: those that the projection throws at are left over live and in memory alike.
 */
export const of = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  history: Effect.Effect<ReadonlyArray<InStream<NoInfer<Event>>>>,
  { odds = 0.02, options = {} }: LawOptions = {}
): ReadonlyArray<Law<never>> => [
  make(
    `the rows of ${projection.readModel.name} are what the log folds to, whoever crashes between which two steps`,
    Effect.gen(function* () {
      const managed = ManagedProjection.make(projection, { batchSize: 3, catchUpBatchSize: 7, ...options })
      const codec = EventCodec.make(projection.events)
      const begin = node(managed, yield* Effect.context<Chaos.Ports | Audit | AppendSignal>(), odds)
      const nodes = [yield* begin, yield* begin]
      const store = yield* EventStore
      for (const { category, event, id } of yield* history) {
        const encoded = yield* codec.encode([event], tenant)
        const events = encoded.map((one) => ({ ...one, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
        yield* store.append(StreamId.make(tenant, category, id), ExpectedVersion.Any, events)
        if ((yield* Random.next) < 0.3) yield* pass(yield* Random.nextIntBetween(0, 4))
        if ((yield* Random.next) < 0.05) {
          yield* nodes.shift()?.kill ?? Effect.void
          nodes.push(yield* begin)
        }
      }
      for (const { quiet } of nodes) quiet()
      yield* pass(90)
      const consumer = consumerOf(yield* serving(managed.name))
      yield* nodes[0]?.desk.replay({ consumer, by: "the law", reason: "all is well again" }) ?? Effect.void
      yield* pass(2)
      const { leftOver, rows } = yield* folded(projection, codec)
      const live = yield* rowsOf(projection.readModel)
      yield* expectEqual("the ids of the rows", Array.from(live.keys()).toSorted(), Array.from(rows.keys()).toSorted())
      for (const [id, row] of rows) yield* expectEqual(`the row ${id}`, live.get(id), row)
      const letters = yield* (yield* DeadLetters).list({ consumer, limit: most })
      const positions = letters.map(({ position }) => position)
      yield* expectEqual("the positions of the events left over", positions, leftOver)
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.fresh(Layer.mergeAll(layerMemory, readSideInMemory, TestClock.layer()))),
      // What fails on purpose is not worth a line.
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )
]

/** How many letters are compared at the most. */
const most = 1000

/** Begins a node that runs a projection over ports that fail. */
const node = Effect.fnUntraced(function* (
  projection: ManagedProjection.ManagedProjection,
  ports: Context.Context<Chaos.Ports | Audit | AppendSignal>,
  odds: number
) {
  const chaos = { of: odds }
  const scope = yield* Scope.fork(yield* Effect.scope)
  const runner = Layer.merge(ProjectionRunner.layer([projection]), DeadLetterDesk.layer).pipe(
    Layer.provide(Generations.layer),
    Layer.provide(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)),
    Layer.provide(Layer.succeedContext(Chaos.around(ports, chaos)))
  )
  const built = yield* Layer.buildWithScope(Layer.fresh(runner), scope)
  /** One that is killed cannot give its leases back, half of the time. */
  const kill = Effect.andThen(
    Effect.map(Random.nextBoolean, (clean) => (chaos.of = clean ? chaos.of : 1)),
    Scope.close(scope, Exit.void)
  )
  return { kill, quiet: () => (chaos.of = 0), desk: Context.get(built, DeadLetterDesk) }
})

const serving = Effect.fnUntraced(function* (projection: string) {
  const generations = yield* (yield* ReadModelStore).generations(projection)
  const found = generations.find(({ state }) => state === "serving")
  return found ?? (yield* new Violation({ message: `nothing of ${projection} is read` }))
})

/** The rows that are read, by their ids. */
const rowsOf = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>
) {
  const { generation } = yield* serving(readModel.name)
  const rows = yield* Stream.runCollect((yield* ReadModelStore).rows({ readModel, generation }))
  return new Map(rows.map(({ row, tenant }) => [readModel.idOf(tenant, row), row]))
})

/** What the whole log folds to in memory, and the positions of the events that are left over. */
const folded = Effect.fnUntraced(function* <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(projection: Projection.Projection<Event, Row, Key, Counter>, codec: EventCodec.EventCodec<Event>) {
  const log = (yield* EventStore).readAll({ filter: { types: Projection.eventTypes(projection) } })
  const events = (yield* codec.decodeEach(yield* Stream.runCollect(log))).map(Result.getOrThrow)
  const { changes, parked } = Projection.foldBatch(projection)(new Map(), events)
  const leftOver = parked.flatMap((one) => one.leftOver.map(({ recorded }) => recorded.position))
  return {
    rows: Result.getOrThrow(Projection.apply(projection.readModel, new Map(), changes)),
    leftOver: leftOver.toSorted((a, b) => a - b)
  }
})

const turns = Effect.forEach(Array.from({ length: 40 }), () => Effect.yieldNow, { discard: true })
/** Lets all other fibers go on until they wait, also those that wait for a digest as this does. */
const settled = Effect.andThen(fingerprint([]), turns).pipe(Effect.repeat({ times: 1 }))

/** So many seconds go by, and everybody does what there is to do. */
const pass = Effect.fnUntraced(function* (seconds: number) {
  yield* settled
  for (let second = 0; second < seconds; second += 1) {
    yield* TestClock.adjust("1 second")
    yield* settled
  }
})
