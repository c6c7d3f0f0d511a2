/**
 * Publishes together what several want to publish to a topic at the same moment.
 *
 * What is asked for while the fiber that asked first has its turn goes together; nobody waits for others on purpose. When a
 * batch fails, it fails for all who have a message in it.
 */
import { Effect, Exit, Request, RequestResolver } from "effect"
import type { BrokerFailure, BrokerRequestRefused } from "./BrokerErrors.ts"
import { stored } from "./BrokerRules.ts"
import type { CloudEvent, CloudEventNotValid } from "./CloudEvent.ts"
import type { MessageBroker } from "./MessageBroker.ts"

/** What publishing fails with. */
export type PublishError = CloudEventNotValid | BrokerRequestRefused | BrokerFailure

/** The most messages of one request. */
export const mostMessages = 16

class Publish extends Request.Class<{ readonly messages: ReadonlyArray<CloudEvent> }, void, PublishError> {}

/** Publishes up to {@link mostMessages} messages, all or none, together with those of others. */
export const make = (
  broker: MessageBroker["Service"],
  topic: string
): ((messages: ReadonlyArray<CloudEvent>) => Effect.Effect<void, PublishError>) => {
  const publish = (entries: ReadonlyArray<Request.Entry<Publish>>) =>
    Effect.map(
      Effect.exit(
        broker.publish(
          topic,
          entries.flatMap(({ request }) => request.messages)
        )
      ),
      (exit) => {
        for (const entry of entries) entry.completeUnsafe(Exit.asVoid(exit))
      }
    )
  const resolver = RequestResolver.make<Publish>((entries) =>
    Effect.forEach(batchesOf(entries), publish, { discard: true })
  )
  return (messages) =>
    // One that breaks a rule fails by itself, and not the messages of others.
    Effect.andThen(
      Effect.forEach(messages, (message) => Effect.fromResult(stored(message)), { discard: true }),
      Effect.request(new Publish({ messages }), resolver)
    )
}

/** As many requests together as a batch of the broker holds. */
const batchesOf = (
  entries: ReadonlyArray<Request.Entry<Publish>>
): ReadonlyArray<ReadonlyArray<Request.Entry<Publish>>> => {
  const batches: Array<Array<Request.Entry<Publish>>> = []
  let room = 0
  for (const entry of entries) {
    const { length } = entry.request.messages
    if (batches.length === 0 || length > room) {
      batches.push([])
      room = 1000
    }
    room -= length
    batches.at(-1)?.push(entry)
  }
  return batches
}
