/** The endpoints for whoever looks after fulfilment, over the runners of sagas and process managers. */
import type { Saga } from "@eventfold/decider"
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { QueryBus } from "@eventfold/event-store"
import type { LoadError } from "@eventfold/event-store/CommandHandler"
import {
  ProcessManagerRunner,
  type SagaFailure,
  SagaRunner,
  type SagaView,
  type Timer,
  Timers
} from "@eventfold/processes"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { getOrder } from "../queries/OrderQueries.ts"
import { findSagas } from "../queries/SagaQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { ofDispatch, ofOrderQuery, ofQuery } from "./CommandProblems.ts"
import { storeFailed } from "./ProjectionProblems.ts"
import { questionOf, reader } from "./ReadRequests.ts"
import { actorOf } from "./RequestHeaders.ts"
import type { Unavailable } from "./Problems.ts"
import { SagaNotPossible, UnknownSaga } from "./SagaAnswers.ts"
import { notFound } from "./SagaId.ts"

/** The endpoints for whoever looks after fulfilment. */
export const layer = HttpApiBuilder.group(
  Api,
  "sagas",
  Effect.fn(function* (handlers) {
    const { contexts, tenant } = yield* Settings
    const hasOrders = contexts === "all" || contexts.includes("ordering")
    const [runner, processes, timers] = [yield* SagaRunner, yield* ProcessManagerRunner, yield* Timers]
    const queries = yield* QueryBus
    const reads = yield* reader()

    const find = (id: string) => Effect.catch(runner.state({ tenant, id }), unreadable)
    const existing = Effect.fnUntraced(function* (sagaId: string) {
      const found = yield* find(sagaId)
      return Option.isSome(found) ? found.value : yield* new UnknownSaga({ sagaId, detail: notFound(sagaId) })
    })
    /** Does it, and answers how the saga stands then. */
    const acting = (id: string, done: Effect.Effect<void, Saga.SagaRefusal | SagaFailure>) =>
      existing(id).pipe(
        Effect.andThen(Effect.catch(done, (error) => problemOf(id, error))),
        Effect.andThen(existing(id))
      )
    const standing = (manager: string, process: string) =>
      processes.standing(manager, tenant, process).pipe(
        Effect.catchTags({
          UnknownProcessManager: Effect.die,
          EventNotDecodable: Effect.die,
          EventStoreFailure: storeFailed
        }),
        Effect.map(({ open, phase, status, timers }) =>
          // Once it has ended it does not listen to what comes back.
          status === "new" ? [] : [{ manager, status, phase, open: status === "ended" ? [] : open, timers }]
        )
      )

    return handlers.handleAll({
      list: (request) => {
        const { state, ...query } = questionOf(request.query)
        const payload = {
          _tag: "FindSagas",
          tenant,
          ...query,
          ...(state === undefined ? {} : { status: state })
        } as const
        return reads.page(request, findSagas, payload, (sagas) => ({ sagas }))
      },
      statistics: () => Effect.catch(runner.statistics(tenant), ofQuery),
      get: ({ params: { id } }) => existing(id),
      retry: ({ headers, params: { id }, payload: { reason } }) =>
        acting(id, runner.retry({ tenant, id }, { by: actorOf(headers), reason })),
      skip: ({ headers, params: { id }, payload: { step, ...rest } }) =>
        acting(id, runner.skip({ tenant, id }, step, { by: actorOf(headers), ...rest })),
      abandon: ({ headers, params: { id }, payload: { reason } }) =>
        acting(id, runner.abandon({ tenant, id }, { by: actorOf(headers), reason })),
      timers: Effect.fnUntraced(function* ({ query: { cursor, limit, ...which } }) {
        const after = cursor === undefined ? {} : { after: { ...cursor, tenant, purpose: "timer" as const } }
        const found = yield* Effect.catch(timers.list({ tenant, ...which, ...after, limit: limit + 1 }), storeFailed)
        const onPage = found.slice(0, limit)
        const last = found.length > limit ? onPage.at(-1) : undefined
        return { timers: onPage.map(timerOf), ...(last === undefined ? {} : { nextCursor: last }) }
      }),
      ofOrder: Effect.fnUntraced(function* ({ params: { id: orderId } }) {
        // Where orders are elsewhere nobody knows whether there is one: what runs here for it is told.
        if (hasOrders) yield* Effect.catch(queries.ask(getOrder, { _tag: "GetOrder", tenant, orderId }), ofOrderQuery)
        const ids = [OrderFulfilment.idOf(orderId), OrderCancellation.idOf(orderId)]
        const sagas = yield* Effect.forEach(ids, find, { concurrency: 2 })
        const found = yield* Effect.forEach(processes.managers, (manager) => standing(manager, orderId))
        return {
          orderId,
          sagas: sagas.flatMap((saga): ReadonlyArray<SagaView> => Option.toArray(saga)),
          processes: found.flat()
        }
      })
    })
  })
)

const timerOf = ({ attempts, dueAt, error, manager, process, timer }: Timer) => ({
  manager,
  process,
  timer,
  dueAt,
  attempts,
  ...(error === undefined ? {} : { error })
})

/** A saga told without one of its events would be told wrongly. */
const unreadable = (error: LoadError) => (error._tag === "EventStoreFailure" ? storeFailed(error) : Effect.die(error))

const problemOf = (
  sagaId: string,
  error: Saga.SagaRefusal | SagaFailure
): Effect.Effect<never, SagaNotPossible | UnknownSaga | Unavailable> => {
  switch (error._tag) {
    case "SagaNotStarted":
      return Effect.fail(new UnknownSaga({ sagaId, detail: notFound(sagaId) }))
    case "SagaAlreadyStarted":
    case "SagaInputInvalid":
    case "SagaUnknown":
    case "SagaEnded":
    case "SagaPastPivot":
    case "SagaNotStuck":
    case "StepNotStuck":
    case "AnswerNeeded":
      return Effect.fail(new SagaNotPossible({ sagaId, reason: error._tag, detail: error.message }))
    default:
      return Effect.catch(ofDispatch(error, sagaId), (problem) =>
        problem._tag === "Unavailable" ? Effect.fail(problem) : Effect.die(error)
      )
  }
}
