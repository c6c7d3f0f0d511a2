/**
 * Ids of events: UUIDs of version 7, whose first 48 bits are a time, so that new ones lie side by side in an index.
 *
 * The 74 random bits come from the platform's own generator of UUIDs, which keeps a reserve of randomness: twenty times
 * as fast as asking for the bytes of each. Ids of one millisecond are in no order.
 */

/** A new id for something that happens at `millis` (since 1970; a clock of tests may show a part of one). */
export const make = (millis: number): string => {
  const time = Math.max(0, Math.floor(millis)).toString(16).padStart(12, "0")
  // The digits behind the version in a UUID of version 4 are random, and its variant is that of version 7.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${globalThis.crypto.randomUUID().slice(15)}`
}
