/** What is wrong is said in one line: whoever types a command wants the reason, not the stack. */
import { Effect, Predicate } from "effect"
import { CliError } from "effect/cli"
import { SqlError } from "effect/sql"

/** Turns the errors of a command into such a line. Defects are mistakes of the program and stay as they are. */
export const inOneLine = Effect.mapError(
  (cause: { readonly message: string }) =>
    new CliError.UserError({ cause, userMessage: wordsOf(cause).replaceAll(/\s*\n\s*/gu, " ") })
)

/** The driver's own message says only that a query failed; the server's words lie in its cause. */
const wordsOf = (error: { readonly message: string }): string => {
  const said = SqlError.isSqlError(error) ? error.reason.cause : undefined
  return Predicate.hasProperty(said, "message") && Predicate.isString(said.message)
    ? `the database: ${said.message}`
    : error.message
}
