/** Why a topology was not started, or does not run any more. Each message says what to do, or what has happened. */
import { Schema } from "effect"

/** Something in the way of a start: a port that is taken, a server that is not there, a file that cannot be read. */
export class CannotStart extends Schema.TaggedError<CannotStart>()("CannotStart", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

/** A program ended that nobody had asked to. */
export class ProgramEnded extends Schema.TaggedError<ProgramEnded>()("ProgramEnded", {
  program: Schema.String,
  /** The exit code, or the signal that ended it. */
  by: Schema.Union([Schema.Int, Schema.String])
}) {
  override get message() {
    return `${this.program} ended ${typeof this.by === "number" ? `with exit code ${this.by}` : `by ${this.by}`}`
  }
}

/** A program did not say in time that it can do its work. */
export class NotHealthy extends Schema.TaggedError<NotHealthy>()("NotHealthy", {
  program: Schema.String,
  /** What was asked. */
  url: Schema.String,
  /** What it said last. */
  answer: Schema.String
}) {
  override get message() {
    return `${this.program} is not healthy: ${this.url} says ${this.answer}`
  }
}

/** Why a topology was not started, or does not run any more. */
export type TopologyFailed = CannotStart | ProgramEnded | NotHealthy
