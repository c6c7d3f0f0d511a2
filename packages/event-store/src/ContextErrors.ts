/** What stands between a command and a context that lives in another program. */
import { Schema } from "effect"

/** No program has said that it serves this context, or none of those that have is alive. */
export class ContextNotRegistered extends Schema.TaggedError<ContextNotRegistered>()("ContextNotRegistered", {
  namespace: Schema.String,
  context: Schema.String,
  /** The contexts of the namespace that are served now, by name. */
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `nobody serves ${this.namespace}/${this.context}; served are ${this.known.join(", ") || "none"}`
  }
}

/**
 * The program that serves a context was not asked, or its answer was not heard. Unless `problem` says that it was not
 * asked, the command may have taken effect: send it again with the same id.
 *
 * - `registry`: nobody could say where the context is served; not asked.
 * - `left-alone`: it has failed several times in a row; not asked.
 * - `unreachable`: no connection, or one that broke.
 * - `timeout`: no answer in time.
 * - `credential`: it does not accept the credential of this program, and did nothing.
 * - `unexpected`: it answered what nobody here understands.
 */
export class ContextUnavailable extends Schema.TaggedError<ContextUnavailable>()("ContextUnavailable", {
  context: Schema.String,
  problem: Schema.Literals(["registry", "left-alone", "unreachable", "timeout", "credential", "unexpected"]),
  /** Whether sending it again can help. */
  retryable: Schema.Boolean,
  /** What went wrong; nothing personal. */
  detail: Schema.String,
  /** When it may be back, in milliseconds from now, where that is known. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.context} is not available: ${this.detail}${this.retryable ? " (trying again can help)" : ""}`
  }
}

/**
 * Whether an error says that a context is away: nobody serves it now, or it is not available for a while. Not when trying again
 * cannot help, such as with a credential that is not accepted.
 */
export const isAway = (error: unknown): error is ContextNotRegistered | ContextUnavailable =>
  error instanceof ContextNotRegistered || (error instanceof ContextUnavailable && error.retryable)
