/**
 * A projection that catches up: the list of orders, from an empty generation to the end of a log of orders, run as the
 * order service runs it, until it is read. The list is checked before a run counts.
 */
import { OrderList } from "@eventfold/domain-ordering"
import { Specification } from "@eventfold/decider"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  consumerOf,
  Generations,
  ManagedProjection,
  ProjectionRunner,
  ReadModelStore,
  Subscriptions
} from "@eventfold/subscriptions"
import { Console, Context, Effect, Layer, PubSub, Schedule } from "effect"
import * as OrderLog from "./OrderLog.ts"
import * as Samples from "./Samples.ts"

const { field } = OrderList.rows
const delivered = Specification.eq(field("status"), "delivered")

/** Drops every generation there is of the projection. */
const forget = Effect.fnUntraced(function* (managed: ManagedProjection.ManagedProjection) {
  const [consumers, store] = [yield* Consumers, yield* ReadModelStore]
  for (const generation of yield* store.generations(managed.name)) {
    yield* consumers.remove(consumerOf(generation))
    yield* store.retire(generation)
    yield* store.drop(generation, managed.readModels)
  }
})

/** How rows are built that were never there before. */
const { options: firstBuild } = ManagedProjection.make(OrderList.OrderList)

/** When the memory of this process is looked at: by the part of the log that is folded. */
const looks = [0.1, 0.5, 1]

/** Projects a whole log. It says on the standard error how much memory this process held on the way (RSS). */
export const catchUp = Effect.fnUntraced(function* ({ from, orders, to }: OrderLog.OrderLog) {
  // Numbers of generations go on, so all runs but the first would be taken for a rebuild, which leaves others their share.
  const pace = { rebuildBatchSize: firstBuild.catchUpBatchSize, rebuildShare: 100 }
  const managed = ManagedProjection.make(OrderList.OrderList, { startAfter: from, ...pace })
  yield* forget(managed)
  const runner = ProjectionRunner.layer([managed]).pipe(
    Layer.provideMerge(Generations.layer),
    Layer.provideMerge(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)),
    Layer.fresh
  )
  yield* Effect.gen(function* () {
    const { changes } = Context.get(yield* Layer.build(runner), ConsumerProgress)
    const moves = yield* PubSub.subscribe(changes)
    const seen: Array<string> = []
    while (seen.length < looks.length) {
      const { position } = yield* PubSub.take(moves)
      while (seen.length < looks.length && position - from >= (to - from) * (looks[seen.length] ?? 1)) {
        seen.push(`${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB at ${(looks[seen.length] ?? 1) * 100} %`)
      }
    }
    const found = yield* ReadModelStore.use((store) =>
      store.count(OrderList.readModel, OrderLog.tenant, delivered)
    ).pipe(
      // It has come to the end, and is switched to in a moment.
      Effect.retry({
        while: (error) => error._tag === "ReadModelNotReady",
        schedule: Schedule.spaced("5 millis"),
        times: 2000
      })
    )
    if (found !== orders) return yield* Samples.incomplete("catch up", found, orders)
    yield* Console.error(`  ${orders * OrderLog.perOrder} events projected; memory: ${seen.join(", ")}`)
  }).pipe(Effect.scoped)
})
