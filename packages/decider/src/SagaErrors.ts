/** Why a command on a saga is refused. */
import { Schema } from "effect"

const sagaId = Schema.String

/** There is no such saga. */
export class SagaNotStarted extends Schema.TaggedError<SagaNotStarted>()("SagaNotStarted", { sagaId }) {
  override get message() {
    return `there is no saga ${this.sagaId}`
  }
}

/** A saga of this id was started already, with something else. Started with the same again, nothing happens. */
export class SagaAlreadyStarted extends Schema.TaggedError<SagaAlreadyStarted>()("SagaAlreadyStarted", {
  sagaId,
  differs: Schema.Literals(["saga", "input"])
}) {
  override get message() {
    return `the saga ${this.sagaId} was started before, with another ${this.differs}`
  }
}

/** What it is started with does not fit. */
export class SagaInputInvalid extends Schema.TaggedError<SagaInputInvalid>()("SagaInputInvalid", {
  sagaId,
  reason: Schema.String
}) {
  override get message() {
    return `the saga ${this.sagaId} cannot be started: ${this.reason}`
  }
}

/** This program does not know the saga in that version, and no newer version of it takes it over. */
export class SagaUnknown extends Schema.TaggedError<SagaUnknown>()("SagaUnknown", {
  sagaId,
  saga: Schema.String,
  version: Schema.Int,
  /** The sagas it knows, as `name v1`. */
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.sagaId}: this program does not know ${this.saga} v${this.version}, only ${this.known.join(", ") || "no saga"}`
  }
}

/** It has ended: nothing can be done about it any more. */
export class SagaEnded extends Schema.TaggedError<SagaEnded>()("SagaEnded", {
  sagaId,
  status: Schema.Literals(["completed", "compensated", "abandoned"])
}) {
  override get message() {
    return `the saga ${this.sagaId} has ended: it is ${this.status}`
  }
}

/** It is past the point from which it only goes forward. */
export class SagaPastPivot extends Schema.TaggedError<SagaPastPivot>()("SagaPastPivot", { sagaId }) {
  override get message() {
    return `the saga ${this.sagaId} can only go forward by now`
  }
}

/** Nothing can be tried again: no step of it waits, and none was given up. */
export class SagaNotStuck extends Schema.TaggedError<SagaNotStuck>()("SagaNotStuck", { sagaId }) {
  override get message() {
    return `nothing of the saga ${this.sagaId} is stuck: no step waits to be tried again, and none was given up`
  }
}

/** The step is not one that waits or has failed. */
export class StepNotStuck extends Schema.TaggedError<StepNotStuck>()("StepNotStuck", {
  sagaId,
  step: Schema.String,
  /** The steps that can be skipped now. */
  stuck: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.sagaId}: ${this.step} is not stuck; ${this.stuck.length === 0 ? "no step is" : `${this.stuck.join(", ")} can be skipped`}`
  }
}

/** A step that is skipped needs an answer in its place, and this is none. */
export class AnswerNeeded extends Schema.TaggedError<AnswerNeeded>()("AnswerNeeded", {
  sagaId,
  step: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.sagaId}: what ${this.step} is to be answered by does not fit: ${this.reason}`
  }
}

/** The schema of everything a command on a saga can be refused with. */
export const SagaRefusal = Schema.Union([
  SagaNotStarted,
  SagaAlreadyStarted,
  SagaInputInvalid,
  SagaUnknown,
  SagaEnded,
  SagaPastPivot,
  SagaNotStuck,
  StepNotStuck,
  AnswerNeeded
])
/** Why a command on a saga is refused. */
export type SagaRefusal = typeof SagaRefusal.Type
