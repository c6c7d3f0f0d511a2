/**
 * The workers this process runs: one fiber per slice of each consumer, each of which begins again by itself whatever fails.
 *
 * A pool is told which consumers there are to be; it begins those that are new and ends those that are gone.
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import { Duration, Effect, Exit, Scope } from "effect"
import type { ConsumerProgress } from "./ConsumerProgress.ts"
import { ConsumerRegistry } from "./ConsumerRegistry.ts"
import type { Consumers } from "./Consumers.ts"
import type { ConsumerWork } from "./ConsumerWork.ts"
import * as ConsumerWorker from "./ConsumerWorker.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import { NodePlacement } from "./NodePlacement.ts"
import type { Subscriptions } from "./Subscriptions.ts"

/** All that workers need. */
export type PoolServices =
  | Consumers
  | ConsumerProgress
  | ConsumerRegistry
  | DeadLetters
  | EventStore
  | Subscriptions
  | Transaction

/** How workers compete. */
export interface PoolOptions {
  /** One text per process that competes. */
  readonly owner: string
  /** After this time a process that is not heard of any more is replaced. */
  readonly leaseTime: Duration.Input
  /** Comes when a worker has come to the end of the log for the first time. */
  readonly onEnd: Effect.Effect<void>
}

/** A consumer that is worked for. */
export interface Running {
  readonly work: ConsumerWork
  readonly workers: ReadonlyArray<ConsumerWorker.ConsumerWorker>
}

/** The workers of a process. */
export interface ConsumerPool {
  /** Works for these from now on, and for no others. Those it works for already go on, unless they rest at other times. */
  keep(works: ReadonlyArray<ConsumerWork>): Effect.Effect<void, never, PoolServices>
  readonly running: () => ReadonlyArray<Running>
  /** Lets the workers of a consumer look at once whether it is stopped or started. */
  nudge(consumer: string): Effect.Effect<void>
}

/** A pool without consumers. Its workers end with the scope, and give their leases back. */
export const make = Effect.fnUntraced(function* (options: PoolOptions) {
  const pool = yield* Effect.scope
  const current = new Map<string, Running & { readonly scope: Scope.Closeable }>()
  const placement = yield* NodePlacement
  const leaseTime = Duration.fromInputUnsafe(options.leaseTime)

  const begin = Effect.fnUntraced(function* (work: ConsumerWork) {
    const scope = yield* Scope.fork(pool)
    yield* Scope.provide((yield* ConsumerRegistry).add(work), scope)
    const slices = Array.from({ length: work.pace.slices }, (_, slice) => slice)
    const workers = yield* Effect.forEach(slices, (slice) =>
      ConsumerWorker.make(work, slice, { owner: options.owner, leaseTime, onEnd: options.onEnd })
    ).pipe(Scope.provide(scope))
    current.set(work.consumer, { work, workers, scope })
    yield* Effect.forEach(workers, ({ run }) => Effect.forkIn(run, scope), { discard: true })
  })

  const end = Effect.fnUntraced(function* (consumer: string) {
    const gone = current.get(consumer)
    current.delete(consumer)
    if (gone !== undefined) yield* Scope.close(gone.scope, Exit.void)
  })

  return {
    keep: Effect.fnUntraced(function* (works) {
      const wanted = new Map(works.map((work) => [work.consumer, work]))
      for (const [consumer, { work }] of Array.from(current)) {
        const pace = wanted.get(consumer)?.pace
        if (pace === undefined || pace.schedule !== work.pace.schedule || pace.rest !== work.pace.rest) {
          yield* end(consumer)
        }
      }
      for (const work of works) if (!current.has(work.consumer)) yield* begin(work)
    }),
    running: () => Array.from(current.values(), ({ work, workers }) => ({ work, workers })),
    nudge: Effect.fnUntraced(function* (consumer) {
      yield* placement.look
      yield* Effect.forEach(current.get(consumer)?.workers ?? [], ({ nudge }) => nudge, { discard: true })
    })
  } satisfies ConsumerPool
})
