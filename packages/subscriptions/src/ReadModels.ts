/**
 * Reads the rows of read models: all that the handlers of queries need, and nothing to write with.
 *
 * Guarantees: a read under a `ConsistencyDemand` is answered only from rows that have everything in them up to the position
 * of its token, and fails with `NotUpToDate` when that is not so in time, or at once when an event of the token's streams
 * is held back as a dead letter; without a demand it is answered at once, and `Freshness` tells whether it was up to
 * date. Rows that are kept inline are up to date with every commit, and live ones are folded when they are asked for.
 * Single rows that are asked for at the same moment are one query.
 *
 * Gotcha: it reads what is committed. Inside a `Transaction` it does not see what that has written.
 */
import { Paging, type ReadModel, Rows, Specification } from "@eventfold/decider"
import type { EventStore, ReadFailure } from "@eventfold/event-store"
import { Context, Effect, Layer, Option } from "effect"
import type { Consumers } from "./Consumers.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import { LiveProjections } from "./LiveProjections.ts"
import { ReadCache } from "./ReadCache.ts"
import * as ReadModelsBatches from "./ReadModelsBatches.ts"
import { asReadFailure } from "./ReadModelsReadiness.ts"
import * as ReadModelsReadiness from "./ReadModelsReadiness.ts"
import { ReadModelStore } from "./ReadModelStore.ts"

/** Reads the rows of read models. */
export class ReadModels extends Context.Service<
  ReadModels,
  {
    /** The row with a key, among those of a tenant. */
    get<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      key: Pick<NoInfer<Row>, NoInfer<Key>>
    ): Effect.Effect<Option.Option<Row>, ReadFailure>
    /** One page of the rows of a tenant. */
    find<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      request: Paging.PageRequest<NoInfer<Row>>
    ): Effect.Effect<Paging.Page<Row>, ReadFailure | Paging.PageRefused>
    /** How many rows of a tenant a specification wants. */
    count<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      where: Specification.Specification<NoInfer<Row>>
    ): Effect.Effect<number, ReadFailure | Specification.ValueRefused>
  }
>()("@eventfold/subscriptions/ReadModels") {
  /**
   * Over the stored rows, and over `LiveProjections` and `ReadCache` where these are there when this is built. It hears at
   * once what this process projects if `ConsumerProgress` is there, and sees it a little later if not. With `WantedEvents`
   * nobody waits for an event that does not concern the rows.
   */
  static readonly layer: Layer.Layer<ReadModels, never, ReadModelStore | Consumers | DeadLetters | EventStore> =
    Layer.effect(
      ReadModels,
      Effect.gen(function* () {
        const context = yield* Effect.context()
        const store = yield* ReadModelStore
        const live = Option.getOrUndefined(yield* Effect.serviceOption(LiveProjections))
        const cache = Option.getOrUndefined(yield* Effect.serviceOption(ReadCache))
        const readiness = yield* ReadModelsReadiness.make
        const sourceOf = (name: string) => (live !== undefined && live.names.has(name) ? live : store)
        const rowOf = ReadModelsBatches.make(
          (readModel, keys) =>
            Effect.mapError(sourceOf(readModel.name).get(readModel, keys), asReadFailure(readModel.name)),
          context
        )
        return {
          get: Effect.fn("ReadModels.get")(function* <Row extends object, Key extends keyof Row & string>(
            readModel: ReadModel.ReadModel<Row, Key>,
            tenant: string,
            key: Pick<Row, Key>
          ) {
            yield* Effect.annotateCurrentSpan("readModel", readModel.name)
            const atLeast = yield* readiness.before(readModel, tenant)
            const id = readModel.idOf(tenant, key)
            const load = rowOf(readModel, { tenant, key, id })
            const scope = cache === undefined ? undefined : yield* readiness.consumerOf(readModel)
            if (cache === undefined || scope === undefined) return yield* load
            return yield* cache.row(readModel, { scope, id, atLeast }, load)
          }),
          find: Effect.fn("ReadModels.find")(function* <Row extends object, Key extends keyof Row & string>(
            readModel: ReadModel.ReadModel<Row, Key>,
            tenant: string,
            request: Paging.PageRequest<Row>
          ) {
            yield* Effect.annotateCurrentSpan("readModel", readModel.name)
            const question = yield* Effect.fromResult(Paging.ask(Rows.of(readModel), request))
            yield* readiness.before(readModel, tenant)
            const found = sourceOf(readModel.name).find(readModel, tenant, question)
            return Paging.cut(question, yield* Effect.mapError(found, asReadFailure(readModel.name)))
          }),
          count: Effect.fn("ReadModels.count")(function* <Row extends object, Key extends keyof Row & string>(
            readModel: ReadModel.ReadModel<Row, Key>,
            tenant: string,
            where: Specification.Specification<Row>
          ) {
            yield* Effect.annotateCurrentSpan("readModel", readModel.name)
            yield* Effect.fromResult(Specification.check(where))
            yield* readiness.before(readModel, tenant)
            const counted = sourceOf(readModel.name).count(readModel, tenant, where)
            return yield* Effect.mapError(counted, asReadFailure(readModel.name))
          })
        }
      })
    )
}
