/** What one process has projected is heard by others at once, and goes round in no circle. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { type ConsumerChange, ConsumerProgress } from "@eventfold/subscriptions"
import { Context, Effect, Layer, PubSub } from "effect"
import { ConsumerNotifications } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

/** One process: nothing is shared with another one but the database. */
const process = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const services = yield* Layer.build(
    Layer.fresh(ConsumerNotifications.layer.pipe(Layer.provideMerge(ConsumerProgress.layer))).pipe(
      Layer.provide(Layer.succeed(PgClient.PgClient, sql))
    )
  )
  const progress = Context.get(services, ConsumerProgress)
  return { progress, changes: yield* PubSub.subscribe(progress.changes) }
})

const change = (position: number, changed: ReadonlyArray<string>): ConsumerChange => ({
  consumer: "projection:orders:1",
  slice: 0,
  title: "orders",
  from: position - 1,
  position,
  changed
})

layer(PostgresDatabase.layer, { excludeTestServices: true })("what was projected", (it) => {
  it.effect("is heard by other processes, unless it is too long, and is not sent on", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      const long = change(
        1_000_001,
        Array.from({ length: 1000 }, (_, index) => `a long name of row ${index}`)
      )
      const last = change(1_000_002, ['["acme","ä"]'])
      for (const news of [change(1_000_000, ["a"]), long, last]) yield* one.progress.tell(news)
      const heard: Array<ConsumerChange> = []
      while (heard.at(-1)?.position !== last.position) heard.push(yield* PubSub.take(other.changes))
      assert.deepStrictEqual(heard, [change(1_000_000, ["a"]), last])
      yield* other.progress.tell(change(2_000_000, []))
      while ((one.progress.known("projection:orders:1", 0) ?? 0) < 2_000_000) yield* Effect.sleep("5 millis")
      const back = (yield* PubSub.takeUpTo(one.changes, 1000)).map(({ position }) => position)
      assert.deepStrictEqual(back, [1_000_000, 1_000_001, 1_000_002, 2_000_000])
    })
  )
})
