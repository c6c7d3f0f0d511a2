/** The letters that appends leave for events which an inline projection could not fold. */
import { Option } from "effect"
import type { LetterFailure, NewLetter } from "./DeadLetters.ts"
import { letterFailure } from "./LetterText.ts"
import type { LeftOver, ManagedProjection } from "./ManagedProjection.ts"

/** Another version of the program has to fold the event. */
export const otherVersion: LetterFailure = {
  kind: "transient",
  name: "OtherVersion",
  message: "The program that appended the event has another version of the projection, and could not fold it.",
  stack: ""
}

/** What is kept of what kept an event from being folded. */
export const permanent = (
  projection: Pick<ManagedProjection, "quotable">,
  eventType: string,
  error: unknown
): LetterFailure => letterFailure(error, "permanent", projection.quotable(eventType))

/** The letter of an event that was left over; `failure` stands in for its own error. */
export const letterOf = (
  projection: ManagedProjection,
  consumer: string,
  { error, partition, recorded, tenant }: LeftOver,
  failure?: LetterFailure
): NewLetter => ({
  consumer,
  tenant,
  partition,
  position: recorded.position,
  stream: recorded.stream,
  version: recorded.version,
  eventId: recorded.id,
  eventType: recorded.type,
  failure: failure ?? Option.getOrUndefined(Option.map(error, (one) => permanent(projection, recorded.type, one)))
})
