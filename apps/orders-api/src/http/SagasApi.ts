/** The endpoints for whoever looks after fulfilment: sagas, timers, and how far an order is. */
import { SagaRows } from "@eventfold/processes"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { BecauseBody } from "./DeadLettersApi.ts"
import { pageSize } from "./PageSize.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { Actor, QueryHeaders } from "./RequestHeaders.ts"
import * as Answers from "./SagaAnswers.ts"
import { SagaId } from "./SagaId.ts"
import { ServedBy } from "./ServedBy.ts"
import { TimerCursor } from "./TimerCursor.ts"

const saga = { id: SagaId }

const acting = {
  params: saga,
  headers: Schema.Struct({ ...QueryHeaders.fields, "x-actor": Schema.optionalKey(Actor) }),
  success: Answers.SagaAnswer,
  error: [Answers.UnknownSaga, Answers.SagaNotPossible, Problems.BodyTooLarge, Problems.UnsupportedMediaType]
} as const

/** What a step that is skipped is taken to have answered. */
export const SkipBody = Schema.Struct({
  ...BecauseBody.fields,
  step: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64)),
  /** What is taken for its answer: needed for a step that goes forward. */
  answer: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "SkipStep" })

/** The endpoints for whoever looks after fulfilment. */
export class SagasApi extends HttpApiGroup.make("sagas")
  .add(
    HttpApiEndpoint.get("list", "/sagas", {
      query: {
        state: Schema.optionalKey(SagaRows.SagaRow.fields.status),
        saga: Schema.optionalKey(Schema.String),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(Answers.SagaListPage)
    }).annotateMerge(about("Sagas, the one that was started last first")),
    HttpApiEndpoint.get("statistics", "/sagas/statistics", {
      query: readFields,
      headers: QueryHeaders,
      success: Answers.SagaStatistics
    }).annotateMerge(about("How many sagas stand how", "Failed are those that were undone, or are parked.")),
    HttpApiEndpoint.get("get", "/sagas/:id", {
      params: saga,
      headers: QueryHeaders,
      success: Answers.SagaAnswer,
      error: Answers.UnknownSaga
    }).annotateMerge(
      about(
        "One saga: its steps, attempts, errors and times, and what is next",
        "Read from its events. It is called as its order or transfer is, order_… or transfer_…, a UUID alone being that of an order; the one that undoes a cancelled order is cancelled-order_…."
      )
    ),
    HttpApiEndpoint.post("retry", "/sagas/:id/retry", { ...acting, payload: BecauseBody }).annotateMerge(
      about("Have what was given up, or waits, tried again now", "Refused while nothing is stuck.")
    ),
    HttpApiEndpoint.post("skip", "/sagas/:id/skip", { ...acting, payload: SkipBody }).annotateMerge(
      about("Take a step that is stuck for done", "A step that goes forward needs an answer in the place of its own.")
    ),
    HttpApiEndpoint.post("abandon", "/sagas/:id/abandon", { ...acting, payload: BecauseBody }).annotateMerge(
      about("End a saga where it stands", "Nothing more is done, and nothing undone.")
    ),
    HttpApiEndpoint.get("timers", "/timers", {
      query: {
        manager: Schema.optionalKey(Schema.String),
        limit: pageSize(1_000, 100),
        cursor: Schema.optionalKey(TimerCursor)
      },
      headers: QueryHeaders,
      success: Answers.TimerList
    }).annotateMerge(about("The timers of processes that run", "The one that is due first comes first.")),
    HttpApiEndpoint.get("ofOrder", "/orders/:id/fulfilment", {
      params: { id: OrderId },
      headers: QueryHeaders,
      success: Answers.OrderFulfilmentAnswer,
      error: Problems.UnknownOrder
    }).annotateMerge(
      about("How far the fulfilment of an order is", "Read from the events of its saga and its processes.")
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Fulfilment" })) {}
