/**
 * The event store on PostgreSQL, embedded or served: concurrent appends share one call, one query reads a page.
 *
 * An append outside a `Transaction` is put together with those that other fibers make at the same moment (see
 * `AppendCoalescer.ts`); inside one it joins it, because both speak through the same SQL client. Reading the log in order
 * needs READ COMMITTED, which is what `Transaction` opens.
 *
 * Appends with events that a participant wants are stored in a transaction with what the participant writes: see
 * `ToldAppends.ts`. All others pay nothing for it.
 */
import { AppendParticipants, AppendSignal, EventStore, Transaction } from "@eventfold/event-store"
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import * as AppendCoalescer from "./AppendCoalescer.ts"
import * as Appends from "./Appends.ts"
import * as StoredEvents from "./StoredEvents.ts"
import * as ToldAppends from "./ToldAppends.ts"
import * as TransactionPostgres from "./TransactionPostgres.ts"

/** The event store in the database of the SQL client; its tables are made by `Migrations`. */
export const layerPostgres: Layer.Layer<EventStore, never, SqlClient.SqlClient | AppendParticipants | AppendSignal> =
  Layer.effect(
    EventStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const signal = yield* AppendSignal
      const transaction = yield* Effect.provide(Transaction, TransactionPostgres.layerPostgres)
      const appends = Appends.make(sql)
      const told = ToldAppends.make(sql, transaction, yield* AppendParticipants)
      const coalesced = yield* AppendCoalescer.make({
        ...appends,
        isLong: told.isLong,
        // Once for all that were stored together.
        together: (together) =>
          Effect.tap((together.some(told.isWanted) ? told : appends).together(together), signal.ring),
        alone: (append) => Effect.tap((told.isWanted(append) ? told : appends).alone(append), signal.ring)
      })
      const rung = Transaction.afterCommit(signal.ring)
      const open = Effect.serviceOption(sql.transactionService)
      return EventStore.make({
        append: (append) =>
          Effect.flatMap(open, (transaction) =>
            Option.isNone(transaction)
              ? coalesced(append)
              : Effect.tap((told.isWanted(append) ? told : appends).joined(append), rung)
          ),
        appendAll: (all) => {
          const locked = appends.locked(all.map(({ stream }) => stream))
          const joined = all.some(told.isWanted) ? told.allJoined(all) : Effect.forEach(all, appends.joined)
          return Effect.tap(transaction.run(Effect.andThen(locked, joined)), rung)
        },
        ...StoredEvents.make(sql)
      })
    })
  )
