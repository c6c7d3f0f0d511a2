/** The broker that carries the messages between the contexts of the service, as `MESSAGING` says. */
import { MessageBroker } from "@eventfold/messaging"
import { MessageBrokerNats, NatsConnection } from "@eventfold/nats"
import { Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"

/** That of the store the service has, or NATS. The service starts without NATS, and says in its health that it is missing. */
export const layer: Layer.Layer<MessageBroker, never, MessageBroker | Settings> = Layer.unwrap(
  Effect.map(Settings, ({ messageBroker, natsPrefix, natsUrl }) =>
    messageBroker === "nats" && natsUrl !== undefined
      ? MessageBrokerNats.layer({ prefix: natsPrefix }).pipe(
          Layer.provide(NatsConnection.layer({ url: natsUrl, name: `eventfold orders ${natsPrefix}` })),
          // The settings hold the prefix to the same rule.
          Layer.orDie
        )
      : Layer.effect(MessageBroker, MessageBroker)
  )
)
