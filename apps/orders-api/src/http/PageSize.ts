/** How many entries a page holds at the most, as clients ask for it: the query parameter `limit`. */
import { Effect, Schema } from "effect"

/** The schema of a page size from 1 to `maximum`; `fallback` when it is left out. */
export const pageSize = (maximum: number, fallback: number) => {
  const message = `must be a whole number from 1 to ${maximum}`
  return Schema.NumberFromString.annotate({ message })
    .check(Schema.isInt({ message }), Schema.isBetween({ minimum: 1, maximum }, { message }))
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(String(fallback))))
}
