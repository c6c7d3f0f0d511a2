/** What can be wrong with a command or a query before anybody handles it. */
import { Schema } from "effect"

/** Nobody here handles a message of this name. */
export class UnknownMessage extends Schema.TaggedError<UnknownMessage>()("UnknownMessage", {
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `nobody handles ${this.name}; known are ${this.known.join(", ") || "none"}`
  }
}

/** The content of a message does not fit its schema. `problems` names every wrong field. */
export class MalformedMessage extends Schema.TaggedError<MalformedMessage>()("MalformedMessage", {
  name: Schema.String,
  problems: Schema.Array(Schema.Struct({ field: Schema.String, rule: Schema.String }))
}) {
  override get message() {
    return `${this.name}: ${this.problems.map(({ field, rule }) => `${field}: ${rule}`).join("; ")}`
  }
}
