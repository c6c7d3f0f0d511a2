/**
 * Pages of rows by keyset: a page begins after the last row of the one before, wherever that row stands by now.
 *
 * Guarantees: whoever goes from page to page sees every row that is there all along and keeps its sort values, once,
 * whatever is inserted or deleted meanwhile. A row that is inserted is seen when it stands behind the place reached.
 * A cursor is refused unless rows, sort and specification are those it was handed out for; the limit may change.
 *
 * {@link page} answers from rows in memory. Others put a question in three steps: {@link ask} makes it, they find the
 * rows in its order, and {@link cut} makes the page.
 */
import { Result, Schema } from "effect"
import * as Cursor from "./Cursor.ts"
import type { Rows } from "./Rows.ts"
import * as Sorting from "./Sorting.ts"
import * as Specification from "./Specification.ts"

export { CursorRefused } from "./Cursor.ts"

/** The largest limit of a page, in rows. */
export const maxLimit = 1000

/** The limit of a page is not a whole number from 1 to {@link maxLimit}. */
export class LimitRefused extends Schema.TaggedError<LimitRefused>()("LimitRefused", {
  field: Schema.Literal("limit"),
  rule: Schema.Literal("whole-number-from-1-to-1000")
}) {
  override get message() {
    return `limit: must be a whole number from 1 to ${maxLimit}`
  }
}

/** Why there is no page: the limit, a value of the specification, or the cursor. Each names the field and the rule. */
export type PageRefused = LimitRefused | Specification.ValueRefused | Cursor.CursorRefused

/** What is wanted. */
export interface PageRequest<Row> {
  readonly where: Specification.Specification<Row>
  /** Left out or empty: by the key. */
  readonly sort?: ReadonlyArray<Sorting.SortTerm<Row>>
  /** So many rows at most: a whole number from 1 to {@link maxLimit}. */
  readonly limit: number
  /** The `next` of the page before; left out for the first page. */
  readonly after?: string | undefined
}

/** Rows, and where the next page begins. */
export interface Page<out Row> {
  readonly rows: ReadonlyArray<Row>
  /** The cursor of the next page; undefined when this is the last one. */
  readonly next: string | undefined
}

/** A question that was checked: find the rows of `where` in `order`, the first `take` of them. */
export interface Question<Row> {
  readonly where: Specification.Specification<Row>
  readonly order: ReadonlyArray<Sorting.SortTerm<Row>>
  /** One more than the limit, to know whether there is a next page. */
  readonly take: number
  /** The cursor of a row that ends a page. */
  readonly cursorOf: (row: Row) => string
}

/** Checks what is wanted and makes the question of it. */
export const ask = <Row>(rows: Rows<Row>, request: PageRequest<Row>): Result.Result<Question<Row>, PageRefused> =>
  Result.gen(function* () {
    const { after, limit, where } = request
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
      return yield* Result.fail(new LimitRefused({ field: "limit", rule: "whole-number-from-1-to-1000" }))
    }
    yield* Specification.check(where)
    const order = Sorting.complete(rows, request.sort ?? [])
    const question: Cursor.Question = { rows: rows.name, order, where }
    const rest: Specification.Specification<Row> =
      after === undefined
        ? where
        : Specification.and(where, Sorting.after(order, yield* Cursor.decode(question, after)))
    const cursorOf = (row: Row) => Cursor.encode(question, Sorting.placeOf(order, row))
    return { where: rest, order, take: limit + 1, cursorOf }
  })

/** The page made of the rows a question was answered with. */
export const cut = <Row>(question: Question<Row>, found: ReadonlyArray<Row>): Page<Row> => {
  const rows = found.slice(0, question.take - 1)
  const last = rows.at(-1)
  return { rows, next: found.length > rows.length && last !== undefined ? question.cursorOf(last) : undefined }
}

/** The page of rows that are all in memory, in any order. */
export const page = <Row>(
  rows: Rows<Row>,
  all: Iterable<Row>,
  request: PageRequest<Row>
): Result.Result<Page<Row>, PageRefused> =>
  Result.map(ask(rows, request), (question) => {
    const matches = Specification.matches(question.where)
    const found = Array.from(all).filter(matches).toSorted(Sorting.comparator(question.order))
    return cut(question, found.slice(0, question.take))
  })
