/**
 * Snapshots in memory. They join the transactions of `Transaction.layerMemory`; states are kept as JSON text, so that a
 * reader can never change them.
 */
import { Effect, HashMap, Layer, Option, Schema, TxRef } from "effect"
import { type Snapshot, type SnapshotScope, SnapshotStore, snapshotsPerStream } from "./SnapshotStore.ts"
import * as StreamId from "./StreamId.ts"

interface StoredSnapshot extends Omit<Snapshot, "state"> {
  readonly state: string
}

/** Snapshots in memory, none at first. */
export const layerMemory: Layer.Layer<SnapshotStore> = Layer.effect(
  SnapshotStore,
  Effect.gen(function* () {
    const streams = yield* TxRef.make(HashMap.empty<string, ReadonlyArray<StoredSnapshot>>())
    const of = (all: Streams, stream: StreamId.StreamId) =>
      Option.getOrElse(HashMap.get(all, StreamId.format(stream)), () => none)

    const removeWhere = (matches: (stream: StreamId.StreamId) => boolean) =>
      TxRef.modify(streams, (all): [number, Streams] => {
        const kept = HashMap.filter(all, ([first]) => first === undefined || !matches(first.stream))
        return [countOf(all) - countOf(kept), kept]
      })

    return yield* SnapshotStore.make({
      load: (stream, fingerprint, notAfter) =>
        Effect.map(TxRef.get(streams), (all) => {
          const found = of(all, stream).find(
            (snapshot) => snapshot.fingerprint === fingerprint && snapshot.version <= notAfter
          )
          return found === undefined ? Option.none() : Option.some({ ...found, state: parse(found.state) })
        }),
      save: (snapshot) =>
        TxRef.update(streams, (all) => {
          const stored = { ...snapshot, state: JSON.stringify(snapshot.state) }
          const others = of(all, snapshot.stream).filter(
            ({ fingerprint, version }) => fingerprint !== snapshot.fingerprint || version !== snapshot.version
          )
          const kept = [stored, ...others]
            .toSorted((a, b) => b.version - a.version || b.takenAt.epochMilliseconds - a.takenAt.epochMilliseconds)
            .slice(0, snapshotsPerStream)
          return HashMap.set(all, StreamId.format(snapshot.stream), kept)
        }),
      deleteStream: (stream) => removeWhere((other) => StreamId.format(other) === StreamId.format(stream)),
      deleteAll: (scope) => removeWhere((stream) => isIn(stream, scope)),
      count: (scope) =>
        Effect.map(TxRef.get(streams), (all) =>
          countOf(HashMap.filter(all, ([first]) => first !== undefined && isIn(first.stream, scope)))
        )
    })
  })
)

type Streams = HashMap.HashMap<string, ReadonlyArray<StoredSnapshot>>

const none: ReadonlyArray<StoredSnapshot> = []

const isIn = (stream: StreamId.StreamId, { category, tenant }: SnapshotScope) =>
  (category === undefined || stream.category === category) && (tenant === undefined || stream.tenant === tenant)

const countOf = (streams: Streams) => HashMap.reduce(streams, 0, (sum, snapshots) => sum + snapshots.length)

const parse = Schema.decodeSync(Schema.fromJsonString(Schema.Json))
