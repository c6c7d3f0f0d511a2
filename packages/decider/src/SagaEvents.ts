/**
 * What happens to a saga, whatever saga it is: one union of events for all of them. Inputs, contents of commands, answers
 * and refusals stand in them as JSON, in the form their own schemas write.
 *
 * Names and shapes are a storage format. Nothing personal stands in them: a saga carries ids.
 */
import { Schema } from "effect"
import * as DomainEvent from "./DomainEvent.ts"

/** The category of the streams of sagas. The id of a stream is that of the saga. */
export const category = "saga"

const step = Schema.String
const due = Schema.DateTimeUtc
const attempt = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const begun = {
  step,
  attempt,
  /** From 0. Rises when the step is done again after a refusal. */
  round: Schema.Int,
  /** The id of the command: the idempotency key of this execution. */
  commandId: Schema.String,
  /** When the attempt counts as failed if nothing has been answered. */
  deadline: due,
  /** The content of the command; left out when it is the same as before, and when it can be about people. */
  payload: Schema.optionalKey(Schema.Json)
}
const failed = {
  step,
  attempt,
  error: Schema.String,
  /** When it is tried again; absent when it is not. */
  retryAt: Schema.optionalKey(due)
}
const postponed = { step, until: due, reason: Schema.String }

/** Somebody started it. */
export const SagaStarted = DomainEvent.make("SagaStarted", {
  sagaId: Schema.String,
  tenant: Schema.String,
  /** The name of the saga. */
  saga: Schema.String,
  /** The version of the saga it was started under. */
  version: Schema.Int,
  input: Schema.Json,
  /** The id for everything that follows from the request that led to it. */
  correlationId: Schema.optionalKey(Schema.String)
})
/** It goes on under another version of the saga. */
export const SagaMigrated = DomainEvent.make("SagaMigrated", {
  version: Schema.Int,
  input: Schema.Json,
  /** The names of steps that are called otherwise in that version: from the old one to the new one. */
  renamed: Schema.Record(Schema.String, Schema.String)
})
/** The command of a step is about to be sent. */
export const StepBegun = DomainEvent.make("StepBegun", begun)
/** A step was answered: it is done. */
export const StepAnswered = DomainEvent.make("StepAnswered", { step, answer: Schema.Json })
/**
 * The command of a step was refused. With an `answer` this means that it is as if it had been answered so; with `retryAt`,
 * that it is asked again then, in another round.
 */
export const StepRefused = DomainEvent.make("StepRefused", {
  step,
  refusal: Schema.Json,
  answer: Schema.optionalKey(Schema.Json),
  retryAt: Schema.optionalKey(due)
})
/** An attempt failed: nobody knows whether the command took effect. */
export const StepFailed = DomainEvent.make("StepFailed", failed)
/** The step waits for what lies behind it, or for whoever handles it, which is known to be down. The attempt does not count. */
export const StepPostponed = DomainEvent.make("StepPostponed", postponed)
/** The command that compensates a step is about to be sent. The step `start` stands for the start of the saga. */
export const CompensationBegun = DomainEvent.make("CompensationBegun", begun)
/** A step was compensated. */
export const CompensationDone = DomainEvent.make("CompensationDone", { step })
/** An attempt to compensate failed or was refused. */
export const CompensationFailed = DomainEvent.make("CompensationFailed", {
  ...failed,
  refusal: Schema.optionalKey(Schema.Json)
})
/** The compensation waits for what lies behind it, or for whoever handles it, which is down. The attempt does not count. */
export const CompensationPostponed = DomainEvent.make("CompensationPostponed", postponed)
/** Somebody wants it to be undone. */
export const SagaCancelRequested = DomainEvent.make("SagaCancelRequested", { reason: Schema.String })
/** Every step is done. */
export const SagaCompleted = DomainEvent.make("SagaCompleted", {})
/** Everything that had been done is undone. */
export const SagaCompensated = DomainEvent.make("SagaCompensated", {})
/** It cannot go on by itself: a person has to decide. */
export const SagaParked = DomainEvent.make("SagaParked", { reason: Schema.String })
/** A person has what failed tried again. */
export const SagaRetried = DomainEvent.make("SagaRetried", {})
/** A person has dealt with a step, or with its compensation, by other means. A step is answered by `answer` then. */
export const StepSkipped = DomainEvent.make("StepSkipped", { step, answer: Schema.optionalKey(Schema.Json) })
/** A person has ended it where it stood. */
export const SagaAbandoned = DomainEvent.make("SagaAbandoned", {})

/** The schema of everything that happens to a saga. */
export const SagaEvent = Schema.Union([
  SagaStarted,
  SagaMigrated,
  StepBegun,
  StepAnswered,
  StepRefused,
  StepFailed,
  StepPostponed,
  CompensationBegun,
  CompensationDone,
  CompensationFailed,
  CompensationPostponed,
  SagaCancelRequested,
  SagaCompleted,
  SagaCompensated,
  SagaParked,
  SagaRetried,
  StepSkipped,
  SagaAbandoned
])
/** Something that happened to a saga. */
export type SagaEvent = typeof SagaEvent.Type
