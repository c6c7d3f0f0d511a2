/** What is told of sagas and processes: the schemas of the answers, and the problems of what cannot be done with them. */
import { Saga } from "@eventfold/decider"
import { SagaRows } from "@eventfold/processes"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { problemType } from "./Problems.ts"
import { pageFields } from "./ReadRequests.ts"
import { TimerCursor } from "./TimerCursor.ts"

const work = {
  /**
   * Not begun: `pending`, it still may be; `not-needed`, there is nothing to undo; `not-reached`, the saga went another
   * way, or was ended first.
   */
  status: Schema.Literals([...Saga.Work.fields.status.literals, "pending", "not-needed", "not-reached"]),
  attempt: Schema.Int,
  commandId: Schema.optionalKey(Schema.String),
  begunAt: Schema.optionalKey(Schema.DateTimeUtc),
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When it counts as failed, or is tried again. */
  dueAt: Schema.optionalKey(Schema.DateTimeUtc),
  error: Schema.optionalKey(Schema.String),
  answer: Schema.optionalKey(Schema.Json),
  refusal: Schema.optionalKey(Schema.Json),
  /** Why nothing has to be undone. */
  why: Schema.optionalKey(Schema.String)
}
const undoing = Schema.Struct({ ...work, command: Schema.optionalKey(Schema.String) })

/** How a saga stands. */
export const SagaAnswer = Schema.Struct({
  sagaId: Schema.String,
  saga: Schema.String,
  version: Schema.Int,
  status: Saga.Started.fields.status,
  input: Schema.Json,
  startedAt: Schema.DateTimeUtc,
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Why somebody wants it to be undone. */
  cancelled: Schema.optionalKey(Schema.String),
  /** Why a person has to decide. */
  parked: Schema.optionalKey(Schema.String),
  steps: Schema.Array(
    Schema.Struct({
      step: Schema.String,
      command: Schema.String,
      execution: Schema.Struct(work),
      compensation: Schema.optionalKey(undoing)
    })
  ),
  /** What undoes what led to the start. */
  undo: undoing,
  /** What is next, for people. */
  next: Schema.String
}).annotate({ identifier: "SagaAnswer", description: "How a saga stands" })

/** A page of sagas. */
export const SagaListPage = Schema.Struct({ sagas: Schema.Array(SagaRows.SagaRow), ...pageFields }).annotate({
  identifier: "SagaListPage",
  description: "A page of sagas"
})

/** How many sagas stand how. */
export const SagaStatistics = Schema.Struct({
  active: Schema.Int,
  waiting: Schema.Int,
  completed: Schema.Int,
  compensated: Schema.Int,
  parked: Schema.Int,
  abandoned: Schema.Int,
  /** Compensated or parked. */
  failed: Schema.Int,
  /** Completed among those that are completed, compensated or parked; 1 when there are none. */
  completionRate: Schema.Finite
}).annotate({ identifier: "SagaStatistics", description: "How many sagas stand how" })

/** A page of timers that run. */
export const TimerList = Schema.Struct({
  timers: Schema.Array(
    Schema.Struct({
      manager: Schema.String,
      process: Schema.String,
      timer: Schema.String,
      dueAt: Schema.DateTimeUtc,
      /** How often it was put back because it could not be fired. */
      attempts: Schema.Int,
      error: Schema.optionalKey(Schema.String)
    })
  ),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(TimerCursor)
}).annotate({ identifier: "TimerList", description: "A page of the timers that run, the one that is due first, first" })

/** How the process of an order stands. */
export const ProcessAnswer = Schema.Struct({
  manager: Schema.String,
  status: Schema.Literals(["running", "ended"]),
  phase: Schema.String,
  /** The keys of the commands nothing has come back from. */
  open: Schema.Array(Schema.String),
  timers: Schema.Record(Schema.String, Schema.DateTimeUtc)
}).annotate({ identifier: "ProcessAnswer" })

/** How far the fulfilment of an order is. */
export const OrderFulfilmentAnswer = Schema.Struct({
  orderId: OrderId,
  /** The sagas of the order, where there are some. */
  sagas: Schema.Array(SagaAnswer),
  /** The processes of the order, where there are some. */
  processes: Schema.Array(ProcessAnswer)
}).annotate({ identifier: "OrderFulfilmentAnswer", description: "How far the fulfilment of an order is" })

/** There is no saga of this id. */
export class UnknownSaga extends HttpApiError.Problem<UnknownSaga>()(
  "UnknownSaga",
  { type: problemType("saga-not-found"), status: 404, title: "There is no such saga" },
  { sagaId: Schema.String }
) {}

/** It cannot be done with the saga as it stands. */
export class SagaNotPossible extends HttpApiError.Problem<SagaNotPossible>()(
  "SagaNotPossible",
  { type: problemType("saga-not-possible"), status: 409, title: "It cannot be done with this saga now" },
  { sagaId: Schema.String, reason: Schema.String }
) {}
