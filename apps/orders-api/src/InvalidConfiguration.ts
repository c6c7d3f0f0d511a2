/** What is wrong with the environment of the service, for the person who starts it. */
import { Schema } from "effect"

/**
 * Some environment variables are wrong, and nothing has been started. `value` is absent when it may be a secret, and null
 * when the variable is not set and has to be.
 */
export class InvalidConfiguration extends Schema.TaggedError<InvalidConfiguration>()("InvalidConfiguration", {
  problems: Schema.Array(
    Schema.Struct({
      variable: Schema.String,
      rule: Schema.String,
      value: Schema.optionalKey(Schema.NullOr(Schema.String))
    })
  )
}) {
  override get message() {
    const lines = this.problems.map(({ rule, value, variable }) => `  ${variable} ${rule}; ${met(value)}`)
    return ["The service did not start, because its configuration is wrong:", ...lines].join("\n")
  }
}

const met = (value: string | null | undefined): string =>
  value === undefined
    ? "its value may be secret and is not shown"
    : value === null
      ? "it is not set"
      : `it is ${JSON.stringify(value)}`
