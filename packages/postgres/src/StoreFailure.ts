/** Turns what the database reports into the failure of a port. */
import { EventStoreFailure } from "@eventfold/event-store"
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** Names the operation that failed, says whether trying again can help, and quotes the server. */
export const failure = (operation: string) => (error: SqlError.SqlError) =>
  new EventStoreFailure({ operation, retryable: error.isRetryable, detail: detailOf(error), cause: error })

/** The driver's own message says only that a query failed; the server's words lie in its cause. */
const detailOf = ({ reason }: SqlError.SqlError): string =>
  Predicate.hasProperty(reason.cause, "message") && Predicate.isString(reason.cause.message)
    ? reason.cause.message
    : (reason.message ?? reason._tag)
