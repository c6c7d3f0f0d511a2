/**
 * What inline projections know of their rows before the events are stored. See `ForeseenRows.ts`.
 *
 * Guarantee: a projection that asks for what only a stored event has, its position or when it was recorded, is not
 * believed: its rows are folded again once that is known.
 */
import type {
  EventStoreFailure,
  ForeseenRows,
  Foresight,
  PreparedAppend,
  PreparedEvent,
  RecordedEvent,
  ServingGeneration
} from "@eventfold/event-store"
import { Effect, type Schema } from "effect"
import type { Unstored } from "./ForeseenRows.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { ReadModelStore } from "./ReadModelStore.ts"

/** An inline projection of this program. */
export interface KnownProjection {
  readonly projection: ManagedProjection
  readonly fingerprint: string
  readonly wants: (event: RecordedEvent) => boolean
}

/** The foresight of all of them, given which generations were read when somebody looked last; undefined before that. */
export const make = (
  projections: ReadonlyArray<KnownProjection>,
  servingLast: () => ReadonlyArray<ServingGeneration> | undefined,
  store: ReadModelStore["Service"]
): Foresight => {
  const eventTypes = (wanted: (projection: ManagedProjection) => boolean) =>
    projections.flatMap(({ projection }) => (wanted(projection) ? projection.eventTypes : []))
  /** Names of events of which rows cannot be told, and of those that must be the first of their streams. */
  const hidden = new Set(eventTypes(({ foresee }) => foresee === undefined))
  const ofStreams = new Set(eventTypes(({ anyOrder }) => !anyOrder))
  const shared = new Set(eventTypes(({ anyOrder }) => anyOrder))
  const isLikely = ({ events, expected: { _tag: expected } }: PreparedAppend): boolean =>
    servingLast() !== undefined &&
    events.every(
      ({ type }) =>
        !hidden.has(type) &&
        (expected === "NoStream" || (!ofStreams.has(type) && (expected === "Exact" || !shared.has(type))))
    )

  return {
    isLikely,
    of: Effect.fnUntraced(function* (appends) {
      const serving = servingLast()
      if (serving === undefined || !appends.every(isLikely)) return undefined
      const asked = new Set<string>()
      const unstored = unstoredOf(appends, (type) => ofStreams.has(type) || shared.has(type), asked)
      const writes: Array<ForeseenRows> = []
      for (const one of projections) {
        const foreseen = yield* Effect.provideService(foreseenBy(one, serving, unstored), ReadModelStore, store)
        if (foreseen === undefined) return undefined
        for (const write of foreseen) writes.push(write)
      }
      for (const type of asked) hidden.add(type)
      return asked.size > 0 ? undefined : { serving, writes }
    })
  }
}

const foreseenBy = Effect.fnUntraced(function* (
  { fingerprint, projection: { foresee, name }, wants }: KnownProjection,
  serving: ReadonlyArray<ServingGeneration>,
  unstored: ReadonlyArray<Unstored>
): Effect.fn.Return<ReadonlyArray<ForeseenRows> | undefined, EventStoreFailure, ReadModelStore> {
  const writes: Array<ForeseenRows> = []
  const wanted = unstored.filter(({ recorded }) => wants(recorded))
  if (wanted.length === 0) return writes
  for (const generation of serving) {
    if (generation.projection !== name) continue
    if (foresee === undefined || generation.fingerprint !== fingerprint) return undefined
    const rows = yield* foresee(generation.generation, wanted)
    if (rows === undefined) return undefined
    writes.push(rows)
  }
  return writes
})

/** The wanted events as they will be stored. Of those whose position or time is asked for, the name is noted. */
const unstoredOf = (
  appends: ReadonlyArray<PreparedAppend>,
  isWanted: (type: string) => boolean,
  asked: Set<string>
): ReadonlyArray<Unstored> => {
  const unstored: Array<Unstored> = []
  // The events of many appends have the same metadata.
  let known: { readonly text: string; readonly metadata: RecordedEvent["metadata"] } = { text: "{}", metadata: {} }
  for (const [append, { events, expected, stream }] of appends.entries()) {
    const before = expected._tag === "Exact" ? expected.version : 0
    for (const [index, event] of events.entries()) {
      if (!isWanted(event.type)) continue
      if (event.metadata !== known.text) known = { text: event.metadata, metadata: parseMetadata(event.metadata) }
      const recorded = unstoredEvent(event, stream, before + index + 1, known.metadata, asked)
      unstored.push({ recorded, append, begins: expected._tag === "NoStream" })
    }
  }
  return unstored
}

const unstoredEvent = (
  { data, id, occurredAt, schemaVersion, type }: PreparedEvent,
  stream: PreparedAppend["stream"],
  version: number,
  metadata: RecordedEvent["metadata"],
  asked: Set<string>
): RecordedEvent => ({
  id,
  stream,
  version,
  type,
  schemaVersion,
  occurredAt,
  data: parseJson(data),
  metadata,
  get position() {
    asked.add(type)
    return Number.MAX_SAFE_INTEGER
  },
  get recordedAt() {
    asked.add(type)
    return occurredAt
  }
})

const parseJson: (text: string) => Schema.Json = JSON.parse
const parseMetadata: (text: string) => RecordedEvent["metadata"] = JSON.parse
