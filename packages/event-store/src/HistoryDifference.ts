/**
 * The differences between two states, part by part: where, what it was, what it is.
 *
 * Plain objects are compared key by key and arrays place by place; everything else (numbers, texts, dates, options,
 * maps) is one value, compared with `Equal.equals`. So there are never more differences than the states have parts.
 */
import { Equal, Formatter, Predicate } from "effect"

/** A part in which two states differ. */
export interface Difference {
  /** The way to the part: keys of objects, places in arrays from 0. Empty: the states as a whole. */
  readonly path: ReadonlyArray<string | number>
  /** What is there in the first state; `undefined` when it has no such part. */
  readonly before: unknown
  /** What is there in the second state; `undefined` when it has no such part. */
  readonly after: unknown
}

/** The differences between two states, in the order of their parts; none when they are equal. */
export const between = (before: unknown, after: unknown): ReadonlyArray<Difference> => {
  const found: Array<Difference> = []
  compare([], before, after, found)
  return found
}

const compare = (path: Difference["path"], before: unknown, after: unknown, found: Array<Difference>): void => {
  const [left, right] = [partsOf(before), partsOf(after)]
  if (left === undefined || right === undefined || Array.isArray(before) !== Array.isArray(after)) {
    if (!Equal.equals(before, after)) found.push({ path, before, after })
    return
  }
  for (const [key, part] of left) compare([...path, key], part, right.get(key), found)
  for (const [key, part] of right) {
    if (!left.has(key)) compare([...path, key], undefined, part, found)
  }
}

/** The parts of a plain object or array by key; `undefined` for what is one value. */
const partsOf = (value: unknown): ReadonlyMap<string | number, unknown> | undefined => {
  if (Array.isArray(value)) return new Map<number, unknown>(value.entries())
  if (!Predicate.isObject(value)) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? new Map(Object.entries(value)) : undefined
}

/** A difference on one line: `lines[0].quantity: 2 → 3`. */
export const format = ({ after, before, path }: Difference): string => {
  const where = path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${key}`))
  return `${where.join("") || "(all of it)"}: ${shown(before)} → ${shown(after)}`
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : Formatter.format(value))
