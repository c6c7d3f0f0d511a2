/**
 * The list of orders: a read model that takes in the events of all orders in the order of the log.
 *
 * Guarantees: who asks sees everything stored before the question, or is told that some of it may be missing. An event
 * that cannot be decoded holds back its order only, which stays as it was before: it is logged, reported by `progress`,
 * and tried again every second, so that a repair is taken in without more ado. Nothing is skipped. Whatever else fails
 * stops the list for as long as it lasts, and is tried again with every question and every second.
 */
import { EventStore, type ReadModelFailure, type Transaction } from "@eventfold/event-store"
import {
  Cause,
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  Exit,
  FiberSet,
  Layer,
  Option,
  Predicate,
  Schedule,
  Semaphore
} from "effect"
import { takeInAll } from "./OrderListIntake.ts"
import * as OrderListRetries from "./OrderListRetries.ts"
import { failure, OrderListStorage } from "./OrderListStorage.ts"
import { Settings } from "../Settings.ts"
import type { FindOrders, OrderPage } from "./OrderQueries.ts"

/** How far the list has got. */
export interface Progress {
  /** How many events it has yet to take in; counting stops at {@link mostPendingCounted}. */
  readonly pending: number
  /** How long the oldest of them has been waiting, in milliseconds. */
  readonly lagMillis: number
  /** Why it does not get on, in words; undefined when it does. */
  readonly problem: string | undefined
  /** The orders that wait for an event that can be decoded; undefined when none does. */
  readonly stuck: StuckOrders | undefined
}

/** The orders that wait for an event that can be decoded. */
export interface StuckOrders {
  /** How many there are; counting stops at {@link mostStuckCounted}. */
  readonly orders: number
  /** At which event the first of them is stuck, and why, in words. */
  readonly first: string
}

/** How long a question waits for the list to be up to date, unless half of the time for a request is less. */
const longestWait = Duration.seconds(5)

/** Where the counting of pending events stops. */
export const mostPendingCounted = 100

/** Where the counting of stuck orders stops. */
export const mostStuckCounted = 100

/** The list of orders. */
export class OrderList extends Context.Service<
  OrderList,
  {
    /**
     * A page of the list, after taking in what is new. `upToDate` is false when that failed or took too long, and while
     * an order of the tenant is stuck.
     */
    find(query: FindOrders): Effect.Effect<OrderPage, ReadModelFailure>
    /** Has the list take in what is new, in the background: never waits and never fails. */
    readonly wake: Effect.Effect<void>
    /** How far the list has got. */
    readonly progress: Effect.Effect<Progress, ReadModelFailure>
  }
>()("@eventfold/orders-api/OrderList") {
  /** The list over a storage and the event store, kept up to date while the layer lives. */
  static readonly layer: Layer.Layer<OrderList, never, EventStore | OrderListStorage | Settings | Transaction> =
    Layer.effect(
      OrderList,
      Effect.gen(function* () {
        const { requestTimeout } = yield* Settings
        const patience = Duration.min(longestWait, Duration.times(requestTimeout, 0.5))
        const store = yield* EventStore
        const storage = yield* OrderListStorage
        const scope = yield* Effect.scope
        const context = yield* Effect.context<EventStore | OrderListStorage | Transaction>()
        const oneAtATime = yield* Semaphore.make(1)
        const runs = yield* FiberSet.make<boolean>()
        const fork = yield* FiberSet.runtime(runs)()
        const intake = newsOf("the list of orders does not get on", "the list of orders gets on again")
        const retries = newsOf("stuck orders cannot be tried again", "stuck orders are tried again")
        let next: Deferred.Deferred<boolean> | undefined
        let waking = false

        const run = Effect.gen(function* () {
          // Whoever comes from here on may want what this run has already read past.
          next = undefined
          const outcome = yield* Effect.exit(Effect.provideContext(takeInAll(requestTimeout), context))
          yield* intake.note(outcome)
          return Exit.isSuccess(outcome)
        })

        /** One run at a time, one more waiting for all who came since it began. It outlives whoever asked for it. */
        const catchUp = Effect.suspend(() => {
          if (next !== undefined) return Deferred.await(next)
          const mine = (next = Deferred.makeUnsafe<boolean>())
          // Forked at once: an interruption in between would leave a promise that nobody keeps.
          fork(
            Effect.onExit(oneAtATime.withPermits(1)(run), (exit) =>
              Deferred.done(mine, Exit.isSuccess(exit) ? exit : Exit.succeed(false))
            )
          )
          return Deferred.await(mine)
        })

        /** Many commands in a short time are taken in together: questions do not wait for this. */
        const wake = Effect.suspend(() => {
          if (waking) return Effect.void
          waking = true
          return Effect.sleep("50 millis").pipe(
            Effect.andThen(Effect.sync(() => (waking = false))),
            Effect.andThen(catchUp),
            Effect.forkIn(scope),
            Effect.asVoid
          )
        })

        // For what other processes store.
        yield* Effect.forkScoped(Effect.repeat(catchUp, Schedule.spaced("1 second")))

        // Beside it: questions never wait for orders that are stuck.
        const retry = OrderListRetries.make(requestTimeout, retries.note)
        yield* Effect.repeat(retry, { while: (again) => again }).pipe(
          Effect.repeat(Schedule.spaced("1 second")),
          Effect.provideContext(context),
          Effect.forkScoped
        )

        return {
          find: Effect.fn("OrderList.find")(function* (query) {
            const { tenant } = query
            const taken = Option.getOrElse(yield* Effect.timeoutOption(catchUp, patience), () => false)
            // Asked before the rows: an order that is released in between is in them all the same.
            const upToDate = taken && (yield* storage.stuckPage({ tenant, after: 0, limit: 1 })).length === 0
            const rows = yield* storage.page({ ...query, limit: query.limit + 1 })
            const onPage = rows.slice(0, query.limit)
            const last = onPage.at(-1)
            return {
              orders: onPage.map((row) => row.summary),
              ...(rows.length > onPage.length && last !== undefined ? { next: last.place } : {}),
              upToDate
            }
          }),
          wake,
          progress: Effect.gen(function* () {
            const after = yield* storage.checkpoint
            const { events } = yield* Effect.mapError(store.readLog({ after, limit: mostPendingCounted }), failure)
            const stuck = yield* storage.stuckPage({ after: 0, limit: mostStuckCounted })
            const oldest = events[0]?.recordedAt.epochMilliseconds
            const now = yield* Clock.currentTimeMillis
            return {
              pending: events.length,
              lagMillis: oldest === undefined ? 0 : Math.max(0, now - oldest),
              problem: intake.problem() ?? retries.problem(),
              stuck:
                stuck[0] === undefined
                  ? undefined
                  : {
                      orders: stuck.length,
                      first: yield* Effect.provideContext(OrderListRetries.reasonOf(stuck[0]), context)
                    }
            }
          })
        }
      })
    )
}

/** Keeps what does not work, and logs it when it is news: it is tried again every second. */
const newsOf = (bad: string, good: string) => {
  let problem: string | undefined
  return {
    problem: () => problem,
    note: (outcome: Exit.Exit<void, { readonly message: string }>) => {
      // The service is being closed.
      if (Exit.hasInterrupts(outcome)) return Effect.void
      const before = problem
      problem = Exit.isFailure(outcome) ? wordsOf(outcome.cause) : undefined
      if (problem === before) return Effect.void
      return problem === undefined ? Effect.logInfo(good) : Effect.logError(`${bad}: ${problem}`)
    }
  }
}

const wordsOf = (cause: Cause.Cause<{ readonly message: string }>): string => {
  const error = Cause.squash(cause)
  return Predicate.hasProperty(error, "message") ? String(error.message) : String(error)
}
