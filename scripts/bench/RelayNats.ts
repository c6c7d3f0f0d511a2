/** The relay that catches up, with the message broker on NATS: only where `TEST_NATS_URL` says where there is one. */
import { MessageBroker } from "@eventfold/messaging"
import { MessageBrokerNats, NatsConnection } from "@eventfold/nats"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Relay from "./Relay.ts"

/** Undefined where nobody says that there is a NATS. */
export const url = process.env["TEST_NATS_URL"]

/** Streams nobody else has, removed when the scope closes. */
const broker = Effect.gen(function* () {
  const prefix = `bench-${SecureRandom.uuidV7Unsafe().slice(-12)}`
  const connection = NatsConnection.layer({ url: url ?? "" })
  const context = yield* Layer.build(Layer.provideMerge(MessageBrokerNats.layer({ prefix }), connection))
  yield* Effect.addFinalizer(() =>
    Effect.ignore(
      Context.get(context, NatsConnection.NatsConnection).call("clean", async ({ manager }) => {
        for await (const { config } of manager.streams.list()) {
          if (config.name.startsWith(`${prefix}_`)) await manager.streams.delete(config.name)
        }
      })
    )
  )
  return Context.get(context, MessageBroker)
})

let log: Relay.RelayLog = { events: 0, from: 0, to: 0 }
let opened: MessageBroker["Service"] | undefined

/** Fills the log, and opens the broker. */
export const prepare = Effect.fnUntraced(function* (messages: number) {
  log = yield* Relay.fill(messages)
  opened = yield* broker
})

/** Relays the whole log. */
export const drain = Effect.suspend(() =>
  opened === undefined
    ? Effect.die("the broker is not open")
    : Effect.provideService(Relay.drain(log), MessageBroker, opened)
)
