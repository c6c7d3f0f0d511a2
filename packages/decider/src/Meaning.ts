/**
 * What a published message means to a program that keeps a log of its own: the event of the context that said it, as far as it
 * was told. Processes that follow their own log take it for the event itself.
 *
 * A message says less than its event: what is personal is redacted, and what is not told has a value that says so. So a process
 * must act upon nothing of another context but what its messages say.
 */
import type { Schema } from "effect"
import * as DomainEvent from "./DomainEvent.ts"
import type { MessageType, PublishedMessage, Said } from "./PublishedMessage.ts"

/** What stands in the place of a text that is not told. */
export const untold = "not told"

/** What a message means. */
export interface Meaning<out Message extends MessageType, out Event extends DomainEvent.DomainEvent> {
  readonly message: Message
  /** The schema of the event. */
  readonly event: Schema.Codec<Event, unknown>
  /** The name of the event. */
  readonly name: string
  /** The event that what was said means. */
  eventOf(said: Said<Message>): Event
}

/** Any of them. */
export type AnyMeaning = Meaning<PublishedMessage<any>, DomainEvent.DomainEvent>

/** Says which event a message means. */
export const make = <Content, S extends Schema.Codec<DomainEvent.DomainEvent, unknown>>(
  message: PublishedMessage<Content>,
  event: S,
  eventOf: (said: Content) => S["Type"]
): Meaning<PublishedMessage<Content>, S["Type"]> => ({ message, event, name: DomainEvent.nameOf(event), eventOf })
