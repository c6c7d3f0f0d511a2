/** The NATS the tests run on, where there is one: `npm run test:integration` says where. */
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { MessageBrokerNats, NatsConnection } from "../src/index.ts"

/** Undefined outside `npm run test:integration`: what needs a server is not run then. */
export const url = process.env["TEST_NATS_URL"]

/** A connection to it. */
export const connection = NatsConnection.layer({ url: url ?? "nats://127.0.0.1:4222" })

/** A prefix nobody else uses. */
export const freshPrefix = () => `test-${SecureRandom.uuidV7Unsafe().slice(-12)}`

/** Removes all streams of a prefix when the scope closes, over a connection of its own. */
export const cleaned = (prefix: string) =>
  Effect.flatMap(Layer.build(Layer.fresh(connection)), (context) =>
    Effect.addFinalizer(() =>
      Effect.orDie(
        Context.get(context, NatsConnection.NatsConnection).call("clean", async ({ manager }) => {
          for await (const { config } of manager.streams.list()) {
            if (config.name.startsWith(`${prefix}_`)) await manager.streams.delete(config.name)
          }
        })
      )
    )
  )

/** A broker with streams nobody else has, removed when it ends. */
export const broker = (options: MessageBrokerNats.NatsBrokerOptions = {}) =>
  Layer.unwrap(
    Effect.sync(() => {
      const { prefix = freshPrefix() } = options
      return Layer.merge(MessageBrokerNats.layer({ ...options, prefix }), Layer.effectDiscard(cleaned(prefix)))
    })
  )
