/**
 * Where people deal with dead letters: they list and inspect them, replay a partition when what was wrong is mended, or
 * discard a letter whose event is not to be dealt with.
 *
 * Guarantees: whoever replays or discards is audited, in the transaction of what they do. A replay keeps the order of the
 * partition, and stops at the first event that fails again. What queues behind a discarded letter is replayed.
 *
 * Gotcha: letters can be replayed where their consumer runs: a process that does not know it answers `UnknownConsumer`.
 */
import { Audit, EventStore, type EventStoreFailure, type InvalidAction, Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Schema, Semaphore } from "effect"
import { ConsumerProgress } from "./ConsumerProgress.ts"
import { ConsumerRegistry } from "./ConsumerRegistry.ts"
import { Consumers } from "./Consumers.ts"
import { type DeadLetter, DeadLetters, type HeldPartition, type LetterCount, type LettersPage } from "./DeadLetters.ts"
import * as Replay from "./Replay.ts"

/** A consumer that does not run in this process. */
export class UnknownConsumer extends Schema.TaggedError<UnknownConsumer>()("UnknownConsumer", {
  consumer: Schema.String
}) {
  override get message() {
    return `the consumer ${this.consumer} does not run in this process`
  }
}

/** There is no such letter, or it has been dealt with meanwhile. */
export class LetterNotFound extends Schema.TaggedError<LetterNotFound>()("LetterNotFound", {
  consumer: Schema.String,
  position: Schema.Int
}) {
  override get message() {
    return `${this.consumer} has no dead letter for the event at position ${this.position}`
  }
}

/** Who does it, and why: for the audit. */
export interface OnBehalf {
  readonly by: string
  readonly reason: string
}

/** A letter with its event. */
export interface InspectedLetter {
  readonly letter: DeadLetter
  /**
   * The data of the event for people: personal values in clear, or `[REDACTED]` when they are gone. Undefined when the
   * event is not in the log any more, and when the consumer does not run in this process. Not to be stored.
   */
  readonly data: Schema.Json | undefined
}

/** What a replay did, by partition. */
export interface ReplayReport {
  readonly replayed: number
  readonly partitions: ReadonlyArray<Replay.Replayed>
  /** Whether there are more held partitions than are replayed at a time. */
  readonly more: boolean
}

/** How many partitions are replayed at a time. */
const mostPartitions = 1000

type ReplayError = UnknownConsumer | InvalidAction | EventStoreFailure

/** Where people deal with dead letters. */
export class DeadLetterDesk extends Context.Service<
  DeadLetterDesk,
  {
    list(page: LettersPage): Effect.Effect<ReadonlyArray<DeadLetter>, EventStoreFailure>
    readonly counts: Effect.Effect<ReadonlyArray<LetterCount>, EventStoreFailure>
    inspect(consumer: string, position: number): Effect.Effect<InspectedLetter, LetterNotFound | EventStoreFailure>
    /** Replays a partition of a consumer, or all that are held, one after another. */
    replay(
      what: { readonly consumer: string; readonly partition?: HeldPartition } & OnBehalf
    ): Effect.Effect<ReplayReport, ReplayError>
    /** Marks a letter, so that its event is not dealt with, and replays what queues behind it. */
    discard(
      what: { readonly consumer: string; readonly position: number } & OnBehalf
    ): Effect.Effect<ReplayReport, LetterNotFound | ReplayError>
  }
>()("@eventfold/subscriptions/DeadLetterDesk") {
  /** Over the consumers that run in this process. */
  static readonly layer: Layer.Layer<
    DeadLetterDesk,
    never,
    Audit | ConsumerProgress | ConsumerRegistry | Consumers | DeadLetters | EventStore | Transaction
  > = Layer.effect(
    DeadLetterDesk,
    Effect.gen(function* () {
      const [audit, registry, letters] = [yield* Audit, yield* ConsumerRegistry, yield* DeadLetters]
      const transaction = yield* Transaction
      const consumers = yield* Consumers
      const events = yield* EventStore
      const services = { consumers, events, letters, transaction, progress: yield* ConsumerProgress }
      // Two replays of one partition at a time would meet.
      const one = Semaphore.makeUnsafe(1)

      const workOf = (consumer: string) =>
        Effect.suspend(() => {
          const work = registry.find(consumer)
          return work === undefined ? Effect.fail(new UnknownConsumer({ consumer })) : Effect.succeed(work)
        })
      const findLetter = Effect.fnUntraced(function* (consumer: string, position: number) {
        const letter = yield* letters.find(consumer, position)
        return Option.isNone(letter) ? yield* new LetterNotFound({ consumer, position }) : letter.value
      })
      const record = (
        action: string,
        consumer: string,
        { partition, tenant }: HeldPartition,
        { by, reason }: OnBehalf
      ) => audit.record({ tenant, action, subject: consumer, actor: by, reason, details: { partition } })

      const replayAll = Effect.fnUntraced(function* (
        consumer: string,
        partitions: ReadonlyArray<HeldPartition>,
        behalf: OnBehalf | undefined
      ) {
        const work = yield* workOf(consumer)
        const replayed = yield* Effect.forEach(partitions, ({ partition, tenant }) => {
          const which = { tenant, partition }
          const first = behalf === undefined ? Effect.void : record("DeadLettersReplayed", consumer, which, behalf)
          return Replay.partition(services, work, which, first)
        })
        return {
          replayed: replayed.reduce((sum, part) => sum + part.replayed, 0),
          partitions: replayed,
          more: partitions.length === mostPartitions
        } satisfies ReplayReport
      })

      return {
        list: (page) => letters.list(page),
        counts: letters.counts,
        inspect: Effect.fnUntraced(function* (consumer, position) {
          const letter = yield* findLetter(consumer, position)
          const event = yield* Replay.eventAt(events, position)
          const work = registry.find(consumer)
          const data = work === undefined || Option.isNone(event) ? undefined : yield* work.show(event.value)
          return { letter, data }
        }),
        replay: ({ consumer, partition, ...behalf }) =>
          one.withPermits(1)(
            Effect.gen(function* () {
              yield* workOf(consumer)
              const partitions = partition === undefined ? yield* letters.held(consumer, mostPartitions) : [partition]
              return yield* replayAll(consumer, partitions, behalf)
            })
          ),
        discard: ({ consumer, position, ...behalf }) =>
          one.withPermits(1)(
            Effect.gen(function* () {
              const { fence } = yield* workOf(consumer)
              const letter = yield* findLetter(consumer, position)
              yield* transaction.run(
                Effect.gen(function* () {
                  yield* fence ?? Effect.void
                  yield* consumers.hold(consumer)
                  if (!(yield* letters.discard(consumer, position, behalf))) {
                    return yield* new LetterNotFound({ consumer, position })
                  }
                  yield* record("DeadLetterDiscarded", consumer, letter, behalf)
                })
              )
              return yield* replayAll(consumer, [letter], undefined)
            })
          )
      }
    })
  )
}
