/** Stores whose transactions store too much or too little, or show what is not stored yet. */
import { EventStoreFailure, ExpectedVersion, type NewEvent, type RecordedEvent, StreamId } from "@eventfold/event-store"
import { Cause, Context, Effect, Exit, Option, Stream } from "effect"
import { broken, type BrokenStore, type Fault, type Store } from "./BrokenStore.ts"

/** What a transaction has appended so far. */
interface Open {
  readonly appended: Array<readonly [stream: StreamId.StreamId, events: ReadonlyArray<NewEvent>]>
  readonly outer: Open | undefined
  readonly inner: Array<Open>
  refused: boolean
}

const Open = Context.Reference<Open | undefined>("@eventfold/testing/test/Open", { defaultValue: () => undefined })

type Run = NonNullable<Fault["transaction"]>["run"]

/** A row whose transactions remember what they append. */
const transactions = (
  breaks: string,
  fault: string,
  wrong: {
    /** Comes before the commit, inside the transaction. */
    readonly last?: (open: Open) => Effect.Effect<void, EventStoreFailure>
    /** Comes after the end. */
    readonly end?: (
      store: Store,
      open: Open,
      exit: Exit.Exit<unknown, unknown>
    ) => Effect.Effect<void, EventStoreFailure>
    readonly store?: (store: Store) => Partial<Store>
  }
): BrokenStore =>
  broken(breaks, fault, (store, transaction) => {
    const run: Run = (effect) =>
      Effect.flatMap(Open, (outer) => {
        const open: Open = { appended: [], outer, inner: [], refused: false }
        outer?.inner.push(open)
        // In memory a body may run again: then what it appended the first time does not count.
        const body = Effect.suspend(() => {
          open.appended.length = 0
          open.refused = false
          return Effect.tap(Effect.provideService(effect, Open, open), () => wrong.last?.(open) ?? Effect.void)
        })
        return Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(Effect.exit(restore(transaction.run(body))), (exit) =>
            Effect.andThen(wrong.end?.(store, open, exit) ?? Effect.void, exit)
          )
        )
      })
    const append: Store["append"] = Effect.fnUntraced(function* (stream, expected, events) {
      const open = yield* Open
      const answer = yield* Effect.tapError(store.append(stream, expected, events), () =>
        Effect.sync(() => {
          if (open !== undefined) open.refused = true
        })
      )
      open?.appended.push([stream, events])
      return answer
    })
    return { transaction: { run }, store: { append, ...wrong.store?.({ ...store, append }) } }
  })

/** Appends again what a transaction has taken back. */
const keep = (store: Store, { appended }: Open) =>
  Effect.forEach(appended, ([stream, events]) => store.append(stream, ExpectedVersion.Any, events), {
    discard: true
  }).pipe(Effect.orDie)

const failedBy = (exit: Exit.Exit<unknown, unknown>, kind: "Fail" | "Die" | "Interrupt") =>
  Exit.isFailure(exit) && exit.cause.reasons.some((reason) => reason._tag === kind)

/** Whether a transaction failed for a reason of the business, not of the store. */
const failedByBusiness = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) && Option.contains(Cause.findErrorOption(exit.cause), "no")

const isOf = (open: Open | undefined, id: string) =>
  open !== undefined && open.appended.some(([, events]) => events.some((event) => event.id === id))

const showsTooEarly = (): BrokenStore => {
  const pending = new Map<string, ReadonlyArray<RecordedEvent>>()
  return transactions(
    "nobody else sees an append of a transaction before all of it is stored",
    "shows others what is not stored yet",
    {
      end: (_, { appended }) =>
        Effect.sync(() => appended.forEach(([stream]) => pending.delete(StreamId.format(stream)))),
      store: (store) => ({
        append: Effect.fnUntraced(function* (stream, expected, events) {
          const answer = yield* store.append(stream, expected, events)
          const inside = (yield* Open) !== undefined
          if (inside) pending.set(StreamId.format(stream), yield* Stream.runCollect(store.read(stream)))
          return answer
        }),
        read: (stream, options) => {
          const events = pending.get(StreamId.format(stream))
          return events === undefined ? store.read(stream, options) : Stream.fromIterable(events)
        }
      })
    }
  )
}

const forgetsTheLog = (): BrokenStore => {
  const ids = new Set<string>()
  return transactions(
    "the log shows every event after a position, in the order of strictly growing positions",
    "leaves out of the log what a transaction has appended",
    {
      end: (_, { appended }) =>
        Effect.sync(() => appended.forEach(([, events]) => events.forEach(({ id }) => ids.add(id)))),
      store: (store) => ({
        readAll: (options) => Stream.filter(store.readAll(options), ({ id }) => !ids.has(id))
      })
    }
  )
}

/** Stores with wrong transactions. */
export const brokenTransactions: ReadonlyArray<BrokenStore> = [
  transactions(
    "a transaction that succeeds stores all its appends, however many",
    "loses what comes after twenty appends",
    {
      store: (store) => ({
        append: Effect.fnUntraced(function* (stream, expected, events) {
          const open = yield* Open
          if (open === undefined || open.appended.length < 20) return yield* store.append(stream, expected, events)
          return { version: 0, position: 0 }
        })
      })
    }
  ),
  transactions("a transaction that fails stores nothing", "takes back only what the store itself refused", {
    end: (store, open, exit) => (open.outer === undefined && failedByBusiness(exit) ? keep(store, open) : Effect.void)
  }),
  transactions("a transaction that dies of a defect stores nothing", "commits after a defect", {
    end: (store, open, exit) => (failedBy(exit, "Die") ? keep(store, open) : Effect.void)
  }),
  transactions("a transaction that is interrupted stores nothing", "commits after an interruption", {
    end: (store, open, exit) => (failedBy(exit, "Interrupt") ? keep(store, open) : Effect.void)
  }),
  transactions(
    "a transaction inside another joins it: when the outer one fails, nothing of either is stored",
    "commits the inner one by itself",
    {
      end: (store, open, exit) =>
        open.outer === undefined && failedByBusiness(exit)
          ? Effect.forEach(open.inner, (inner) => keep(store, inner), { discard: true })
          : Effect.void
    }
  ),
  broken(
    "a transaction inside another that fails and is caught takes back only its own appends",
    "takes nothing back until the outer one ends",
    () => ({
      transaction: { run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.tx(effect) as Effect.Effect<A, E, R> }
    })
  ),
  transactions(
    "a transaction sees its own appends, when it reads and when it appends again",
    "reads what was there before the transaction",
    {
      store: (store) => ({
        readPage: (stream, page) =>
          Effect.flatMap(Open, (open) =>
            Effect.map(store.readPage(stream, page), (events) => events.filter(({ id }) => !isOf(open, id)))
          )
      })
    }
  ),
  transactions("a transaction goes on after a refused append", "cannot go on", {
    last: (open) =>
      open.refused
        ? Effect.fail(new EventStoreFailure({ operation: "Transaction.run", retryable: false, cause: "aborted" }))
        : Effect.void
  }),
  showsTooEarly(),
  forgetsTheLog()
]
