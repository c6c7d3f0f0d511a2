/** What can be asked of a saga, by whoever runs it and by people. Each carries the time it is decided at. */
import type { DateTime, Schema } from "effect"

interface Timed {
  readonly sagaId: string
  readonly occurredAt: DateTime.Utc
}

/** Starts it. Started again with the same, nothing happens. */
export interface Start extends Timed {
  readonly _tag: "Start"
  readonly tenant: string
  readonly saga: string
  readonly version: number
  readonly input: Schema.Json
  readonly correlationId?: string | undefined
}
/** Has it go on: begins what is due, and fails an attempt whose time is up. */
export interface Proceed extends Timed {
  readonly _tag: "Proceed"
}
/** A command was answered. Nothing when it is not the one that is under way. */
export interface Answer extends Timed {
  readonly _tag: "Answer"
  readonly commandId: string
  readonly answer: Schema.Json
}
/** A command was refused. Nothing when it is not the one that is under way. */
export interface Refuse extends Timed {
  readonly _tag: "Refuse"
  readonly commandId: string
  readonly refusal: Schema.Json
}
/** An attempt failed. Nothing when it is not the one that is under way. */
export interface Fail extends Timed {
  readonly _tag: "Fail"
  readonly commandId: string
  readonly attempt: number
  readonly error: string
}
/** What lies behind the command, or whoever handles it, is down. Nothing when it is not the one that is under way. */
export interface Postpone extends Timed {
  readonly _tag: "Postpone"
  readonly commandId: string
  readonly attempt: number
  readonly reason: string
  /** When it may be back, in milliseconds from now. */
  readonly retryAfter: number
  /** Another one finds out right now: then it is asked again that soon, however seldom it is asked otherwise. */
  readonly isProbed?: boolean | undefined
  /**
   * It is whoever handles the command that is away, so nothing is known of what lies behind it: it is asked again after waits
   * that grow from the first one between two attempts to five minutes, however seldom what lies behind it is asked.
   */
  readonly isAway?: boolean | undefined
}
/** Undoes it. Refused past the pivot. */
export interface Cancel extends Timed {
  readonly _tag: "Cancel"
  readonly reason: string
}
/** Has what was given up, or waits, tried again. Refused while nothing is stuck. */
export interface Retry extends Timed {
  readonly _tag: "Retry"
}
/** Takes a stuck step, or its compensation, for done. A step needs an answer in its place. */
export interface Skip extends Timed {
  readonly _tag: "Skip"
  readonly step: string
  readonly answer?: Schema.Json | undefined
}
/** Ends it where it stands. */
export interface Abandon extends Timed {
  readonly _tag: "Abandon"
}

/** What can be asked of a saga. */
export type SagaCommand = Start | Proceed | Answer | Refuse | Fail | Postpone | Cancel | Retry | Skip | Abandon
