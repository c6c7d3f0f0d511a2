/**
 * A foreign system, or another context, failed while a command was handled or prepared outside of a transaction: see
 * `CommandBus.outside` and `CommandBus.prepared`.
 */
import { Schema } from "effect"

/**
 * A foreign system was not reached, did not answer in time, or answered what nobody understands. It may have done what it
 * was asked for: ask again with the same id. It is not remembered as the outcome of the command.
 */
export class OutsideFailure extends Schema.TaggedError<OutsideFailure>()("OutsideFailure", {
  /** Which system, such as `card-gateway`. */
  system: Schema.String,
  /** Whether asking again can help. */
  retryable: Schema.Boolean,
  /** What went wrong, in the words of whoever asked; nothing personal. */
  detail: Schema.String,
  /** When it may be back, in milliseconds from now, if it says so. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.system} failed: ${this.detail}${this.retryable ? " (trying again can help)" : ""}`
  }
}
