/** Documents in memory. They join the transactions of `Transaction.layerMemory`; of two that write the same, one runs again. */
import { compareText } from "@eventfold/decider/RowValue"
import { ExpectedVersion, StreamId, VersionConflict } from "@eventfold/event-store"
import { Effect, HashMap, Layer, Option, TxRef } from "effect"
import { Documents, type StoredText } from "./Documents.ts"

interface Entry extends StoredText {
  readonly stream: StreamId.StreamId
}

/** Documents in memory, none at first. */
export const layerMemory: Layer.Layer<Documents> = Layer.effect(
  Documents,
  Effect.gen(function* () {
    const documents = yield* TxRef.make(HashMap.empty<string, Entry>())
    const all = Effect.map(TxRef.get(documents), (entries) => Array.from(HashMap.values(entries)))

    return Documents.make({
      put: ({ expected, json, stream, version }) =>
        Effect.tx(
          Effect.gen(function* () {
            const key = StreamId.format(stream)
            const actual = Option.match(HashMap.get(yield* TxRef.get(documents), key), {
              onNone: () => 0,
              onSome: (entry) => entry.version
            })
            if (actual !== expected) {
              return yield* new VersionConflict({ stream, expected: ExpectedVersion.at(expected), actual })
            }
            yield* TxRef.update(documents, HashMap.set(key, { stream, id: stream.id, version, json }))
          })
        ),
      find: ({ category, tenant }, ids) =>
        Effect.map(TxRef.get(documents), (entries) =>
          ids
            .toSorted(compareText)
            .flatMap((id) => Option.toArray(HashMap.get(entries, StreamId.format({ tenant, category, id }))))
            .map(textOf)
        ),
      list: ({ after, category, limit, tenant }) =>
        Effect.map(Effect.tx(all), (entries) =>
          entries
            .filter(
              ({ id, json, stream }) =>
                json !== undefined &&
                stream.tenant === tenant &&
                stream.category === category &&
                (after === undefined || compareText(id, after) > 0)
            )
            .toSorted((a, b) => compareText(a.id, b.id))
            .slice(0, limit)
            .map(textOf)
        )
    })
  })
)

const textOf = ({ id, json, version }: Entry): StoredText => ({ id, version, json })
