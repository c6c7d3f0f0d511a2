/** Turns what the database reports into the failure of a port. */
import { EventStoreFailure } from "@eventfold/event-store"
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** Names the operation that failed, says whether trying again can help, and quotes the server. */
export const failure = (operation: string) => (error: SqlError.SqlError) =>
  new EventStoreFailure({ operation, retryable: mayPass(error), detail: detailOf(error), cause: error })

/** The driver knows of connections and of conflicts, but not that a server which stops, starts or is full will be back. */
const mayPass = (error: SqlError.SqlError): boolean => {
  const { cause } = error.reason
  const code = Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : ""
  return error.isRetryable || passing.has(code)
}

/** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, idle_in_transaction_session_timeout. */
const passing: ReadonlySet<string> = new Set(["57P01", "57P02", "57P03", "53300", "25P03"])

/** The driver's own message says only that a query failed; the server's words lie in its cause. */
const detailOf = ({ reason }: SqlError.SqlError): string =>
  Predicate.hasProperty(reason.cause, "message") && Predicate.isString(reason.cause.message)
    ? reason.cause.message
    : (reason.message ?? reason._tag)
