/**
 * The values rows of a read model hold, how they are compared, and which of them a database can hold.
 *
 * Guarantees: the order of values is total, and it is that of PostgreSQL with text in the collation "C". Text is ordered
 * by code point (JavaScript alone orders by UTF-16 unit, which differs above U+FFFF), numbers by size, date-times by
 * instant, `false` before `true`. `NaN` equals itself and comes after every number; `-0` equals `0`.
 */
import { DateTime } from "effect"

/** One value of a row that can be compared. */
export type Scalar = string | number | boolean | DateTime.Utc

/** What the values of a field are. `tokens` are search tokens: they are searched, not compared. */
export type Kind = "text" | "number" | "boolean" | "instant" | "tokens"

/** The value when it is of the kind; otherwise null, as for a field that is not there. */
export const ofKind = (kind: Kind, value: unknown): Scalar | null => {
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : null
    case "number":
      return typeof value === "number" ? value : null
    case "boolean":
      return typeof value === "boolean" ? value : null
    case "instant":
      return DateTime.isDateTime(value) && DateTime.isUtc(value) ? value : null
    case "tokens":
      return null
  }
}

/** Below zero when `left` comes first, above zero when `right` does, zero when they are equal. Both are of one kind. */
export const compare = (left: Scalar, right: Scalar): number => {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right)
  return compareNumbers(sizeOf(left), sizeOf(right))
}

const sizeOf = (value: Scalar): number => (DateTime.isDateTime(value) ? value.epochMilliseconds : Number(value))

const compareNumbers = (left: number, right: number): number => {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  return left < right ? -1 : left > right ? 1 : 0
}

/** Compares by code point, which is the order of the bytes in UTF-8. */
export const compareText = (left: string, right: string): number => {
  const shorter = Math.min(left.length, right.length)
  for (let at = 0; at < shorter; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (one !== other) return rankOf(one) - rankOf(other)
  }
  return left.length - right.length
}

// Surrogates stand for code points above U+FFFF, so they come after the units from U+E000 on.
const rankOf = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x10000 : unit - 0x800)

/** The rules of values that can stand in a database. */
export type ValueRule = "text-that-can-be-stored" | "instant-that-can-be-stored"

/** The first instant PostgreSQL knows, in milliseconds since 1970: midnight at the beginning of 24 November 4714 BC. */
const firstInstant = -210_866_803_200_000

/** The rule a value breaks: text with U+0000 or a lone surrogate, a date-time before 4714 BC. */
export const ruleBrokenBy = (value: Scalar): ValueRule | undefined => {
  if (typeof value === "string") {
    return value.includes("\u0000") || !value.isWellFormed() ? "text-that-can-be-stored" : undefined
  }
  return DateTime.isDateTime(value) && value.epochMilliseconds < firstInstant ? "instant-that-can-be-stored" : undefined
}

/** A value as JSON, for the same value again from {@link fromJson}. */
export const toJson = (value: Scalar | null): string | boolean | null => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  // As text, because JSON has neither NaN nor the infinities.
  return String(sizeOf(value))
}

/** The value of a kind that {@link toJson} has written; undefined when it is none. Null is not a value of a kind. */
export const fromJson = (kind: Kind, json: unknown): Scalar | undefined => {
  if (kind === "boolean") return typeof json === "boolean" ? json : undefined
  if (typeof json !== "string") return undefined
  if (kind === "text") return json
  const size = Number(json)
  if (String(size) !== json) return undefined
  if (kind === "number") return size
  return kind === "instant" && Math.abs(size) <= lastInstant && Number.isInteger(size)
    ? DateTime.makeUnsafe(size)
    : undefined
}

/** The last instant a date-time can be, in milliseconds since 1970. */
const lastInstant = 8_640_000_000_000_000
