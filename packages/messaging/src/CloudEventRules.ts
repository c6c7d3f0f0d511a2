/**
 * What the attributes of a CloudEvent must look like: the rules of CloudEvents 1.0 (sections 2.3 to 3.1), RFC 3986 for
 * addresses, RFC 3339 for times, W3C Trace Context for traces, and a bound for each.
 */
import { isPlainText } from "@eventfold/event-store/PlainText"
import { DateTime, Option } from "effect"

/** A rule in words, and whether a text keeps it. */
export interface Rule {
  readonly rule: string
  readonly holds: (text: string) => boolean
}

/** Text of 1 to `max` UTF-16 units, without the characters CloudEvents forbids: controls, halves of pairs, noncharacters. */
export const text = (max: number): Rule => ({
  rule: `must be 1 to ${max} characters, none of them a control character or no character of Unicode`,
  holds: (value) => value.length >= 1 && value.length <= max && isPlainText(value) && !noncharacter.test(value)
})

const noncharacter = /\p{Noncharacter_Code_Point}/u

const longestAddress = 1024

const pathCharacter = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})`
const authority = String.raw`//(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@)?(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?(?=[/?#]|$)`
const rest = String.raw`(?:${authority}|(?!//))${pathCharacter}*(?:\?(?:${pathCharacter}|\?)*)?(?:#(?:${pathCharacter}|\?)*)?$`
const scheme = "[A-Za-z][A-Za-z0-9+.-]*:"
const absolute = new RegExp(`^${scheme}${rest}`, "u")
// The first part of a relative path has no colon, or it would be a scheme.
const reference = new RegExp(`^(?:${scheme}|(?![^/?#]*:))${rest}`, "u")

/** An absolute URI. */
export const uri: Rule = {
  rule: `must be an absolute URI (RFC 3986) of at most ${longestAddress} characters`,
  holds: (value) => value.length <= longestAddress && absolute.test(value)
}

/** An absolute or relative URI, not empty. */
export const uriReference: Rule = {
  rule: `must be a URI reference (RFC 3986) of 1 to ${longestAddress} characters`,
  holds: (value) => value.length >= 1 && value.length <= longestAddress && reference.test(value)
}

const timePattern = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/u

/** A time of the calendar with its offset. Leap seconds are refused, because no clock here knows them. */
export const timestamp: Rule = {
  rule: "must be a time with its offset, such as 2026-01-15T12:00:00Z (RFC 3339), that is in the calendar",
  holds: (value) => {
    const day = timePattern.exec(value)?.[1]
    if (day === undefined || Option.isNone(DateTime.make(value.toUpperCase()))) return false
    // A 30th of February would be read as the 2nd of March.
    return Option.exists(DateTime.make(`${day}T00:00:00Z`), (start) => DateTime.formatIso(start).startsWith(day))
  }
}

/** The version of the trace, its id, that of the span, and flags. */
export const traceparent: Rule = {
  rule: "must be a traceparent of W3C Trace Context, such as 00-<32 digits>-<16 digits>-01, its ids not all zero",
  holds: (value) => /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/u.test(value)
}

/** JSON, with nothing said but that it is UTF-8. */
export const json: Rule = {
  rule: "must be application/json: messages carry nothing else",
  holds: (value) => /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/iu.test(value)
}

/** The name of an attribute this program does not know. */
export const attributeName: Rule = {
  rule: "must have a name of 1 to 20 lower-case letters and digits, which is not that of another",
  holds: (value) => /^[a-z0-9]{1,20}$/u.test(value)
}
