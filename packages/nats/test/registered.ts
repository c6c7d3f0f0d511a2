/** A program that serves a context and says so, until it is stopped or killed: `node registered.ts NATS-URL INSTANCE SECONDS`. */
import { ServiceRegistry } from "@eventfold/messaging"
import { Effect, Fiber, Layer } from "effect"
import { NatsConnection, ServiceRegistryNats } from "../src/index.ts"

const [, , url = "", instance = "", seconds = ""] = process.argv

const registered = Effect.gen(function* () {
  const registry = yield* ServiceRegistry
  const endpoints = { http: "http://127.0.0.1:1" }
  yield* registry.register({ namespace: "eventfold", service: "hotels", instance, version: "1", endpoints })
  process.stdout.write("registered\n")
  return yield* Effect.never
}).pipe(
  Effect.scoped,
  Effect.provide(
    ServiceRegistryNats.layer({ timeToLive: `${Number(seconds)} seconds` }).pipe(
      Layer.provide(NatsConnection.layer({ url }))
    )
  )
)

const fiber = Effect.runFork(registered)
process.once("SIGTERM", () => {
  void Effect.runPromise(Fiber.interrupt(fiber)).then(() => process.exit(0))
})
