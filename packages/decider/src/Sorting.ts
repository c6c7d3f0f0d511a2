/**
 * The order in which rows are wanted, as data: by some fields, each in a direction, and last by the key of the rows.
 *
 * Guarantees: with the key at its end no two rows stand at the same place, so the order is always the same. Rows where a
 * field is null come after those where it is not, in both directions.
 */
import { type About, type Field, type FieldShape, type Rows, valueIn } from "./Rows.ts"
import { compare, type Scalar } from "./RowValue.ts"
import type * as Specification from "./Specification.ts"

/** One field of an order. */
export interface SortTerm<in Row> extends About<Row> {
  readonly field: FieldShape
  readonly direction: "ascending" | "descending"
}

/** The smallest value first, null last. */
export const ascending = <Row>({ kind, name, nullable }: Field<Row, Scalar>): SortTerm<Row> => ({
  field: { name, kind, nullable },
  direction: "ascending"
})

/** The greatest value first, null last. */
export const descending = <Row>(field: Field<Row, Scalar>): SortTerm<Row> => ({
  ...ascending(field),
  direction: "descending"
})

/**
 * The order with the key of the rows at its end, in the direction of the last field before it: so one index over the field
 * and the key serves both directions. A field that stands in it twice counts where it stands first.
 */
export const complete = <Row>(rows: Rows<Row>, sort: ReadonlyArray<SortTerm<Row>>): ReadonlyArray<SortTerm<Row>> => {
  const terms = new Map<string, SortTerm<Row>>()
  const towards = sort.at(-1)?.direction === "descending" ? descending : ascending
  for (const term of [...sort, ...rows.key.map((field) => towards(field))]) {
    if (!terms.has(term.field.name)) terms.set(term.field.name, term)
  }
  return [...terms.values()]
}

/** Compares two rows: below zero when the first comes first. */
export const comparator =
  <Row>(order: ReadonlyArray<SortTerm<Row>>) =>
  (left: Row, right: Row): number => {
    for (const { direction, field } of order) {
      const [one, other] = [valueIn(left, field), valueIn(right, field)]
      if (one === null && other === null) continue
      if (one === null) return 1
      if (other === null) return -1
      const found = compare(one, other)
      if (found !== 0) return direction === "ascending" ? found : -found
    }
    return 0
  }

/** The values of a row that say where it stands. */
export const placeOf = <Row>(order: ReadonlyArray<SortTerm<Row>>, row: Row): ReadonlyArray<Scalar | null> =>
  order.map(({ field }) => valueIn(row, field))

/**
 * The rows that come after a place, as a specification. Because it is one, whatever answers specifications can answer
 * pages.
 */
export const after = <Row>(
  order: ReadonlyArray<SortTerm<Row>>,
  place: ReadonlyArray<Scalar | null>
): Specification.Specification<Row> => {
  const ways = order.map((term, index) =>
    all(...order.slice(0, index).map(({ field }, at) => isAt(field, place[at] ?? null)), isBehind(term, place[index]))
  )
  const [first] = order
  const [start = null] = place
  const behind: Specification.Node = { _tag: "Or", any: ways }
  if (first === undefined || start === null || first.field.nullable) return behind
  // Says nothing new, but lets a database begin at the place in place of looking at every row before it.
  const operator = first.direction === "ascending" ? "gte" : "lte"
  return all({ _tag: "Compare", field: first.field, operator, value: start }, behind)
}

const all = (...nodes: ReadonlyArray<Specification.Node>): Specification.Node => ({ _tag: "And", all: nodes })

const isAt = (field: FieldShape, value: Scalar | null): Specification.Node =>
  value === null ? { _tag: "IsNull", field } : { _tag: "Compare", field, operator: "eq", value }

const isBehind = ({ direction, field }: SortTerm<never>, value: Scalar | null | undefined): Specification.Node => {
  // Null is last: nothing comes after it, and it comes after every value.
  if (value === null || value === undefined) return { _tag: "Nothing" }
  const operator = direction === "ascending" ? "gt" : "lt"
  const further: Specification.Node = { _tag: "Compare", field, operator, value }
  return field.nullable ? { _tag: "Or", any: [further, { _tag: "IsNull", field }] } : further
}
