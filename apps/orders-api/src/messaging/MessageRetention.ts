/**
 * Removes messages that every subscriber has done with, and what the inbox knows of old ones, so that neither grows for ever.
 *
 * Messages are kept for a week, and what was done about them for a month: the broker delivers nothing again that the inbox
 * does not know any more.
 */
import { BrokerJanitor, type CleaningStatus, InboxRetention } from "@eventfold/messaging"
import { Context, Effect, Layer } from "effect"
import { languages } from "../contexts/Languages.ts"

/** The topics of the service. */
export const topics = languages.map(({ context }) => context)

/** What is removed in this process. */
export class MessageCleaning extends Context.Service<
  MessageCleaning,
  {
    /** How that goes; nothing when messaging is off. */
    readonly statuses: Effect.Effect<ReadonlyArray<CleaningStatus>>
  }
>()("@eventfold/orders-api/MessageCleaning") {}

/** Removes what is old once at start and then at intervals, while the layer lives. */
export const layer = Layer.effect(
  MessageCleaning,
  Effect.gen(function* () {
    const [janitor, inbox] = [yield* BrokerJanitor, yield* InboxRetention.InboxCleaning]
    const statuses = Effect.map(Effect.all([janitor.statuses, inbox.status]), ([topics, one]) => [...topics, one])
    return { statuses }
  })
).pipe(
  Layer.provide([
    BrokerJanitor.layer({ topics }),
    InboxRetention.layer({ topics, keepFor: "30 days", brokerKeepsFor: "7 days" })
  ])
)

/** Nothing is removed. */
export const off = Layer.succeed(MessageCleaning, { statuses: Effect.succeed([]) })
