/**
 * Says how consumers are doing, from their workers and from the store. It never fails: what the store does not answer is
 * left out, and the workers say what they know.
 */
import { EventStore } from "@eventfold/event-store"
import { Effect } from "effect"
import type { Running } from "./ConsumerPool.ts"
import { Consumers } from "./Consumers.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { type ConsumerStatus, lagBound, statusOf } from "./ProjectionStatus.ts"

/** How the consumers are doing. One query for all of them, one per consumer that is behind. */
export const of = Effect.fnUntraced(function* (running: ReadonlyArray<Running>) {
  const [consumers, deadLetters, store] = [yield* Consumers, yield* DeadLetters, yield* EventStore]
  const names = running.map(({ work }) => work.consumer)
  const asked = Effect.all({ states: consumers.states(names), letters: deadLetters.counts })
  const view = yield* Effect.orElseSucceed(asked, () => ({ states: [], letters: [] }))

  return yield* Effect.forEach(
    running,
    Effect.fnUntraced(function* ({ work, workers }) {
      const statuses = yield* Effect.forEach(workers, ({ recorder }) => recorder.status)
      const { position } = statusOf(work.consumer, statuses, view, undefined)
      const page = store.readLog({ after: position, limit: lagBound, filter: work.filter })
      const lag = yield* page.pipe(
        Effect.map(({ end, events }) => ({ count: events.length, atLeast: !end })),
        Effect.orElseSucceed(() => undefined)
      )
      const status: ConsumerStatus = statusOf(work.consumer, statuses, view, lag)
      return status
    }),
    { concurrency: 4 }
  )
})
