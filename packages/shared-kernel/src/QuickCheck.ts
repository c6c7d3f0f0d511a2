/**
 * Checks that answer sooner.
 *
 * Values are checked field by field, for every event that is read. The checks of `Schema` are made for every kind of
 * value, so most of their time goes into finding out what nearly always is so. Here a test of one line goes ahead.
 */
import { SchemaAST } from "effect"

/**
 * The same check, with the same words, which asks `accepts` first. What `accepts` accepts the check must accept too;
 * what it does not, the check decides on.
 */
export const make = <A>(check: SchemaAST.Filter<A>, accepts: (value: A) => boolean): SchemaAST.Filter<A> =>
  new SchemaAST.Filter(
    (value, ast, options) => (accepts(value) ? undefined : check.run(value, ast, options)),
    check.annotations,
    check.aborted
  )
