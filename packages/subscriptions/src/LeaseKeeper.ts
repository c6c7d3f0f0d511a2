/**
 * Works under a lease for as long as it is held: renews it at a third of its time, and gives it back at the end.
 *
 * Guarantees: the work ends as soon as the lease is known to be lost, the consumer is stopped, or the lease could not be
 * renewed for its whole time: somebody else may have it by then. The lease is given back however the work ends, so that a
 * successor need not wait. While a transaction of the work is open the lease is not renewed, and counts as held: the
 * transaction has the slice locked, so a renewal would wait for it, and nobody else can get the lease meanwhile. That
 * holds for {@link longestTransaction}.
 *
 * Gotcha: work that goes on for an instant after the lease is lost can store nothing: `Consumers.advance` is fenced.
 */
import { Clock, Duration, Effect, Latch, Option, Schema } from "effect"
import type { Consumers, ConsumerSlice, Lease } from "./Consumers.ts"
import { inTime } from "./InTime.ts"
import type { Nudge } from "./Nudge.ts"

/** Somebody else may work for the slice, or nobody is to. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", {
  consumer: Schema.String,
  slice: Schema.Int
}) {
  override get message() {
    return `the lease of slice ${this.slice} of ${this.consumer} is lost`
  }
}

/** How a lease is kept. */
export interface Keeping {
  readonly owner: string
  readonly timeToLive: Duration.Duration
  /** Ends the wait for the next renewal: somebody may have stopped the consumer. */
  readonly nudge: Nudge
}

/** A lease that is kept. */
export interface KeptLease extends Lease {
  /** Runs a transaction whose first statement is `Consumers.advance` under this lease. */
  readonly during: <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** How long leases run unless it is said otherwise: after so long a process that died, or is frozen, is replaced. */
export const usualTime = Duration.seconds(3)

/** For so long an open transaction stands in for renewals. A store takes back what has been open for longer. */
export const longestTransaction = Duration.seconds(60)

/** Works under the lease of a slice. None when it cannot be had now; else it ends as the work does, or as lost. */
export const work = Effect.fnUntraced(function* <E, R>(
  consumers: Consumers["Service"],
  slice: ConsumerSlice,
  { nudge, owner, timeToLive }: Keeping,
  use: (lease: KeptLease) => Effect.Effect<void, E, R>
) {
  const lease = yield* inTime(consumers.acquire(slice, owner, timeToLive), timeToLive)
  if (Option.isNone(lease)) return Option.none<void>()
  const open = yield* transactions
  const renewing = keep(consumers, lease.value, timeToLive, nudge, open)
  // A store that does not answer must not keep a process from ending.
  const giveBack = Effect.ignore(inTime(consumers.release(lease.value), timeToLive))
  const using = use({ ...lease.value, during: open.during })
  return Option.some(yield* Effect.ensuring(Effect.raceFirst(using, renewing), giveBack))
})

const keep = Effect.fnUntraced(function* (
  consumers: Consumers["Service"],
  lease: Lease,
  timeToLive: Duration.Duration,
  nudge: Nudge,
  open: Transactions
) {
  const [millis, third] = [Duration.toMillis(timeToLive), Duration.millis(Duration.toMillis(timeToLive) / 3)]
  let renewed = yield* Clock.currentTimeMillis
  while (true) {
    yield* nudge.wait(third)
    renewed = Math.max(renewed, yield* open.ended)
    const asked = yield* Clock.currentTimeMillis
    const answer = yield* Effect.option(inTime(consumers.renew(lease, timeToLive), third))
    if (Option.isSome(answer) && answer.value) renewed = asked
    const late = !open.isOpen() && (yield* Clock.currentTimeMillis) - renewed >= millis
    if (late || (Option.isSome(answer) && !answer.value)) {
      return yield* new LeaseLost({ consumer: lease.consumer, slice: lease.slice })
    }
  }
})

/** The transactions under a lease, one at a time. */
interface Transactions {
  readonly during: KeptLease["during"]
  readonly isOpen: () => boolean
  /** Waits while one is open, so long at the most; answers when the last one was committed: then the lease was held. */
  readonly ended: Effect.Effect<number>
}

const transactions = Effect.sync((): Transactions => {
  const idle = Latch.makeUnsafe(true)
  let committedAt = Number.NEGATIVE_INFINITY
  const committed = Effect.map(Clock.currentTimeMillis, (now) => {
    committedAt = now
  })
  return {
    during: (transaction) =>
      Effect.ensuring(
        Effect.andThen(
          idle.close,
          Effect.tap(transaction, () => committed)
        ),
        idle.open
      ),
    isOpen: () => !idle.isOpen(),
    ended: Effect.map(Effect.timeoutOption(idle.await, longestTransaction), () => committedAt)
  }
})
