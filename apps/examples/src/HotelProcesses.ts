/** Programs that serve hotels as processes of their own, which are started, killed and stopped, and found over NATS. */
import { ServiceRegistry } from "@eventfold/messaging"
import { NatsConnection, ServiceRegistryNats } from "@eventfold/nats"
import { Context, Effect, Layer, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import * as HotelService from "./HotelService.ts"

/** A register of its own, so that nobody else who tells the story is found. */
const stream = `eventfold-example-${SecureRandom.uuidV7Unsafe()}`

/** The register: who is silent for two seconds is gone, and it is looked at each time. */
export const registry = (url: string, name = stream) =>
  ServiceRegistryNats.layer({ stream: name, timeToLive: "2 seconds", refresh: 0 }).pipe(
    Layer.provide(NatsConnection.layer({ url }))
  )

/** Removes the register. */
const forget = (url: string) =>
  Effect.scoped(
    Effect.flatMap(Layer.build(Layer.fresh(NatsConnection.layer({ url }))), (context) =>
      Effect.ignore(
        Context.get(context, NatsConnection.NatsConnection).call("forget", ({ manager }) =>
          manager.streams.delete(stream)
        )
      )
    )
  )

/** What the program that asks has. */
export const shared = (url: string) =>
  HotelService.sharing(registry(url)).pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.addFinalizer(() => forget(url))))
  )

const program = fileURLToPath(new URL("HotelProgram.ts", import.meta.url))

/** Starts programs, and looks for them. */
export const on = Effect.fnUntraced(function* (url: string) {
  const registered = yield* ServiceRegistry
  const names = Effect.map(registered.list(), (found) => found.map(({ instance }) => instance))
  return {
    names,
    /** Waits until these are found and nobody else, for half a minute at the most. */
    until: (wanted: ReadonlyArray<string>) =>
      names.pipe(
        Effect.repeat({
          until: (found) => found.join() === wanted.join(),
          schedule: Schedule.spaced("50 millis")
        }),
        Effect.timeout("30 seconds")
      ),
    start: (instance: string) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const env = { ...process.env, NATS_URL: url, STREAM: stream, INSTANCE: instance }
          const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "ignore", "inherit"] })
          return {
            /** Ends it, and waits until it has ended. */
            end: (signal: "SIGTERM" | "SIGKILL") =>
              Effect.promise(async () => {
                if (child.exitCode !== null || child.signalCode !== null) return
                const ended = once(child, "exit")
                child.kill(signal)
                await ended
              })
          }
        }),
        ({ end }) => end("SIGKILL")
      )
  }
})
