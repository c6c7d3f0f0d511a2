/** How many entries a page holds at the most, as clients ask for it: the query parameter `limit`. */
import { Effect, Schema } from "effect"
import { wholeNumber } from "./WholeNumber.ts"

/** The schema of a page size from 1 to `maximum`; `fallback` when it is left out. */
export const pageSize = (maximum: number, fallback: number) => {
  const message = `must be a whole number from 1 to ${maximum}`
  return wholeNumber({ message }, 1, maximum).pipe(Schema.withDecodingDefaultKey(Effect.succeed(String(fallback))))
}
