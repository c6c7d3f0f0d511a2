/**
 * A subscriber: what a context does when others say something, as a value. It has a name, which is its consumer group at
 * the message broker, and a handler for each type of message it cares for. `SubscriberRunner` runs it.
 *
 * Guarantees: every message of its types takes effect once, or ends as a dead letter that says why; messages of one
 * partition key are handled in order. What a handler stores is stored in the transaction that notes the message in the
 * `Inbox`, so a message that is delivered again finds its mark. A message of a name that is handled, in a version that is not,
 * is a dead letter; one of another name is none of its business.
 *
 * Gotchas: an effect that cannot be taken back, such as a mail, has no place in a transaction: declare its handler
 * `at-least-once`, and have the other side know a repetition by the id of the message. In memory the body of a transaction may
 * run more than once. The name is a storage format: under another one it begins anew.
 */
import { NameId, PublishedMessage } from "@eventfold/decider"
import type { EventMetadata } from "@eventfold/event-store"
import { type DateTime, Effect, Predicate, Result } from "effect"
import type { CloudEvent } from "./CloudEvent.ts"
import type { Delivery as Delivered } from "./MessageBroker.ts"
import { nameOf } from "./Reason.ts"
import * as Options from "./SubscriberOptions.ts"

/** A message on its way to a handler. */
export interface Delivery {
  /** Whose it is: that of the message, or what the subscriber says of messages without one. */
  readonly tenant: string
  readonly message: CloudEvent
  /** 1 when it is delivered for the first time. */
  readonly attempt: number
  readonly publishedAt: DateTime.Utc
  /** What goes with every command and event that follows from it. */
  readonly metadata: EventMetadata
  /** The id of a command that follows from it: the same each time, and another one for each name. */
  readonly commandId: (name: string) => string
}

/** Whether trying again can help. */
export type FailureKind = "permanent" | "transient"

/** A handler could not do its work. `reason` may be kept and read by people; it quotes nothing personal. */
export class HandlingFailed {
  readonly kind: FailureKind
  readonly reason: string
  readonly error: unknown
  constructor(kind: FailureKind, reason: string, error: unknown) {
    this.kind = kind
    this.reason = reason
    this.error = error
  }
}

/** How a handler is run. */
export interface HandlerOptions<E, Content = unknown, R = never> extends Options.HandlingOptions {
  /**
   * Comes in the place of a dead letter when a failure is permanent; what the handler stored in its transaction was taken back.
   * What it fails with is treated like a failure of the handler, which is then tried first.
   */
  readonly compensate?: (content: Content, delivery: Delivery, error: E) => Effect.Effect<void, E, R>
  /** Whether trying again can help. Default: {@link kindOf}. */
  readonly classify?: (error: E) => FailureKind
  /** What of an error is kept beside its name and may be read by people: nothing personal. Default, and when empty: its name alone. */
  readonly quote?: (error: E) => string
}

/** What is done about messages of a type, with the services it needs. */
export interface Handler<R> {
  readonly message: PublishedMessage.MessageType
  readonly delivery: Options.Delivering
  /** Milliseconds. */
  readonly timeLimit: number
  /** Reads what a message says, and answers what is to be done about it. */
  readonly read: (
    data: unknown,
    delivery: Delivery
  ) => Result.Result<Handling<R>, PublishedMessage.MessageNotUnderstood>
}

/** What is to be done about a message. */
export interface Handling<R> {
  readonly work: Effect.Effect<void, HandlingFailed, R>
  /** When the work has failed for good: what is done instead of giving up; undefined when there is nothing. */
  readonly compensation: () => Effect.Effect<void, HandlingFailed, R> | undefined
}

/** What a context does when others say something. */
export interface Subscriber<R> {
  readonly name: string
  /** The topics it listens to: the contexts whose messages it handles, each once. */
  readonly topics: ReadonlyArray<string>
  readonly handlers: ReadonlyArray<Handler<R>>
  readonly options: Options.CompleteOptions
}

/** The services that handlers or subscribers need. */
export type Services<H> = H extends Handler<infer R> ? R : H extends Subscriber<infer R> ? R : never

/** Says what is done about messages of a type. Other types, also other versions of it, have handlers of their own. */
export const on = <Content, E, R>(
  message: PublishedMessage.PublishedMessage<Content>,
  handle: (content: Content, delivery: Delivery) => Effect.Effect<void, E, R>,
  { classify = kindOf, compensate, quote, ...options }: HandlerOptions<E, NoInfer<Content>, R> = {}
): Handler<R> => {
  const reasonOf = (error: E) => {
    const quoted = quote?.(error) ?? ""
    return quoted === "" ? nameOf(error) : `${nameOf(error)}: ${quoted}`
  }
  return {
    message,
    ...Options.handling(message.type, options),
    read: (data, delivery) =>
      Result.map(PublishedMessage.read(message, data), (content): Handling<R> => {
        let last: { readonly error: E } | undefined
        const told = (error: E) => new HandlingFailed(classify(error), reasonOf(error), error)
        return {
          work: Effect.mapError(
            Effect.suspend(() => handle(content, delivery)),
            (error) => {
              last = { error }
              return told(error)
            }
          ),
          compensation: () => {
            if (compensate === undefined || last === undefined) return undefined
            const { error } = last
            return Effect.mapError(
              Effect.suspend(() => compensate(content, delivery, error)),
              told
            )
          }
        }
      })
  }
}

/**
 * Declares a subscriber.
 *
 * @throws SubscriberNotUsable when its name, a handler or an option breaks its rule: a mistake of the program, found where it
 * is declared.
 */
export const make = <const Handlers extends ReadonlyArray<Handler<any>>>(
  name: string,
  handlers: Handlers,
  options: Options.SubscriberOptions = {}
): Subscriber<Services<Handlers[number]>> => {
  const completed = Options.complete(name, handlers, options)
  return { name, handlers, topics: topicsOf(handlers), options: completed }
}

/** A message that was received, as handlers see it; undefined when nobody says whose it is. */
export const deliveryOf = (
  subscriber: Pick<Subscriber<never>, "name" | "options">,
  delivered: Delivered
): Delivery | undefined => {
  const { attempt, message, publishedAt } = delivered
  const { correlationid, id, source, traceparent } = message
  const tenant = message.tenantid ?? subscriber.options.tenant
  if (tenant === undefined) return undefined
  const metadata: EventMetadata = {
    correlationId: correlationid,
    causationId: id,
    ...(traceparent === undefined ? {} : { traceparent })
  }
  const commandId = (name: string) => NameId.make("subscriber", subscriber.name, tenant, source, id, name)
  return { tenant, message, attempt, publishedAt, metadata, commandId }
}

/** Whether trying again can help, as an error says by `retryable`; `transient` if it says nothing. */
export const kindOf = (error: unknown): FailureKind =>
  Predicate.hasProperty(error, "retryable") && error.retryable === false ? "permanent" : "transient"

const topicsOf = (handlers: ReadonlyArray<Pick<Handler<never>, "message">>): ReadonlyArray<string> =>
  Array.from(new Set(handlers.map(({ message }) => message.context))).toSorted()
