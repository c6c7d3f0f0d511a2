/** What can go wrong with a message broker, each as a typed error. */
import { Schema } from "effect"

/** The broker itself failed: unreachable, timed out, out of space. `retryable` when trying again can help. */
export class BrokerFailure extends Schema.TaggedError<BrokerFailure>()("BrokerFailure", {
  operation: Schema.String,
  retryable: Schema.Boolean,
  /** What the broker itself said, in its own words. */
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.Defect()
}) {
  override get message() {
    const detail = this.detail === undefined ? "" : `: ${this.detail}`
    return `the message broker failed in ${this.operation}${detail}${this.retryable ? " (trying again can help)" : ""}`
  }
}

/** A request that breaks a rule, whatever the broker holds. */
export class BrokerRequestRefused extends Schema.TaggedError<BrokerRequestRefused>()("BrokerRequestRefused", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.field} ${this.rule}`
  }
}

/** There is no such group: subscribe first. */
export class UnknownGroup extends Schema.TaggedError<UnknownGroup>()("UnknownGroup", {
  topic: Schema.String,
  group: Schema.String
}) {
  override get message() {
    return `the topic ${this.topic} has no consumer group ${this.group}`
  }
}
