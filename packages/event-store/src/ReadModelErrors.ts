/** What can fail when a read model is asked, besides the question itself. */
import { Schema } from "effect"

/** A read model could not be read: unreachable, timed out, or its rows do not fit its schema. */
export class ReadModelFailure extends Schema.TaggedError<ReadModelFailure>()("ReadModelFailure", {
  readModel: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `the read model ${this.readModel} could not be read`
  }
}

/** The rows of a read model are not there yet: they are being built. */
export class ReadModelNotReady extends Schema.TaggedError<ReadModelNotReady>()("ReadModelNotReady", {
  readModel: Schema.String
}) {
  override get message() {
    return `the read model ${this.readModel} is being built and cannot be read yet`
  }
}

/** A read model has not come as far as the reader demands, within the time it was given. */
export class NotUpToDate extends Schema.TaggedError<NotUpToDate>()("NotUpToDate", {
  readModel: Schema.String,
  /** The position that is demanded. */
  position: Schema.Int,
  /** In how many seconds it is worth asking again: a whole number, at least 1. */
  retryAfter: Schema.Int,
  /**
   * The partition in which an event is held back, so that waiting does not help: somebody has to see to it. Absent when
   * the read model is only late.
   */
  parked: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return this.parked === undefined
      ? `the read model ${this.readModel} has not reached position ${this.position} yet`
      : `the read model ${this.readModel} holds back ${this.parked}, in which an event could not be dealt with`
  }
}

/** What can fail when a read model is asked. */
export type ReadFailure = ReadModelFailure | ReadModelNotReady | NotUpToDate
