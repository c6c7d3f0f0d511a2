/** Cached rows in Redis keep the laws; a Redis that is missing, or goes silent, is told at once and keeps nobody waiting. */
import { assert, describe, it } from "@effect/vitest"
import { ReadCacheStore } from "@eventfold/subscriptions"
import * as ReadCacheContract from "@eventfold/testing/ReadCacheContract"
import { silent } from "@eventfold/testing/SilentServer"
import { Effect, Layer } from "effect"
import { ReadCacheRedis, RedisConnection } from "../src/index.ts"
import { prefix, url } from "./Redis.ts"

if (url !== undefined) {
  ReadCacheContract.suite(
    "the cache of rows in Redis",
    ReadCacheRedis.layer({ ...ReadCacheContract.bounds, prefix: prefix() }).pipe(
      Layer.provide(RedisConnection.layer({ url }))
    ),
    { excludeTestServices: true }
  )
}

const failureOn = (redis: string) =>
  Effect.flip(Effect.flatMap(ReadCacheStore, (store) => store.get("a", "b"))).pipe(
    Effect.provide(
      ReadCacheRedis.layer().pipe(
        Layer.provide(RedisConnection.layer({ url: redis, connectTimeout: 200, silence: 200 }))
      )
    )
  )

describe("a Redis that does not answer", () => {
  it.live("is a failure at once when there is none", () =>
    Effect.gen(function* () {
      const failure = yield* failureOn("redis://127.0.0.1:1")
      assert.deepInclude(failure, { _tag: "ReadCacheFailure", operation: "get" })
    })
  )

  it.live("is a failure at once when it says nothing", () =>
    Effect.gen(function* () {
      const { port } = yield* silent
      const failure = yield* failureOn(`redis://127.0.0.1:${port}`)
      assert.deepInclude(failure, { _tag: "ReadCacheFailure", operation: "get" })
    })
  )
})
