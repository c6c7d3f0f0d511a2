/** Why something went wrong, in words that may be kept and read by people. */
import { isPlainText } from "@eventfold/event-store/PlainText"
import { Cause, Predicate } from "effect"

/** A few hundred characters that every store keeps as they are. */
export const plain = (text: string): string =>
  Array.from(text.toWellFormed().slice(0, 500), (character) => (isPlainText(character) ? character : " ")).join("")

/** The name of an error, which quotes nothing. */
export const nameOf = (error: unknown): string => {
  if (Predicate.hasProperty(error, "_tag") && Predicate.isString(error._tag)) return error._tag
  return error instanceof Error ? error.name : "an error without a name"
}

/** What a failure of the broker or the store says of itself, for logs and statuses. */
export const troubleOf = (error: unknown): string =>
  Cause.isTimeoutError(error) ? "no answer in time" : error instanceof Error ? error.message : String(error)
