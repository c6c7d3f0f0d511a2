/** Turns what a command bus or a query bus fails with into the problem that the client gets. */
import type { OrderErrors } from "@eventfold/domain-ordering"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { Cause, Effect } from "effect"
import type * as Pages from "../queries/Pages.ts"
import { CorrelationId } from "./CorrelationId.ts"
import * as Problems from "./Problems.ts"

/** The problems any command can end in, refused or not. */
export type DispatchProblem =
  | Problems.InvalidRequest
  | Problems.VersionMismatch
  | Problems.Archived
  | Problems.KeyReused
  | Problems.Unavailable

/** The problems a command on an order can end in. */
export type CommandProblem =
  | DispatchProblem
  | Problems.UnknownOrder
  | Problems.UnknownItem
  | Problems.PriceNotTheirs
  | Problems.OrderRefused

/** The problem of a command on an order that failed. What only a mistake of the service can cause becomes a defect. */
export const ofCommand = (
  error: OrderErrors.OrderRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblem> => {
  switch (error._tag) {
    case "OrderNotFound":
      return Effect.fail(new Problems.UnknownOrder({ orderId: error.orderId, detail: error.message }))
    case "ItemNotFound":
      return Effect.fail(
        new Problems.UnknownItem({
          orderId: error.orderId,
          productId: error.productId,
          detail: error.message
        })
      )
    case "PriceNotTheirs": {
      const { message, productId } = error
      return Effect.fail(
        new Problems.PriceNotTheirs({ productId, field: "unitPrice or discount", detail: `${message}.` })
      )
    }
    case "PriceReasonMissing":
      return Effect.fail(
        Problems.invalidRequest([
          { in: "body", field: "priceReason", rule: `must say why ${error.productId} has a price of its own` }
        ])
      )
    case "VersionConflict":
    case "StreamArchived":
    case "CommandIdReused":
    case "MalformedMessage":
    case "TooManyConflicts":
    case "EventStoreFailure":
    case "OutsideFailure":
    case "ContextNotRegistered":
    case "ContextUnavailable":
    case "UnknownMessage":
    case "EventIdConflict":
    case "InvalidAppend":
    case "EventNotDecodable":
    case "EventNotEncodable":
      return ofDispatch(error, idempotencyKey)
    default:
      return Effect.fail(Problems.OrderRefused.of(error))
  }
}

/** The problem of a command that failed without being refused, whatever it was about. */
export const ofDispatch = (error: DispatchError, idempotencyKey: string): Effect.Effect<never, DispatchProblem> => {
  switch (error._tag) {
    case "VersionConflict": {
      const detail = error.actual === 0 ? "There is nothing yet." : `It is at version ${error.actual}.`
      return Effect.fail(new Problems.VersionMismatch({ currentVersion: error.actual, detail }))
    }
    case "StreamArchived":
      return Effect.fail(new Problems.Archived({ detail: "What is in the archive can be read, and not changed." }))
    case "CommandIdReused":
      return Effect.fail(
        new Problems.KeyReused({
          idempotencyKey,
          detail: "Use a new key for a new command, or repeat the first one as it was."
        })
      )
    case "MalformedMessage":
      return Effect.fail(Problems.invalidRequest(error.problems.map((problem) => ({ in: "body", ...problem }))))
    case "TooManyConflicts":
      return unavailable("conflicts", "Others keep changing the same.")
    case "EventStoreFailure":
      return Effect.andThen(
        Effect.logError("the event store failed", Cause.fail(error)),
        unavailable(
          "store",
          "The store could not be reached or did not answer. Repeat it with the same Idempotency-Key."
        )
      )
    case "OutsideFailure":
      return Effect.andThen(
        Effect.logError(`${error.system} failed`, Cause.fail(error)),
        unavailable(
          "outside",
          `${error.system} could not be reached or did not answer. Repeat it with the same Idempotency-Key.`
        )
      )
    case "ContextNotRegistered":
    case "ContextUnavailable":
      return Effect.andThen(
        Effect.logError(`${error.context} is not available`, Cause.fail(error)),
        unavailable("outside", `${error.context} is not available. Repeat it with the same Idempotency-Key.`)
      )
    case "UnknownMessage":
    case "EventIdConflict":
    case "InvalidAppend":
    case "EventNotDecodable":
    case "EventNotEncodable":
      return Effect.die(error)
  }
}

/** The problem of a query about one order that failed. */
export const ofOrderQuery = (
  error: OrderErrors.OrderNotFound | QueryError
): Effect.Effect<never, Problems.UnknownOrder | Problems.Unavailable> =>
  error._tag === "OrderNotFound"
    ? Effect.fail(new Problems.UnknownOrder({ orderId: error.orderId, detail: error.message }))
    : ofQuery(error)

type QueryError = QueryFailure | UnknownMessage

/** The problem of a query that failed. */
export const ofQuery = (error: QueryError): Effect.Effect<never, Problems.Unavailable> => {
  switch (error._tag) {
    case "ReadModelFailure":
      return Effect.andThen(
        Effect.logError("a read model failed", Cause.fail(error)),
        unavailable("store", "The store could not be reached or did not answer.")
      )
    case "ReadModelNotReady":
      return unavailable("building", error.message)
    case "NotUpToDate":
      return unavailable(error.parked === undefined ? "behind" : "held", error.message)
    case "UnknownMessage":
    case "MalformedMessage":
      return Effect.die(error)
  }
}

/** The problem of a query for a page that failed. */
export const ofPage = (
  error: Pages.Refused | QueryError
): Effect.Effect<never, Problems.InvalidRequest | Problems.Unavailable> => {
  switch (error._tag) {
    case "CursorRefused": {
      const rule =
        error.rule === "a-cursor"
          ? "must be the nextCursor of an earlier answer"
          : "must be the nextCursor of an answer to the same question: with the same filters, in the same order"
      return Effect.fail(Problems.invalidRequest([{ in: "query", field: "cursor", rule }]))
    }
    case "LimitRefused":
    case "ValueRefused": {
      const rule = error.message.slice(error.message.indexOf(":") + 2)
      return Effect.fail(Problems.invalidRequest([{ in: "query", field: error.field, rule }]))
    }
    default:
      return ofQuery(error)
  }
}

/** The service cannot do it right now. */
export const unavailable = (reason: Problems.Unavailable["reason"], detail: string) =>
  Effect.flatMap(CorrelationId, (correlationId) =>
    Effect.fail(new Problems.Unavailable({ reason, correlationId, detail }))
  )
