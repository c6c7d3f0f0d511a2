/**
 * Live projections: folded from the log into memory when somebody asks, and never stored.
 *
 * Guarantees: an answer has everything in it that was stored, and settled in the log, before the question; it is what
 * folding the log from its beginning leads to, except that an event that fails holds back its partition, which the status
 * says; memory is bounded, by rows and by time.
 *
 * Gotchas: the first question folds the whole log. Do not ask inside a transaction: the fold reads the log outside it, which
 * an embedded database lets wait for the transaction's end. What reading events takes besides, such as keys, must be
 * there where this layer is built.
 */
import type { Paging, Projection, ReadModel, Specification } from "@eventfold/decider"
import type { EventStore } from "@eventfold/event-store"
import { Context, Effect, Layer } from "effect"
import * as LiveModel from "./LiveModel.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { ReadModelNotReady } from "./ReadModelStore.ts"

/** The live projections of this program. */
export class LiveProjections extends Context.Service<
  LiveProjections,
  {
    /** The names of their read models. Whoever asks for another is answered `ReadModelNotReady`. */
    readonly names: ReadonlySet<string>
    /** Folds what is new, and answers up to where: every event wanted up to there is in what is answered from now on. */
    catchUp(name: string): Effect.Effect<number, LiveModel.LiveFailure>
    /** The rows of these keys. */
    get<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
    ): Effect.Effect<Projection.Rows<Row>, LiveModel.LiveFailure>
    /** The rows a checked question asks for, among those of a tenant. */
    find<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      question: Paging.Question<Row>
    ): Effect.Effect<ReadonlyArray<Row>, LiveModel.LiveFailure>
    /** How many rows of a tenant a checked specification wants. */
    count<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      where: Specification.Specification<Row>
    ): Effect.Effect<number, LiveModel.LiveFailure>
    /** Drops the rows of one, so that the next question folds the log from its beginning. Nothing when there is no such one. */
    drop(name: string): Effect.Effect<void>
    /** How they stand, in the order in which they were given. */
    readonly statuses: Effect.Effect<ReadonlyArray<LiveModel.LiveStatus>>
  }
>()("@eventfold/subscriptions/LiveProjections") {
  /** Those among these projections whose mode is `live`. They end with the layer. */
  static readonly layer = (
    projections: ReadonlyArray<ManagedProjection>,
    options: LiveModel.LiveOptions = {}
  ): Layer.Layer<LiveProjections, never, EventStore> =>
    Layer.effect(
      LiveProjections,
      Effect.gen(function* () {
        const models = new Map<string, LiveModel.LiveModel>()
        for (const projection of projections.filter((one) => one.options.mode === "live")) {
          models.set(projection.name, yield* LiveModel.make(projection, options))
        }
        const rowsOf = (name: string) =>
          Effect.suspend(() => models.get(name)?.ask ?? Effect.fail(new ReadModelNotReady({ readModel: name })))
        return {
          names: new Set(models.keys()),
          catchUp: (name) => Effect.map(rowsOf(name), ({ position }) => position()),
          get: (readModel, keys) => Effect.flatMap(rowsOf(readModel.name), ({ store }) => store.get(readModel, keys)),
          find: (readModel, tenant, question) =>
            Effect.flatMap(rowsOf(readModel.name), ({ store }) => store.find(readModel, tenant, question)),
          count: (readModel, tenant, where) =>
            Effect.flatMap(rowsOf(readModel.name), ({ store }) => store.count(readModel, tenant, where)),
          drop: (name) => models.get(name)?.drop ?? Effect.void,
          statuses: Effect.forEach(Array.from(models.values()), ({ status }) => status)
        }
      })
    )
}
