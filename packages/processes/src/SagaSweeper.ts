/**
 * Finds sagas that are due, or that were left by a process that is gone, and has them driven. They are divided into slices by
 * their ids; for each one process of all does so, under a lease.
 *
 * Guarantees: who takes the lease of a slice looks at once at every saga of it that was doing something at that moment, since
 * nobody may be there any more to go on with it, and so it does when a node is gone that was there, as `NodePlacement` tells;
 * from then on at those that are due, in pages, at least once a second.
 *
 * Gotcha: what another process that still lives is driving is driven twice then, which does no harm: its command has the
 * same id, and of two outcomes one is appended.
 */
import type { Specification } from "@eventfold/decider"
import { type CommandServices, EventStore, ReadModelNotReady } from "@eventfold/event-store"
import { ConsistencyDemand, Consumers, NodePlacement, ReadModels } from "@eventfold/subscriptions"
import { inSlice } from "@eventfold/subscriptions/ConsumerWork"
import * as LeaseKeeper from "@eventfold/subscriptions/LeaseKeeper"
import * as Nudge from "@eventfold/subscriptions/Nudge"
import { Cause, Clock, DateTime, Duration, Effect } from "effect"
import type { SagaDriver } from "./SagaDriver.ts"
import type { SagaRef } from "./SagaStreams.ts"
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

/** The consumer whose leases they are. */
export const consumer = "saga-sweeper"

/** Into how many slices sagas are divided. Each of those who have one reads all that are due. */
export const slices = 4

/** Looks for sagas for as long as its scope is open. */
export const make = Effect.fnUntraced(function* (
  driver: SagaDriver,
  tenants: ReturnType<typeof SagaTenants.make>,
  { leaseTime, owner, pageSize }: SweeperOptions
) {
  const consumers = yield* Consumers
  const readModels = yield* ReadModels
  const store = yield* EventStore
  const placement = yield* NodePlacement.NodePlacement
  const services = yield* Effect.context<CommandServices>()
  const tenantsNow = Effect.provideContext(tenants.all, services)

  const driveRow = Effect.fnUntraced(function* (isMine: IsMine, tenant: string, id: string, now: number) {
    const ref = { tenant, id }
    if (!isMine(ref) || driver.drives(ref) || driver.rests(ref, now)) return
    while (!(yield* driver.wake(ref))) yield* Effect.sleep("10 millis")
  })

  /** Looks at what a process that is gone may have left. Answers whether the rows showed everything up to a position. */
  const takeOver = Effect.fnUntraced(function* (isMine: IsMine, position: number) {
    let isAll = true
    for (const tenant of yield* tenantsNow) {
      const all = pages(isMine, tenant, SagaRows.inStatus("active"))
      yield* all.pipe(
        ConsistencyDemand.demand({ tenant, position, streams: [] }),
        Effect.catchTag("NotUpToDate", () => {
          isAll = false
          return all
        })
      )
    }
    return isAll
  })

  const pages = Effect.fnUntraced(function* (
    isMine: IsMine,
    tenant: string,
    where: Specification.Specification<SagaRows.SagaRow>
  ) {
    let after: string | undefined
    do {
      const page = yield* readModels.find(SagaRows.readModel, tenant, { where, limit: pageSize, after })
      const now = yield* Clock.currentTimeMillis
      for (const { sagaId } of page.rows) yield* driveRow(isMine, tenant, sagaId, now)
      after = page.next
    } while (after !== undefined)
  })

  /** Has what is due driven. Answers how long there is nothing to do, in milliseconds. */
  const look = Effect.fnUntraced(function* (isMine: IsMine, tenant: string) {
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
        yield* driveRow(isMine, tenant, sagaId, now)
      }
      after = page.next
    } while (after !== undefined)
    return longestWait
  })

  const lookAtAll = Effect.fnUntraced(function* (isMine: IsMine) {
    const waits = yield* Effect.forEach(yield* tenantsNow, (tenant) => look(isMine, tenant))
    // A row that is not up to date yet is found again and again: not in a hurry.
    return Math.max(shortestWait, Math.min(longestWait, ...waits))
  })

  let problem = false
  /** Looks after the sagas of a slice, for as long as it has the lease. */
  const sweep = (isMine: IsMine) =>
    Effect.gen(function* () {
      while (true) {
        const departures = placement.departures()
        const position = yield* store.end
        // Rows that are far behind are looked at again; what they never show is found when it is due.
        let left = (yield* takeOver(isMine, position)) ? 0 : mostLooks
        while (placement.departures() === departures) {
          let wait = yield* lookAtAll(isMine)
          problem = false
          if (left > 0) left = (yield* takeOver(isMine, position)) ? 0 : left - 1
          for (; wait > 0 && placement.departures() === departures; wait -= step) {
            yield* Effect.sleep(Math.min(wait, step))
          }
        }
      }
    })

  const again = (slice: number, seat: NodePlacement.Seat, nudge: Nudge.Nudge) =>
    Effect.gen(function* () {
      yield* consumers.register(consumer, slices, 0)
      if (seat.isTurn()) {
        const swept = (ref: SagaRef) => inSlice(slice, slices)({ tenant: ref.tenant, partition: ref.id })
        yield* LeaseKeeper.work(consumers, { consumer, slice }, { owner, timeToLive: leaseTime, nudge }, () =>
          Effect.raceFirst(sweep(swept), seat.wanted)
        )
      }
      yield* nudge.wait(Duration.millis(Duration.toMillis(leaseTime) / 3))
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
  for (let slice = 0; slice < slices; slice += 1) {
    const nudge = Nudge.make()
    const seat = yield* placement.join({ consumer, slice }, nudge)
    yield* Effect.forkScoped(Effect.forever(again(slice, seat, nudge)))
  }
})

type IsMine = (saga: SagaRef) => boolean

/** How long the sweeper sleeps, in milliseconds. */
const [shortestWait, longestWait] = [20, 1_000]
/** How often it looks for what was left, as long as the rows are behind. */
const mostLooks = 20
/** How often it asks meanwhile whether a node is gone: that costs nothing. */
const step = 200
