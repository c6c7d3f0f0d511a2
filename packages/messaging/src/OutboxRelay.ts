/**
 * The outbox relay of a context: an event handler that says in the published language what the events of the context mean
 * to others, and hands it to the message broker. The log is the outbox, so what is published is what was stored, no less
 * and no more.
 *
 * Guarantees: those of an event handler that is delivered to at least once. Of many relays of one name one works at a time;
 * order holds per partition, which is the stream unless it is declared otherwise; a failure that may pass is tried again
 * with growing waits; one that stays becomes a dead letter, holds its partition back and nothing else, and is replayed in
 * order. What is published again after a crash has the ids it had, so the broker knows it.
 *
 * Run it with `HandlerRunner`: its status tells the lag, and the dead letter desk its letters.
 *
 * Gotchas: `publish` must say the same of the same event each time, or a repetition is another message; of one event no
 * two messages are of one type. A pause longer than the broker's window of deduplication, between publishing and noting
 * it, can double a message: consumers that must not mind have an inbox.
 */
import type { Decider, DomainEvent, PublishedMessage } from "@eventfold/decider"
import { type RecordedEvent, StreamId } from "@eventfold/event-store"
import { EventHandler, type HandlerOptions } from "@eventfold/subscriptions"
import { Effect, Predicate, Schema } from "effect"
import type { CloudEvent } from "./CloudEvent.ts"
import { traceparent } from "./CloudEventRules.ts"
import { MessageBroker } from "./MessageBroker.ts"
import * as PublishTogether from "./PublishTogether.ts"

/** What is needed to declare the relay of a context. */
export interface Declaration<Event extends DomainEvent.DomainEvent, E, R> {
  /** What the context publishes. Its name is the topic, and the relay is the event handler `relay-<name>`. */
  readonly language: PublishedMessage.PublishedLanguage
  /** The events that mean something to others. */
  readonly events: Decider.EventUnion<Event>
  /** What an event means to others: up to 16 messages, or none. It may ask for what the event does not say. */
  readonly publish: (
    event: Event,
    recorded: RecordedEvent
  ) => Effect.Effect<ReadonlyArray<PublishedMessage.Outgoing>, E, R>
  /** Where the JSON Schemas are: an absolute address, to which `/<type>.json` is added. */
  readonly schemas: string
  /** What is published in order. The stream when left out. Within a tenant. */
  readonly partitionBy?: (event: Event, recorded: RecordedEvent) => string
  /** Default: batches of 100, 100 at the same time, and a look at the log at least every 5 s. */
  readonly options?: HandlerOptions
}

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
  Effect.flatMap(MessageBroker, (broker) => {
    const together = PublishTogether.make(broker, language.context)
    return EventHandler.make<Event, E | MessageNotPublishable | PublishTogether.PublishError, R>({
      name: nameOf(language.context),
      events,
      classify: kindOf,
      ...(partitionBy === undefined ? {} : { partitionBy }),
      options: { batchSize: 100, concurrency: 100, pollEvery: { idle: "5 seconds" }, ...options },
      handle: Effect.fnUntraced(function* (event, recorded) {
        const outgoing = yield* publish(event, recorded)
        yield* check(language, outgoing)
        const messages = yield* Effect.forEach(outgoing, (one) => messageOf(one, recorded, schemas))
        if (messages.length > 0) yield* together(messages)
      })
    })
  })

/** Trying again helps where the broker says so, and where nobody says it does not; a message that breaks rules stays as it is. */
const kindOf = (error: unknown): "permanent" | "transient" =>
  Predicate.isTagged(error, "CloudEventNotValid") ||
  Predicate.isTagged(error, "BrokerRequestRefused") ||
  (Predicate.hasProperty(error, "retryable") && error.retryable === false)
    ? "permanent"
    : "transient"

const check = (
  { context, messages }: PublishedMessage.PublishedLanguage,
  outgoing: ReadonlyArray<PublishedMessage.Outgoing>
): Effect.Effect<void, MessageNotPublishable> => {
  const refuse = (type: string, rule: string) => Effect.fail(new MessageNotPublishable({ type, rule }))
  const [first] = outgoing
  if (first !== undefined && outgoing.length > PublishTogether.mostMessages) {
    return refuse(first.message.type, `and others are more than ${PublishTogether.mostMessages} messages of one event`)
  }
  for (const [place, { message }] of outgoing.entries()) {
    const { type } = message
    if (!messages.includes(message)) return refuse(type, `is no message of the language of ${context}`)
    if (outgoing.findIndex((one) => one.message.type === type) < place)
      return refuse(type, "is said twice of one event")
  }
  return Effect.void
}

/** The message in full. Its id is computed from the event, so that it is the same each time. */
const messageOf = (
  { data, key, message }: PublishedMessage.Outgoing,
  { id, metadata, occurredAt, stream }: RecordedEvent,
  schemas: string
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
