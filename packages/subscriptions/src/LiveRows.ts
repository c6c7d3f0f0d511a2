/**
 * The rows of one live projection: kept in memory, and folded a stretch of the log at a time.
 *
 * Guarantees: a stretch is folded as a whole or, where rows it leads to cannot be kept, event by event, and the one that leads
 * to them is held back; an event that cannot be decoded or folded holds back its partition, in order, and is told; there
 * are never more rows and held partitions than the bound and one batch.
 */
import { type EventStoreFailure, type RecordedEvent, type Transaction } from "@eventfold/event-store"
import { Effect, Option, Predicate, Schema } from "effect"
import type { HeldPartition } from "./DeadLetters.ts"
import type { BatchOutcome, ManagedProjection } from "./ManagedProjection.ts"
import { ReadModelStore } from "./ReadModelStore.ts"

/** A live projection has more rows than may be kept in memory. It must be run another way. */
export class LiveRowsExceeded extends Schema.TaggedError<LiveRowsExceeded>()("LiveRowsExceeded", {
  readModel: Schema.String,
  /** So many rows at most, held back partitions included. */
  bound: Schema.Int
}) {
  override get message() {
    return `the live read model ${this.readModel} has more than ${this.bound} rows, which are too many to keep in memory`
  }
}

/** A partition that is held back, and because of what. */
export interface LiveHeld extends HeldPartition {
  /** The event that failed. */
  readonly position: number
  /** The name of its error. What it says could quote personal values. */
  readonly error: string
}

/** Rows in memory that grow with the log. */
export interface LiveRows {
  /** For questions. */
  readonly store: ReadModelStore["Service"]
  /** Folds the next stretch of the log. After a failure the rows are as before, and the same stretch comes again. */
  readonly fold: (
    events: ReadonlyArray<RecordedEvent>,
    position: number
  ) => Effect.Effect<void, EventStoreFailure | LiveRowsExceeded>
  readonly position: () => number
  /** How many rows there are, those included that the projection keeps for itself. */
  readonly size: () => number
  readonly held: () => ReadonlyArray<LiveHeld>
}

/** Rows of a projection, none at first, in a store of their own whose transactions `transaction` are. */
export const make = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  bound: number,
  own: { readonly store: ReadModelStore["Service"]; readonly transaction: Transaction["Service"] }
) {
  const { name, readModels } = projection
  const begun = yield* own.store.begin(
    { projection: name, ...(yield* projection.fingerprints), slices: 1, from: undefined },
    readModels
  )
  yield* own.transaction.run(own.store.serve(begun, readModels[0]))
  const ids = new Set<string>()
  const held = new Map<string, LiveHeld>()
  let position = projection.options.startAfter

  /** Folds in a transaction, and answers which rows came and went as well. */
  const folded = (events: ReadonlyArray<RecordedEvent>) =>
    Effect.gen(function* () {
      const prepared = yield* projection.prepare(events)
      const made: Array<Made> = []
      const counting: ReadModelStore["Service"] = {
        ...own.store,
        apply: (table, changes) => {
          for (const { _tag, id } of changes)
            made.push({ id: `${table.readModel.name} ${id}`, there: _tag !== "Delete" })
          return own.store.apply(table, changes)
        }
      }
      const body = Effect.suspend(() => {
        made.length = 0
        return prepared.fold(begun.generation, Array.from(held.values()))
      })
      const outcome = yield* own.transaction
        .run(Effect.provideService(body, ReadModelStore, counting))
        .pipe(Effect.mapError((cause) => new NotTaken({ cause })))
      return { made, outcome }
    })

  const note = ({ leftOver }: BatchOutcome) =>
    Effect.forEach(
      leftOver,
      ({ error, partition, recorded, tenant }) => {
        const key = JSON.stringify([tenant, partition])
        if (Option.isNone(error) || held.has(key)) return Effect.void
        held.set(key, { tenant, partition, position: recorded.position, error: nameOf(error.value) })
        return Effect.logWarning(
          `the live projection ${name} cannot fold ${recorded.type} at position ${recorded.position} ` +
            `(${nameOf(error.value)}), and holds its partition back`
        )
      },
      { discard: true }
    )

  const take = (events: ReadonlyArray<RecordedEvent>): Effect.Effect<void, EventStoreFailure | NotTaken> =>
    Effect.flatMap(folded(events), ({ made, outcome }) => {
      for (const { id, there } of made) {
        if (there) ids.add(id)
        else ids.delete(id)
      }
      position = Math.max(position, events.at(-1)?.position ?? 0)
      return note(outcome)
    })

  /** Finds the event whose rows cannot be kept: a counter gets too large, or a text no store takes. */
  const takeEach = (events: ReadonlyArray<RecordedEvent>): Effect.Effect<void, EventStoreFailure> =>
    Effect.catchTag(take(events), "NotTaken", ({ cause }) => {
      const [recorded] = events
      if (recorded === undefined) return Effect.void
      if (events.length > 1) {
        const half = Math.ceil(events.length / 2)
        return Effect.andThen(takeEach(events.slice(0, half)), takeEach(events.slice(half)))
      }
      return Effect.flatMap(projection.partitionOf(recorded), (partition) =>
        Effect.map(
          note({ leftOver: [{ ...partition, recorded, error: Option.some(cause) }], changed: [] }),
          () => void (position = recorded.position)
        )
      )
    })

  const rows: LiveRows = {
    store: own.store,
    fold: (events, to) =>
      Effect.gen(function* () {
        // A stretch that was taken in part before the store failed is not taken twice.
        yield* takeEach(events.filter((event) => event.position > position))
        position = to
        if (ids.size + held.size > bound) return yield* new LiveRowsExceeded({ readModel: name, bound })
      }),
    position: () => position,
    size: () => ids.size,
    held: () => Array.from(held.values())
  }
  return rows
})

/** The rows that a stretch leads to cannot be kept. */
class NotTaken extends Schema.TaggedError<NotTaken>()("NotTaken", { cause: Schema.Defect() }) {}

interface Made {
  readonly id: string
  /** Whether the row is there afterwards. */
  readonly there: boolean
}

const nameOf = (error: unknown): string => {
  const tag: unknown = Predicate.hasProperty(error, "_tag") ? error._tag : undefined
  return typeof tag === "string" ? tag : error instanceof Error ? error.name : "unknown error"
}
