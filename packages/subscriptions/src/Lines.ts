/** The partitions of events on their way to a handler: which are held back, and what is left over because of it. */
import { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Option, Result } from "effect"
import { HandlerFailed } from "./ConsumerWork.ts"
import type { HeldPartition } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import type { Delivery } from "./EventHandler.ts"
import type { BatchOutcome, LeftOver } from "./ManagedProjection.ts"

/** Which partitions are held while events are handled, and what is left over because of it. */
export class Lines {
  readonly leftOver: Array<LeftOver> = []
  readonly #held: Set<string>

  constructor(held: ReadonlyArray<HeldPartition>) {
    this.#held = new Set(held.map(nameOf))
  }

  /** Whether an event can be handled; else it is left over. One that cannot be decoded holds its stream back. */
  mayPass(delivery: Delivery): boolean {
    const { attempt, recorded } = delivery
    // Hardly ever is anything held, and then no names are made.
    const line =
      this.#held.size === 0
        ? undefined
        : [partitionOf(delivery), ofStream(recorded)].find((one) => this.#held.has(nameOf(one)))
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

/** The partition of a delivery. */
export const partitionOf = ({ partition, tenant }: HeldPartition): HeldPartition => ({ tenant, partition })

/** One text per partition. */
export const nameOf = ({ partition, tenant }: HeldPartition): string => `${tenant.length} ${tenant}${partition}`

/** Each once: those of the events, and those of their streams. */
export const partitionsOf = (deliveries: ReadonlyArray<Delivery>): ReadonlyArray<HeldPartition> => {
  const found = new Map<string, HeldPartition>()
  const add = (one: HeldPartition) => {
    const name = nameOf(one)
    if (!found.has(name)) found.set(name, one)
  }
  for (const delivery of deliveries) {
    const stream = ofStream(delivery.recorded)
    add(partitionOf(delivery))
    if (stream.partition !== delivery.partition) add(stream)
  }
  return Array.from(found.values())
}

/** The outcome, if what was held is so still. Else what was left over behind it is to be handled, not to queue. */
export const stillHeld = (
  before: ReadonlyArray<HeldPartition>,
  now: ReadonlyArray<HeldPartition>,
  outcome: BatchOutcome
): Effect.Effect<BatchOutcome, EventStoreFailure> => {
  const names = new Set(now.map(nameOf))
  return before.every((one) => names.has(nameOf(one))) ? Effect.succeed(outcome) : Effect.fail(freed)
}

const freed = new EventStoreFailure({
  operation: "EventHandler",
  retryable: true,
  detail: "a partition was replayed meanwhile",
  cause: undefined
})
