/** Repairs of events in memory. They join the transactions of `Transaction.layerMemory`; data is kept as JSON text. */
import { Effect, type Layer, Schema, TxRef } from "effect"
import { type EventRepair, EventRepairs, type PreparedRepair } from "./EventRepairs.ts"

interface StoredRepair extends PreparedRepair {
  readonly number: number
}

/** Repairs in memory, none at first. */
export const layerMemory: Layer.Layer<EventRepairs> = EventRepairs.layer(
  Effect.map(TxRef.make<ReadonlyArray<StoredRepair>>([]), (repairs) => ({
    add: (repair) =>
      TxRef.modify(repairs, (all) => {
        const stored = { ...repair, number: all.length + 1 }
        return [parsed(stored), [...all, stored]]
      }),
    find: (positions) =>
      Effect.map(TxRef.get(repairs), (all) => {
        const wanted = new Set(positions)
        // The later one takes the place of the earlier.
        const last = new Map(
          all.filter(({ position }) => wanted.has(position)).map((repair) => [repair.position, repair])
        )
        return Array.from(last.values(), parsed)
      }),
    history: ({ after, limit, position }) =>
      Effect.map(TxRef.get(repairs), (all) =>
        all
          .filter((repair) => repair.number > after && (position === undefined || repair.position === position))
          .slice(0, limit)
          .map(parsed)
      )
  }))
)

const parsed = (repair: StoredRepair): EventRepair => ({ ...repair, data: parse(repair.data) })

const parse = Schema.decodeSync(Schema.fromJsonString(Schema.Json))
