/** The work of an event handler, for each of the ways in which it can be delivered to. */
import type { RecordedEvent, Transaction } from "@eventfold/event-store"
import { Effect, Result } from "effect"
import type { ConsumerWork, Preparation, PreparedWork } from "./ConsumerWork.ts"
import { ofStream } from "./DecodedEvents.ts"
import type { Delivery, ManagedHandler } from "./EventHandler.ts"
import * as FailurePolicy from "./FailurePolicy.ts"
import { Lines, nameOf, partitionOf, partitionsOf, stillHeld } from "./Lines.ts"
import * as TogetherWork from "./TogetherWork.ts"

/** The work of a handler. */
export const of = (handler: ManagedHandler, transaction: Transaction["Service"]): ConsumerWork => {
  const { batchSize, catchUpBatchSize, failure, filter, pollEvery } = handler.options
  const { together } = handler
  const prepare =
    together !== undefined
      ? TogetherWork.prepare(handler.options, together)
      : handler.delivery === "in-transaction"
        ? inTransaction(handler, transaction)
        : atLeastOnce(handler)
  return {
    consumer: handler.consumer,
    title: handler.name,
    filter: { ...filter, types: handler.eventTypes },
    pace: { batchSize, catchUpBatchSize, failure, pollEvery, slices: 1, schedule: undefined },
    prepare,
    ...(together === undefined ? {} : { ahead: handler.eventTypes.every((type) => handler.quotable(type)) }),
    partitionOf: (event) =>
      Effect.map(handler.decode([event]), ([one]) => (one === undefined ? ofStream(event) : partitionOf(one))),
    show: (event) => handler.show(event),
    quotable: (eventType) => handler.quotable(eventType)
  }
}

type Prepare = ConsumerWork["prepare"]

/** Handles events one by one in the transaction. One that may pass takes the whole transaction back. */
const inTransaction =
  (handler: ManagedHandler, transaction: Transaction["Service"]): Prepare =>
  (events) =>
    Effect.map(handler.decode(events), (deliveries): PreparedWork => ({
      partitions: partitionsOf(deliveries),
      run: Effect.fnUntraced(function* (held) {
        const lines = new Lines(held)
        for (const delivery of deliveries) {
          if (!lines.mayPass(delivery) || Result.isFailure(delivery.attempt)) continue
          const result = yield* Effect.result(delivery.attempt.success(transaction))
          if (Result.isSuccess(result)) continue
          if (result.failure.kind === "transient") return yield* Effect.fail(result.failure)
          lines.hold(delivery, result.failure)
        }
        return { leftOver: lines.leftOver, changed: [] }
      })
    }))

/**
 * Handles events before the transaction, partitions at the same time. What was handled is known for as long as the
 * process lives, so that a transaction that fails repeats nothing by itself.
 */
const atLeastOnce = (handler: ManagedHandler): Prepare => {
  const handled = new Set<number>()
  const { concurrency, failure } = handler.options
  const retrying = { schedule: FailurePolicy.waits(failure), times: failure.retries }

  return Effect.fnUntraced(function* (events: ReadonlyArray<RecordedEvent>, preparation: Preparation) {
    const first = events[0]?.position ?? 0
    for (const position of handled) if (position < first) handled.delete(position)
    const deliveries = yield* handler.decode(events)
    const partitions = partitionsOf(deliveries)
    const held = partitions.length === 0 ? [] : yield* preparation.heldAmong(partitions)
    const lines = new Lines(held)
    const lanes = new Map<string, Array<Delivery>>()
    for (const delivery of deliveries) {
      if (!lines.mayPass(delivery)) continue
      const lane = lanes.get(nameOf(delivery)) ?? []
      lanes.set(nameOf(delivery), lane)
      lane.push(delivery)
    }
    const deal = Effect.fnUntraced(function* (delivery: Delivery) {
      const { position } = delivery.recorded
      if (!lines.mayPass(delivery) || Result.isFailure(delivery.attempt) || handled.has(position)) return
      const attempt = delivery.attempt.success(undefined)
      const retried = Effect.retry(attempt, { ...retrying, while: ({ kind }) => kind === "transient" })
      const result = yield* Effect.result(retried)
      if (Result.isSuccess(result)) handled.add(position)
      else lines.hold(delivery, result.failure)
    })
    yield* Effect.forEach(lanes.values(), (lane) => Effect.forEach(lane, deal, { discard: true }), {
      concurrency,
      discard: true
    })
    const leftOver = lines.leftOver.toSorted((a, b) => a.recorded.position - b.recorded.position)
    const prepared: PreparedWork = {
      partitions,
      run: (heldNow) => stillHeld(held, heldNow, { leftOver, changed: [] })
    }
    return prepared
  })
}
