/**
 * The port to a unit of work: what runs inside is stored as a whole or not at all.
 *
 * Appends and everything else that writes through the same storage join the transaction that is open. Inside another
 * transaction `run` joins it too; when the inner one fails and the outer one carries on, only what the inner one did is
 * taken back. A failure, a defect or an interruption rolls back.
 *
 * Gotchas: keep it short, and never wait inside for what another fiber stores: the embedded database runs transactions
 * one after another. In memory the body runs again when another transaction has committed in between, so it must have
 * no effects besides those on stores.
 */
import { Context, Effect, Layer, Option, TxRef } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"

/** The port to a unit of work. */
export class Transaction extends Context.Service<
  Transaction,
  {
    /** Runs `effect` so that all it stores becomes visible together when it succeeds, and nothing when it does not. */
    run<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | EventStoreFailure, R>
  }
>()("@eventfold/event-store/Transaction") {
  /** Builds the service from what a layer implements. */
  static make(driver: Transaction["Service"]): Transaction["Service"] {
    return {
      run: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.flatMap(AfterCommit, (outer) => {
          const own: Pending = { effects: [], ended: false }
          // A body that runs again registers again.
          const body = Effect.suspend(() => {
            own.effects.length = 0
            return Effect.provideService(effect, AfterCommit, own)
          })
          return driver.run(body).pipe(
            Effect.ensuring(Effect.sync(() => (own.ended = true))),
            Effect.tap(() => {
              if (outer === undefined || outer.ended) return Effect.all(own.effects, { discard: true })
              outer.effects.push(...own.effects)
              return Effect.void
            })
          )
        })
    }
  }

  /**
   * Runs `effect` once what is under way is stored: after the outermost open transaction has committed, or at once when
   * none is open. It is dropped when the transaction it was registered in, or one around it, does not commit. For what
   * may only follow from stored facts: caches, wake-ups. It may be lost with the process: nothing may depend on it.
   */
  static afterCommit(effect: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.flatMap(AfterCommit, (pending) => {
      if (pending === undefined || pending.ended) return effect
      pending.effects.push(effect)
      return Effect.void
    })
  }

  /** Transactions over the memory layers of this package: optimistic, by Effect's transactional references. */
  static readonly layerMemory: Layer.Layer<Transaction> = Layer.sync(Transaction, () =>
    Transaction.make({
      run: <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
        Effect.flatMap(Effect.serviceOption(Effect.Transaction), (outer) => {
          // `Effect.tx` takes its own service out of `R`; `effect` never asks for it by itself.
          const transaction = Effect.tx(effect) as Effect.Effect<A, E, R>
          return Option.isNone(outer) ? transaction : Effect.onError(transaction, takenBack(outer.value))
        })
    })
  )
}

/** What waits for the end of an open transaction. A fiber that outlives it finds it ended. */
interface Pending {
  readonly effects: Array<Effect.Effect<void>>
  ended: boolean
}

const AfterCommit = Context.Reference<Pending | undefined>("@eventfold/event-store/AfterCommit", {
  defaultValue: () => undefined
})

/** Remembers what a transaction has written so far and answers how to return to it. */
const takenBack = ({ journal }: Effect.Transaction["Service"]) => {
  const before = new Map(Array.from(journal, ([ref, entry]) => [ref, entry.value]))
  return () =>
    // What the failed part touched stays in the journal: the outer part relies on it, so it is still checked at the end.
    Effect.forEach(Array.from(journal.keys()), (ref) => TxRef.set(ref, before.has(ref) ? before.get(ref) : ref.value), {
      discard: true
    })
}
