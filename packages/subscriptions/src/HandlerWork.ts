/** The work of an event handler, for each of the two ways in which it can be delivered to. */
import { EventStoreFailure, type RecordedEvent, type Transaction } from "@eventfold/event-store"
import { Effect, Option, Result } from "effect"
import { type ConsumerWork, HandlerFailed, type Preparation, type PreparedWork } from "./ConsumerWork.ts"
import type { HeldPartition } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import type { Delivery, ManagedHandler } from "./EventHandler.ts"
import * as FailurePolicy from "./FailurePolicy.ts"
import type { LeftOver } from "./ManagedProjection.ts"

/** The work of a handler. */
export const of = (handler: ManagedHandler, transaction: Transaction["Service"]): ConsumerWork => {
  const { batchSize, failure, filter, pollEvery } = handler.options
  const prepare = handler.delivery === "in-transaction" ? inTransaction(handler, transaction) : atLeastOnce(handler)
  return {
    consumer: handler.consumer,
    title: handler.name,
    filter: { ...filter, types: handler.eventTypes },
    pace: { batchSize, catchUpBatchSize: batchSize, failure, pollEvery, slices: 1, schedule: undefined },
    prepare,
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
      run: (heldNow) => {
        const now = new Set(heldNow.map(nameOf))
        // Somebody has replayed what these events queued behind: they are to be handled, not to queue.
        return held.every((one) => now.has(nameOf(one)))
          ? Effect.succeed({ leftOver, changed: [] })
          : Effect.fail(freed)
      }
    }
    return prepared
  })
}

const freed = new EventStoreFailure({
  operation: "EventHandler",
  retryable: true,
  detail: "a partition was replayed meanwhile",
  cause: undefined
})

/** Which partitions are held while events are handled, and what is left over because of it. */
class Lines {
  readonly leftOver: Array<LeftOver> = []
  readonly #held: Set<string>

  constructor(held: ReadonlyArray<HeldPartition>) {
    this.#held = new Set(held.map(nameOf))
  }

  /** Whether an event can be handled; else it is left over. One that cannot be decoded holds its stream back. */
  mayPass(delivery: Delivery): boolean {
    const { attempt, recorded } = delivery
    const line = [partitionOf(delivery), ofStream(recorded)].find((one) => this.#held.has(nameOf(one)))
    if (line !== undefined) {
      const error = Result.isFailure(attempt) ? Option.some(attempt.failure) : Option.none()
      this.leftOver.push({ recorded, ...line, error })
      return false
    }
    if (Result.isFailure(attempt)) this.hold(delivery, new HandlerFailed("permanent", attempt.failure))
    return Result.isSuccess(attempt)
  }

  /** Holds the partition of an event back, because of that event. */
  hold({ recorded, ...delivery }: Delivery, { error, kind }: HandlerFailed) {
    this.#held.add(nameOf(delivery))
    this.leftOver.push({ recorded, ...partitionOf(delivery), error: Option.some(error), kind })
  }
}

const partitionOf = ({ partition, tenant }: HeldPartition): HeldPartition => ({ tenant, partition })

const nameOf = ({ partition, tenant }: HeldPartition): string => JSON.stringify([tenant, partition])

/** Each once: those of the events, and those of their streams. */
const partitionsOf = (deliveries: ReadonlyArray<Delivery>): ReadonlyArray<HeldPartition> =>
  Array.from(
    new Map(
      deliveries
        .flatMap((one) => [partitionOf(one), ofStream(one.recorded)])
        .map((one): [string, HeldPartition] => [nameOf(one), one])
    ).values()
  )
