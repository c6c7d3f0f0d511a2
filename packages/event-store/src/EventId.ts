/**
 * Ids of events: UUIDs of version 7, each greater than the one made before it in this process, so that new ones lie side
 * by side in an index.
 *
 * 48 bits are the time in milliseconds, 12 count within one (RFC 9562, method 1 of section 6.2), 62 are random. These come
 * from the platform's own generator of UUIDs, which keeps a reserve of randomness and is much faster than asking for the
 * bytes of each. When the clock goes back, the time of the last id is kept; after 4,096 ids in one millisecond it runs
 * ahead by one.
 */

let last = 0
let count = 0
/** The digits that say `last`, and the version. */
let time = "00000000-0000-7"

const setTime = (millis: number) => {
  last = millis
  count = 0
  const digits = millis.toString(16).padStart(12, "0")
  time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`
}

/** A new id for something that happens at `millis` (since 1970; a clock of tests may show a part of one). */
export const make = (millis: number): string => {
  const now = Math.floor(millis)
  if (now > last) setTime(now)
  else if (count === 0xfff) setTime(last + 1)
  else count += 1
  // The last 16 digits of a UUID of version 4 are its variant, which is that of version 7, and random.
  return `${time}${count.toString(16).padStart(3, "0")}${globalThis.crypto.randomUUID().slice(18)}`
}
