/**
 * The outbox relay of a context: it says in the published language what the events of the context mean to others, and hands
 * that to the message broker. The log is the outbox, so what is published is what was stored, no less and no more.
 *
 * Guarantees: of many relays of one name one works at a time. What was said of a batch is published in the order of its
 * events, and of one key nothing before what came earlier. While the broker is away the relay waits, and its status and its
 * lag say so. Only what can never be published becomes a dead letter: it holds its key back and nothing else, and is
 * replayed in order. What is published again after a crash has the ids it had, so the broker knows it.
 *
 * What was only heard of other programs (`Hearing`) is not said again.
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
import { Effect, Predicate, Result, Schema } from "effect"
import type { EncodedMessage } from "./BrokerDriver.ts"
import type { BrokerFailure, BrokerRequestRefused } from "./BrokerErrors.ts"
import type { CloudEvent, CloudEventNotValid } from "./CloudEvent.ts"
import { traceparent } from "./CloudEventRules.ts"
import { isHeard } from "./Hearing.ts"
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
  Effect.flatMap(MessageBroker, (broker) => {
    const declared = declaredOf(language, schemas)
    return TogetherHandler.make<Event, EncodedMessage, E | PublishFailure, R>({
      name: nameOf(language.context),
      events,
      classify: kindOf,
      most: mostPublished,
      ...(partitionBy === undefined ? {} : { partitionBy }),
      ...(options === undefined ? {} : { options }),
      say: (event, recorded) => {
        // What others have said is theirs to say.
        if (isHeard(recorded)) return Effect.succeed([])
        const key = partitionBy?.(event, recorded)
        // What needs nothing that has to be waited for is said at once.
        return Effect.flatMapEager(publish(event, recorded), (outgoing) =>
          Effect.fromResult(encoded(declared, outgoing, recorded, key))
        )
      },
      flush: (messages) => broker.publishEncoded(language.context, messages)
    })
  })

/** Trying again helps where the broker says so, and where nobody says it does not; a message that breaks rules stays as it is. */
const kindOf = (error: unknown): "permanent" | "transient" =>
  Predicate.isTagged(error, "CloudEventNotValid") ||
  Predicate.isTagged(error, "BrokerRequestRefused") ||
  (Predicate.hasProperty(error, "retryable") && error.retryable === false)
    ? "permanent"
    : "transient"

/** What is known of the messages of a context once for all. */
interface Declared {
  readonly context: string
  readonly source: string
  /** Where the schema of each is. */
  readonly schemas: ReadonlyMap<PublishedMessage.MessageType, string>
}

const declaredOf = ({ context, messages }: PublishedMessage.PublishedLanguage, schemas: string): Declared => ({
  context,
  source: `/contexts/${context}`,
  schemas: new Map(messages.map((message) => [message, schemaOf(schemas, message.type)]))
})

/** What was said of an event, ready to be published. */
const encoded = (
  declared: Declared,
  outgoing: ReadonlyArray<PublishedMessage.Outgoing>,
  recorded: RecordedEvent,
  key: string | undefined
): Result.Result<ReadonlyArray<EncodedMessage>, MessageNotPublishable | CloudEventNotValid> => {
  const broken = brokenBy(declared, outgoing, key)
  if (broken !== undefined) return Result.fail(broken)
  const messages: Array<EncodedMessage> = []
  for (const one of outgoing) {
    const message = Result.flatMap(messageOf(one, recorded, declared, key), MessageBroker.encode)
    if (Result.isFailure(message)) return Result.fail(message.failure)
    messages.push(message.success)
  }
  return Result.succeed(messages)
}

const brokenBy = (
  { context, schemas }: Declared,
  outgoing: ReadonlyArray<PublishedMessage.Outgoing>,
  partition: string | undefined
): MessageNotPublishable | undefined => {
  const refuse = (type: string, rule: string) => new MessageNotPublishable({ type, rule })
  const [first] = outgoing
  if (first !== undefined && outgoing.length > mostOfOne) {
    return refuse(first.message.type, `and others are more than ${mostOfOne} messages of one event`)
  }
  for (const [place, { key, message }] of outgoing.entries()) {
    const { type } = message
    if (!schemas.has(message)) return refuse(type, `is no message of the language of ${context}`)
    if (outgoing.findIndex((one) => one.message.type === type) < place)
      return refuse(type, "is said twice of one event")
    // Else those of the key would be published in the order of something else.
    if (key !== undefined && key !== partition) return refuse(type, "has another key than `partitionBy` says")
  }
  return undefined
}

/** The message in full. Its id is computed from the event, so that it is the same each time. */
const messageOf = (
  { data, message }: PublishedMessage.Outgoing,
  { id, metadata, occurredAt, stream }: RecordedEvent,
  { schemas, source }: Declared,
  key: string | undefined
): Result.Result<CloudEvent, MessageNotPublishable> => {
  const { type } = message
  const dataschema = schemas.get(message)
  if (dataschema === undefined || Result.isFailure(data) || !isObject(data.success)) {
    // What is wrong may quote the content, and the content may be about a person.
    const rule = "has a content that its own schema does not accept"
    return Result.fail(new MessageNotPublishable({ type, rule }))
  }
  const trace = metadata["traceparent"]
  return Result.succeed({
    specversion: "1.0",
    id: `${id}.${message.name}.v${message.version}`,
    source,
    type,
    subject: stream.id,
    time: occurredAt,
    datacontenttype: "application/json",
    dataschema,
    partitionkey: key === undefined ? StreamId.format(stream) : `${stream.tenant}/${key}`,
    correlationid: metadata["correlationId"] ?? id,
    causationid: id,
    tenantid: stream.tenant,
    ...(trace !== undefined && traceparent.holds(trace) ? { traceparent: trace } : {}),
    data: data.success
  })
}

const isObject = (json: Schema.Json): json is Schema.JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)
