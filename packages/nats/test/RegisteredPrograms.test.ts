/** Programs find one another over NATS, each a process of its own: they are killed, stopped, and live through restarts of NATS. */
import { assert, it } from "@effect/vitest"
import { ServiceRegistry } from "@eventfold/messaging"
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { NatsConnection, ServiceRegistryNats } from "../src/index.ts"
import * as OwnNats from "./OwnNats.ts"

/** Seconds after which a program that is silent is gone. */
const life = 3

/** A program that runs and is registered. It is killed with the scope. */
const program = (url: string, instance: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const file = join(import.meta.dirname, "registered.ts")
      const child = spawn(process.execPath, [file, url, instance, String(life)], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      await Promise.race([
        once(child.stdout, "data"),
        once(child, "exit").then(([code]) => Promise.reject(new Error(`${instance} has ended (${code})`)))
      ])
      return {
        /** Answers when it has ended. */
        end: (signal: "SIGTERM" | "SIGKILL") =>
          Effect.promise(async () => {
            if (child.exitCode !== null || child.signalCode !== null) return
            const ended = once(child, "exit")
            child.kill(signal)
            await ended
          })
      }
    }),
    ({ end }) => Effect.ignore(Effect.timeout(end("SIGKILL"), "2 seconds"))
  )

it.live(
  "who is killed is gone within its time to live, who is stopped at once; while NATS is away those that were known are believed",
  () =>
    Effect.gen(function* () {
      const server = yield* OwnNats.make
      yield* server.start
      const connection = NatsConnection.layer({ url: server.url, connectTimeout: 500, callTimeout: 1000 })
      const layer = ServiceRegistryNats.layer({ timeToLive: `${life} seconds`, refresh: 0 })
      const registry = Context.get(yield* Layer.build(layer.pipe(Layer.provide(connection))), ServiceRegistry)
      const names = Effect.map(registry.list(), (found) => found.map(({ instance }) => instance))
      const millisUntil = <A, E>(effect: Effect.Effect<A, E>, isSo: (answer: A) => boolean) =>
        Effect.gen(function* () {
          const began = yield* Clock.currentTimeMillis
          yield* Effect.repeat(effect, { until: isSo, schedule: Schedule.spaced("20 millis") }).pipe(
            Effect.timeout("30 seconds")
          )
          return (yield* Clock.currentTimeMillis) - began
        })

      const [one, two] = yield* Effect.forEach(["one", "two", "three"], (name) => program(server.url, name), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(yield* names, ["one", "three", "two"])
      yield* one?.end("SIGKILL") ?? Effect.void
      assert.include(yield* names, "one", "nobody knows yet")
      const gone = yield* millisUntil(names, (found) => !found.includes("one"))
      assert.isBelow(gone, life * 1000 + 500)
      yield* two?.end("SIGTERM") ?? Effect.void
      assert.deepStrictEqual(yield* names, ["three"])

      yield* Effect.forEach(["four", "five"], (name) => program(server.url, name), { concurrency: "unbounded" })
      const all = ["five", "four", "three"]
      for (const disaster of ["is killed", "loses all"] as const) {
        assert.deepStrictEqual(yield* names, all)
        yield* server.stop("SIGKILL")
        if (disaster === "loses all") yield* server.empty
        const since = yield* Clock.currentTimeMillis
        // For longer than anybody is believed otherwise.
        const away = Effect.all([names, Clock.currentTimeMillis])
        yield* millisUntil(away, ([found, now]) => {
          assert.deepStrictEqual(found, all, `${disaster}: those that were known are believed`)
          return now - since > life * 1000 + 500
        })
        yield* server.start
        const started = yield* Clock.currentTimeMillis
        yield* millisUntil(registry.list(), (found) => {
          assert.deepStrictEqual(
            found.map(({ instance }) => instance),
            all,
            `${disaster}: nobody is missed when it is back`
          )
          return found.every(({ heardAt }) => heardAt.epochMilliseconds > started)
        })
      }
    }).pipe(Effect.scoped),
  400_000
)
