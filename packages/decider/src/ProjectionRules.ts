/** The rules the parts of a projection are held to where it is declared. See `Projection.ts`. */
import { Schema } from "effect"
import { type DomainEvent, nameOf } from "./DomainEvent.ts"
import { kindsOf } from "./JsonKinds.ts"
import { type NumberField, type Projection, ProjectionNotUsable } from "./ProjectionShape.ts"

/**
 * The projection, when its parts keep the rules.
 *
 * @throws ProjectionNotUsable that names the part and the rule it breaks.
 */
export const checked = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>
): Projection<Event, Row, Key, Counter> => {
  const wrong = problemOf(projection)
  if (wrong === undefined) return projection
  const [field, rule] = wrong
  throw new ProjectionNotUsable({ projection: projection.readModel.name, field, rule })
}

const problemOf = <Event extends DomainEvent, Row extends object, Key extends keyof Row & string>(
  projection: Projection<Event, Row, Key, NumberField<Row>>
): readonly [field: string, rule: string] | undefined => {
  const { datedBy, events, initial, incrementsOnly, keys, memory, readModel, version } = projection
  const [counted, named]: ReadonlyArray<ReadonlyArray<string>> = [projection.counters, readModel.key]
  const names = events.members.map(nameOf)
  const twice = names.find((name, place) => names.indexOf(name) < place)
  if (!Number.isSafeInteger(version) || version < 1) return ["version", "must be a positive integer"]
  if (names.length === 0) return ["events", "must be one at least"]
  if (twice !== undefined) return [twice, "must stand once only among the events"]
  if (typeof keys !== "function" && (named?.length !== 1 || named[0] !== keys.field)) {
    return [keys.field, "must be all of the read model's key, because the id of the stream is"]
  }
  if (datedBy !== undefined && (named?.includes(datedBy) !== true || !isText(readModel.Row.fields[datedBy]))) {
    return [datedBy, "must be a text field of the read model's key, because rows are dated by it"]
  }
  if (memory?.readModel.name === readModel.name) return ["memory", "must have a read model of another name"]
  if (memory !== undefined && memory.readModel.key.length !== 1) {
    return ["memory", "must be keyed by one field, because that is the id of the stream"]
  }
  if (incrementsOnly && counted?.length === 0) return ["counters", "must have at least one field"]
  for (const field of counted ?? []) {
    const schema = Object.hasOwn(readModel.Row.fields, field) ? readModel.Row.fields[field] : undefined
    if (schema === undefined) return [field, "is no field of the row, and stands in the counters"]
    if (named?.includes(field) === true) return [field, "must not be a counter and part of the key"]
    if (schema.ast.context?.isOptional === true || !isCount(schema)) {
      return [field, "must be any whole number (Schema.Int), because it is a counter"]
    }
  }
  return (counted?.length ?? 0) > 0 && initial === undefined
    ? ["initial", "must say what a row begins with, because there are counters"]
    : undefined
}

/** A date-time is text in JSON only: its values are no days. */
const isText = (schema: Schema.Codec<unknown, unknown> | undefined): boolean =>
  schema !== undefined && kindsOf(schema).every((kind) => kind === "string") && Schema.is(schema)("2024-02-29")

/** A count that leaves a narrower range would be found out too late: when it is stored, by then without its event. */
const isCount = (schema: Schema.Codec<unknown, unknown>): boolean => {
  const fits = Schema.is(schema)
  return (
    kindsOf(schema).every((kind) => kind === "integer") &&
    fits(Number.MAX_SAFE_INTEGER) &&
    fits(Number.MIN_SAFE_INTEGER) &&
    fits(0)
  )
}
