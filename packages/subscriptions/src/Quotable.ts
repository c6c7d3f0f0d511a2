/** Tells which events have no room for personal values, so that what an error says of one can be kept. */
import { DomainEvent } from "@eventfold/decider"
import { PersonalPlaces } from "@eventfold/event-store"
import type { Schema } from "effect"

/**
 * Whether no version of the event of a name has room for personal values. False for names that are not known. The first
 * question takes long.
 */
export const among = (
  events: ReadonlyArray<Schema.Codec<DomainEvent.DomainEvent, unknown>>
): ((eventType: string) => boolean) => {
  const named = new Map(events.map((event) => [DomainEvent.nameOf(event), DomainEvent.versionsOf(event)]))
  // `PersonalPlaces` remembers what it has found.
  return (eventType) => named.get(eventType)?.every(({ schema }) => PersonalPlaces.of(schema).none) ?? false
}
