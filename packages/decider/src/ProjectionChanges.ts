/** The changes that a batch of events makes to rows, as data, and how they are applied. See `Projection.ts`. */
import { Predicate, Result, Schema } from "effect"
import type { ReadModel } from "./ReadModel.ts"

/** Where a row is: its tenant, its key, and the text that stands for both (`ReadModel.idOf`). */
export interface Located<Key> {
  readonly tenant: string
  readonly key: Key
  readonly id: string
}

/** Rows by their ids. */
export type Rows<Row> = ReadonlyMap<string, Row>

/**
 * The one change of a row: it becomes another, goes away, or its counters go up. `by` names each counter that an event
 * has counted, also when it adds up to nothing; `initial` is the row to begin with when there is none.
 */
export type Change<Row, Key> =
  | (Located<Key> & { readonly _tag: "Upsert"; readonly row: Row })
  | (Located<Key> & { readonly _tag: "Delete" })
  | (Located<Key> & {
      readonly _tag: "Increment"
      readonly by: Readonly<Record<string, number>>
      readonly initial: Row
    })

/** A projection could not fold an event. What it has thrown is `cause`; it can quote what the event says of people. */
export class ProjectionFailed extends Schema.TaggedError<ProjectionFailed>()("ProjectionFailed", {
  /** The name of its read model. */
  projection: Schema.String,
  tenant: Schema.String,
  /** The partition that is held back from this event on. */
  partition: Schema.String,
  /** The position of the event. */
  position: Schema.Int,
  eventType: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return (
      `the projection ${this.projection} could not fold ${this.eventType} at position ${this.position}, ` +
      `and holds ${this.partition} of tenant ${this.tenant} back`
    )
  }
}

/** A counter would leave the whole numbers that are exact, ±9,007,199,254,740,991. Nothing is ever rounded. */
export class CountTooLarge extends Schema.TaggedError<CountTooLarge>()("CountTooLarge", {
  readModel: Schema.String,
  field: Schema.String
}) {
  override get message() {
    return `the counter ${this.field} of ${this.readModel} must stay within ±${Number.MAX_SAFE_INTEGER}`
  }
}

/** A row with what is to be added to its counters. */
export const added = <Row extends object>(
  readModel: string,
  row: Row,
  by: Readonly<Record<string, number>>
): Result.Result<Row, CountTooLarge> => {
  const sums: Record<string, number> = {}
  for (const [field, count] of Object.entries(by)) {
    const before: unknown = Predicate.hasProperty(row, field) ? row[field] : undefined
    const sum = (Predicate.isNumber(before) ? before : Number.NaN) + count
    if (!Number.isSafeInteger(sum)) return Result.fail(new CountTooLarge({ readModel, field }))
    sums[field] = sum
  }
  return Result.succeed({ ...row, ...sums })
}

/**
 * The rows after changes, in memory: what whoever keeps the rows must make of them. Changes of different rows can be
 * applied in any order, and so can increments of the same one.
 */
export const apply = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel<Row, Key>,
  rows: Rows<NoInfer<Row>>,
  changes: ReadonlyArray<Change<NoInfer<Row>, Pick<NoInfer<Row>, NoInfer<Key>>>>
): Result.Result<Rows<Row>, CountTooLarge> => {
  const after = new Map(rows)
  for (const change of changes) {
    if (change._tag === "Delete") after.delete(change.id)
    else if (change._tag === "Upsert") after.set(change.id, change.row)
    else {
      const row = added(readModel.name, after.get(change.id) ?? change.initial, change.by)
      if (Result.isFailure(row)) return Result.fail(row.failure)
      after.set(change.id, row.success)
    }
  }
  return Result.succeed(after)
}

/** Rows of a tenant by their ids. A later row stands in for an earlier one with the same key. */
export const rowsOf = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel<Row, Key>,
  tenant: string,
  rows: Iterable<NoInfer<Row>>
): Rows<Row> => new Map(Array.from(rows, (row) => [readModel.idOf(tenant, row), row]))
