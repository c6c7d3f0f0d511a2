/**
 * Any value as text for people: the form in which a failed expectation shows a command, an event or a state.
 *
 * One field per line, so that two values can be compared line by line; what is short stays on one line. Whatever
 * tells two values apart shows: `undefined`, `-0`, the name of a class, the tag of an event. Never throws.
 */
import { BigDecimal, DateTime, Duration, Formatter, Option, Predicate, Redacted, Result } from "effect"

/** A value that fits in so many characters is written on one line. */
const lineWidth = 72
/** Longer text is cut, and its length given. */
const longestText = 2000

/** The value as text, over several lines when it is large. */
export const print = (value: unknown): string => write(value, "", [])

const write = (value: unknown, indent: string, above: ReadonlyArray<object>): string => {
  if (Predicate.isString(value)) return text(value)
  if (Predicate.isBigInt(value)) return `${value}n`
  if (Predicate.isNumber(value)) return Object.is(value, -0) ? "-0" : String(value)
  if (Predicate.isFunction(value)) return `[function ${value.name}]`
  if (!Predicate.isObjectOrArray(value)) return String(value)
  if (above.includes(value)) return "[circular]"
  const inside = [...above, value]
  const item = (part: unknown) => write(part, `${indent}  `, inside)
  if (Array.isArray(value)) return block("[", Array.from(value, item), "]", indent)
  if (Option.isOption(value)) return Option.isSome(value) ? `some(${write(value.value, indent, inside)})` : "none()"
  if (Result.isResult(value)) {
    return Result.isSuccess(value)
      ? `success(${write(value.success, indent, inside)})`
      : `failure(${write(value.failure, indent, inside)})`
  }
  if (Predicate.isDate(value)) return `Date(${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()})`
  if (printsItself(value)) return Formatter.format(value)
  const fields = Object.entries(value).filter(([key]) => key !== "_tag")
  if (fields.length === 0 && value instanceof Error) fields.push(["message", value.message])
  if (fields.length === 0 && Predicate.isIterable(value)) {
    return block(`${nameOf(value)}[`, Array.from(value, item), "]", indent)
  }
  const written = fields.map(([key, part]) => `${/^[A-Za-z_$][\w$]*$/u.test(key) ? key : text(key)}: ${item(part)}`)
  const name = nameOf(value)
  return block(name === "" ? "{" : `${name} {`, written, "}", indent)
}

const printsItself = (value: object): boolean =>
  DateTime.isDateTime(value) ||
  Duration.isDuration(value) ||
  BigDecimal.isBigDecimal(value) ||
  Redacted.isRedacted(value) ||
  value instanceof RegExp

/** The tag of a tagged value, else the name of its class; nothing for a plain object. */
const nameOf = (value: object): string => {
  if (Predicate.hasProperty(value, "_tag") && Predicate.isString(value._tag)) return value._tag
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return ""
  return value.constructor.name
}

const text = (value: string): string =>
  value.length <= longestText
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, longestText))}… (${value.length} characters)`

const block = (open: string, items: ReadonlyArray<string>, close: string, indent: string): string => {
  if (items.length === 0) return open + close
  const gap = open.endsWith("[") ? "" : " "
  const line = `${open}${gap}${items.join(", ")}${gap}${close}`
  if (line.length <= lineWidth && !line.includes("\n")) return line
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join("\n")}\n${indent}${close}`
}
