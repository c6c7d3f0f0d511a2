/**
 * A series of document numbers, as a decider: who asks is given the next one.
 *
 * Guarantee: the numbers of a stream are 1, 2, 3, … without holes, in the order of its events; of several who ask at the
 * same moment one wins the append, and the others are given later numbers.
 *
 * Gotcha: a number is taken for good. Take it in the transaction that writes the document: when the document is refused,
 * the number goes back with the transaction. That a document gets one number only is the matter of the document.
 */
import { Decider } from "@eventfold/decider"
import type { OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Result, Schema } from "effect"
import type { DocumentNumber, NumberSeries } from "./DocumentNumber.ts"
import { NumberEvent } from "./NumberEvents.ts"

/** The schema of the state: how many numbers were taken, which is the last one. */
export const NumbersState = Schema.Struct({ last: Schema.Natural })
/** The state of a series. */
export interface NumbersState extends Schema.Schema.Type<typeof NumbersState> {}

/** Asks for the next number of a series, for a document of an order. */
export interface NumberRequest extends NumberSeries {
  readonly orderId: OrderId
  readonly occurredAt: DateTime.Utc
}

/** No number was taken yet. */
export const initial: NumbersState = { last: 0 }

/** Folds one event into the state. */
export const evolve = (_: NumbersState, { sequence }: NumberEvent): NumbersState => ({ last: sequence })

/** The number that whoever asks next is given. */
export const next = ({ kind, year }: NumberSeries, { last }: NumbersState): DocumentNumber => ({
  kind,
  year,
  sequence: last + 1
})

/** The next number is taken. It is never refused. */
export const decide = (request: NumberRequest, state: NumbersState): Result.Result<ReadonlyArray<NumberEvent>> => {
  const { occurredAt, orderId } = request
  return Result.succeed([{ _tag: "DocumentNumberTaken", occurredAt, orderId, ...next(request, state) }])
}

/** A series as a decider. Its streams are named `document-numbers`, each with the name of its series as its id. */
export const DocumentNumbers = Decider.make({
  category: "document-numbers",
  State: NumbersState,
  Event: NumberEvent,
  initial,
  evolve,
  decide
})
