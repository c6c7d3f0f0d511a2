/** A digest of a JSON value: equal values have equal digests, whatever the order of their keys. */
import { Effect, type Schema } from "effect"
import { isJsonObject } from "./Json.ts"

/** The SHA-256 of the canonical JSON text (keys sorted), in hexadecimal. */
export const fingerprint = (value: Schema.Json): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(value)))),
    (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )

/** The JSON text of a value with its keys sorted: equal values have equal texts. */
export const canonical = (value: Schema.Json): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item
  )

/** The content of a command as it counts: left to the clock, `occurredAt` differs in a repetition of the same command. */
export const timeless = (content: Schema.Json): Schema.Json => {
  if (!isJsonObject(content)) return content
  const { occurredAt: _, ...rest } = content
  return rest
}
