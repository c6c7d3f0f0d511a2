/**
 * Finds sagas that are due, or that were left by a process that is gone, and has them driven. One process of all does so,
 * under a lease.
 *
 * Guarantees: who takes the lease looks at once at every saga that was doing something at that moment, since nobody may be
 * there any more to go on with it; from then on at those that are due, in pages, at least once a second.
 *
 * Gotcha: what another process that still lives is driving is driven twice then, which does no harm: its command has the
 * same id, and of two outcomes one is appended.
 */
import type { Specification } from "@eventfold/decider"
import { type CommandServices, EventStore, ReadModelNotReady } from "@eventfold/event-store"
import { ConsistencyDemand, Consumers, ReadModels } from "@eventfold/subscriptions"
import * as LeaseKeeper from "@eventfold/subscriptions/LeaseKeeper"
import * as Nudge from "@eventfold/subscriptions/Nudge"
import { Cause, Clock, DateTime, Duration, Effect } from "effect"
import type { SagaDriver } from "./SagaDriver.ts"
import * as SagaRows from "./SagaRows.ts"
import type * as SagaTenants from "./SagaTenants.ts"

/** How the sweeper works. */
export interface SweeperOptions {
  /** One text per process. */
  readonly owner: string
  readonly leaseTime: Duration.Duration
  /** The most sagas in a page. */
  readonly pageSize: number
}

/** The consumer whose lease it is. */
export const consumer = "saga-sweeper"

/** Looks for sagas for as long as its scope is open. */
export const make = Effect.fnUntraced(function* (
  driver: SagaDriver,
  tenants: ReturnType<typeof SagaTenants.make>,
  { leaseTime, owner, pageSize }: SweeperOptions
) {
  const consumers = yield* Consumers
  const readModels = yield* ReadModels
  const store = yield* EventStore
  const services = yield* Effect.context<CommandServices>()
  const tenantsNow = Effect.provideContext(tenants.all, services)

  const driveRow = Effect.fnUntraced(function* (tenant: string, id: string, now: number) {
    const ref = { tenant, id }
    if (driver.drives(ref) || driver.rests(ref, now)) return
    while (!(yield* driver.wake(ref))) yield* Effect.sleep("10 millis")
  })

  /** Looks at what a process that is gone may have left. */
  const takeOver = Effect.gen(function* () {
    const position = yield* store.end
    for (const tenant of yield* tenantsNow) {
      const all = pages(tenant, SagaRows.inStatus("active"))
      yield* all.pipe(
        ConsistencyDemand.demand({ tenant, position, streams: [] }),
        // Rows that are far behind will show the others as soon as they are due.
        Effect.catchTag("NotUpToDate", () => all)
      )
    }
  })

  const pages = Effect.fnUntraced(function* (tenant: string, where: Specification.Specification<SagaRows.SagaRow>) {
    let after: string | undefined
    do {
      const page = yield* readModels.find(SagaRows.readModel, tenant, { where, limit: pageSize, after })
      const now = yield* Clock.currentTimeMillis
      for (const { sagaId } of page.rows) yield* driveRow(tenant, sagaId, now)
      after = page.next
    } while (after !== undefined)
  })

  /** Has what is due driven. Answers how long there is nothing to do, in milliseconds. */
  const look = Effect.fnUntraced(function* (tenant: string) {
    const end = (yield* Clock.currentTimeMillis) + longestWait
    const where = SagaRows.dueBy(DateTime.makeUnsafe(end))
    let after: string | undefined
    do {
      const page = yield* readModels.find(SagaRows.readModel, tenant, {
        where,
        sort: SagaRows.dueFirst,
        limit: pageSize,
        after
      })
      const now = yield* Clock.currentTimeMillis
      for (const { dueAt, sagaId } of page.rows) {
        const wait = (dueAt?.epochMilliseconds ?? now) - now
        if (wait > 0) return Math.min(longestWait, wait)
        yield* driveRow(tenant, sagaId, now)
      }
      after = page.next
    } while (after !== undefined)
    return longestWait
  })

  const lookAtAll = Effect.gen(function* () {
    const waits = yield* Effect.forEach(yield* tenantsNow, look)
    // A row that is not up to date yet is found again and again: not in a hurry.
    yield* Effect.sleep(Math.max(shortestWait, Math.min(longestWait, ...waits)))
  })

  let problem = false
  const underLease = LeaseKeeper.work(
    consumers,
    { consumer, slice: 0 },
    { owner, timeToLive: leaseTime, nudge: Nudge.make() },
    () =>
      Effect.andThen(
        takeOver,
        Effect.forever(
          Effect.andThen(
            lookAtAll,
            Effect.sync(() => (problem = false))
          )
        )
      )
  )
  const again = Effect.gen(function* () {
    yield* consumers.register(consumer, 1, 0)
    yield* underLease
    yield* Effect.sleep(Duration.millis(Duration.toMillis(leaseTime) / 2))
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.gen(function* () {
        // Rows that are being built for the first time are there in a moment.
        const isBuilt = !(Cause.squash(cause) instanceof ReadModelNotReady)
        if (isBuilt && !problem) yield* Effect.logWarning("nobody looks for sagas that are due", cause)
        problem ||= isBuilt
        yield* Effect.sleep(isBuilt ? "1 second" : "100 millis")
      })
    )
  )
  yield* Effect.forkScoped(Effect.forever(again))
})

/** How long the sweeper sleeps, in milliseconds. */
const [shortestWait, longestWait] = [20, 1_000]
