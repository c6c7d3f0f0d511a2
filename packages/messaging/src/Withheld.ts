/** What is kept back until the lead of its key has been heard, as events of a stream `withheld/<key>`. A storage format. */
import { DomainEvent } from "@eventfold/decider"
import { EventCodec } from "@eventfold/event-store"
import { Schema } from "effect"

/** An event that came before the lead: all that it takes to append it later. */
export const EventWithheld = DomainEvent.make("EventWithheld", {
  eventId: Schema.String,
  /** The id of the stream that it belongs to. */
  stream: Schema.String,
  type: Schema.String,
  schemaVersion: Schema.Int,
  data: Schema.Json
})

/** The lead was heard: nothing of this key is kept back any more. */
export const LeadHeard = DomainEvent.make("LeadHeard", {})

/** Encodes and decodes both. */
export const codec = EventCodec.make(Schema.Union([EventWithheld, LeadHeard]))

/** The category of the streams. */
export const category = "withheld"

/** The most that is kept back of a key. */
export const most = 100

/** More is to be kept back of a key than {@link most}. */
export class TooMuchWithheld extends Schema.TaggedError<TooMuchWithheld>()("TooMuchWithheld", {
  stream: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `${this.stream} holds ${most} events whose lead was never heard, and takes no more`
  }
}
