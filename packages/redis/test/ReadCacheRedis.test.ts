/** Cached rows in Redis keep the laws; a Redis that is missing, or goes silent, is told at once and keeps nobody waiting. */
import { assert, describe, it } from "@effect/vitest"
import { ReadCacheStore } from "@eventfold/subscriptions"
import * as ReadCacheContract from "@eventfold/testing/ReadCacheContract"
import { Effect, Layer } from "effect"
import { createServer } from "node:net"
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

/** A server that takes connections and says nothing. */
const silent = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
    const sockets = new Set<{ destroy: () => void }>()
    const server = createServer((socket) => sockets.add(socket.on("error", () => {})))
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = address !== null && typeof address === "object" ? address.port : 0
      resume(
        Effect.succeed({
          url: `redis://127.0.0.1:${port}`,
          close: () => {
            for (const socket of sockets) socket.destroy()
            server.close()
          }
        })
      )
    })
  }),
  ({ close }) => Effect.sync(close)
)

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
      const { url: redis } = yield* silent
      const failure = yield* failureOn(redis)
      assert.deepInclude(failure, { _tag: "ReadCacheFailure", operation: "get" })
    })
  )
})
