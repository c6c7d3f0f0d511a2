/**
 * The outbox relay of a context: it says in the published language what the events of the context mean to others, and hands
 * that to the message broker. The log is the outbox, so what is published is what was stored, no less and no more.
 *
 * Guarantees: of many relays of one name one works at a time. What was said of a batch is published in the order of its
 * events, and of one key nothing before what came earlier. While the broker is away the relay waits, and its status and its
 * lag say so. Only what can never be published becomes a dead letter: it holds its key back and nothing else, and is
 * replayed in order. What is published again after a crash has the ids it had, so the broker knows it.
 *
 * Run it with `HandlerRunner`: its status tells the lag, and the dead letter desk its letters.
 *
 * Gotchas: `publish` must say the same of the same event each time, or a repetition is another message; of one event no
 * two messages are of one type. A pause longer than the broker's window of deduplication, between publishing and noting
 * it, can double a message: consumers that must not mind have an inbox.
 */
import type { Decider, DomainEvent, PublishedMessage } from "@eventfold/decider"
import { type RecordedEvent, StreamId } from "@eventfold/event-store"
import { type EventHandler, type HandlerOptions, TogetherHandler } from "@eventfold/subscriptions"
import { Effect, Predicate, Schema } from "effect"
import type { EncodedMessage } from "./BrokerDriver.ts"
import type { BrokerFailure, BrokerRequestRefused } from "./BrokerErrors.ts"
import type { CloudEvent, CloudEventNotValid } from "./CloudEvent.ts"
import { traceparent } from "./CloudEventRules.ts"
import { MessageBroker, mostPublished } from "./MessageBroker.ts"

/** What is needed to declare the relay of a context. */
export interface Declaration<Event extends DomainEvent.DomainEvent, E, R> {
  /** What the context publishes. Its name is the topic, and the relay is the event handler `relay-<name>`. */
  readonly language: PublishedMessage.PublishedLanguage
  /** The events that mean something to others. */
  readonly events: Decider.EventUnion<Event>
  /** What an event means to others: up to {@link mostOfOne} messages, or none. It may ask for what the event does not say. */
  readonly publish: (
    event: Event,
    recorded: RecordedEvent
  ) => Effect.Effect<ReadonlyArray<PublishedMessage.Outgoing>, E, R>
  /** Where the JSON Schemas are: an absolute address, to which `/<type>.json` is added. */
  readonly schemas: string
  /** By what messages are kept in order, here and by the broker. The stream when left out. Within a tenant. */
  readonly partitionBy?: (event: Event, recorded: RecordedEvent) => string
  /** Default: batches of 100, of 1,000 while there is much to catch up with, and a look at the log at least every 5 s. */
  readonly options?: HandlerOptions
}

/** The most messages of one event. */
export const mostOfOne = 16

/** What an event was to be said with, and cannot be: a mistake of the mapping. */
export class MessageNotPublishable extends Schema.TaggedError<MessageNotPublishable>()("MessageNotPublishable", {
  type: Schema.String,
  rule: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `${this.type} ${this.rule}`
  }
}

type PublishFailure = MessageNotPublishable | CloudEventNotValid | BrokerFailure | BrokerRequestRefused

/** The name of the event handler that is the relay of a context. */
export const nameOf = (context: string): string => `relay-${context}`

/** Where the JSON Schema of a message is. */
export const schemaOf = (schemas: string, type: string): string => `${schemas}/${type}.json`

/** Makes the relay of a context ready to be run, with the services it needs. */
export const make = <Event extends DomainEvent.DomainEvent, E, R>({
  events,
  language,
  options,
  partitionBy,
  publish,
  schemas
}: Declaration<Event, E, R>): Effect.Effect<EventHandler.ManagedHandler, never, R | MessageBroker> =>
  Effect.flatMap(MessageBroker, (broker) =>
    TogetherHandler.make<Event, EncodedMessage, E | PublishFailure, R>({
      name: nameOf(language.context),
      events,
      classify: kindOf,
      most: mostPublished,
      ...(partitionBy === undefined ? {} : { partitionBy }),
      ...(options === undefined ? {} : { options }),
      say: Effect.fnUntraced(function* (
        event: Event,
        recorded: RecordedEvent
      ): Effect.fn.Return<ReadonlyArray<EncodedMessage>, E | PublishFailure, R> {
        const key = partitionBy?.(event, recorded)
        const outgoing = yield* publish(event, recorded)
        yield* check(language, outgoing, key)
        const messages: Array<EncodedMessage> = []
        for (const one of outgoing) {
          const message = yield* messageOf(one, recorded, schemas, key)
          messages.push(yield* Effect.fromResult(MessageBroker.encode(message)))
        }
        return messages
      }),
      flush: (messages) => broker.publishEncoded(language.context, messages)
    })
  )

/** Trying again helps where the broker says so, and where nobody says it does not; a message that breaks rules stays as it is. */
const kindOf = (error: unknown): "permanent" | "transient" =>
  Predicate.isTagged(error, "CloudEventNotValid") ||
  Predicate.isTagged(error, "BrokerRequestRefused") ||
  (Predicate.hasProperty(error, "retryable") && error.retryable === false)
    ? "permanent"
    : "transient"

const check = (
  { context, messages }: PublishedMessage.PublishedLanguage,
  outgoing: ReadonlyArray<PublishedMessage.Outgoing>,
  partition: string | undefined
): Effect.Effect<void, MessageNotPublishable> => {
  const refuse = (type: string, rule: string) => Effect.fail(new MessageNotPublishable({ type, rule }))
  const [first] = outgoing
  if (first !== undefined && outgoing.length > mostOfOne) {
    return refuse(first.message.type, `and others are more than ${mostOfOne} messages of one event`)
  }
  for (const [place, { key, message }] of outgoing.entries()) {
    const { type } = message
    if (!messages.includes(message)) return refuse(type, `is no message of the language of ${context}`)
    if (outgoing.findIndex((one) => one.message.type === type) < place)
      return refuse(type, "is said twice of one event")
    // Else those of the key would be published in the order of something else.
    if (key !== undefined && key !== partition) return refuse(type, "has another key than `partitionBy` says")
  }
  return Effect.void
}

/** The message in full. Its id is computed from the event, so that it is the same each time. */
const messageOf = (
  { data, message }: PublishedMessage.Outgoing,
  { id, metadata, occurredAt, stream }: RecordedEvent,
  schemas: string,
  key: string | undefined
): Effect.Effect<CloudEvent, MessageNotPublishable> => {
  const { type } = message
  const trace = metadata["traceparent"]
  return Effect.fromResult(data).pipe(
    Effect.filterOrFail(isObject, () => undefined),
    // What is wrong may quote the content, and the content may be about a person.
    Effect.mapError(
      () => new MessageNotPublishable({ type, rule: "has a content that its own schema does not accept" })
    ),
    Effect.map((content): CloudEvent => ({
      specversion: "1.0",
      id: `${id}.${message.name}.v${message.version}`,
      source: `/contexts/${message.context}`,
      type,
      subject: stream.id,
      time: occurredAt,
      datacontenttype: "application/json",
      dataschema: schemaOf(schemas, type),
      partitionkey: key === undefined ? StreamId.format(stream) : `${stream.tenant}/${key}`,
      correlationid: metadata["correlationId"] ?? id,
      causationid: id,
      tenantid: stream.tenant,
      ...(trace !== undefined && traceparent.holds(trace) ? { traceparent: trace } : {}),
      data: content
    }))
  )
}

const isObject = (json: Schema.Json): json is Schema.JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)
