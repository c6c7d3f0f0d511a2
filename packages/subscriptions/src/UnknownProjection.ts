/** What whoever names a projection that is not there is told. */
import { Schema } from "effect"

/** There is no such projection in this program. */
export class UnknownProjection extends Schema.TaggedError<UnknownProjection>()("UnknownProjection", {
  projection: Schema.String,
  /** The names of those there are. */
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `there is no projection ${this.projection} in this program; there are: ${this.known.join(", ")}`
  }
}
