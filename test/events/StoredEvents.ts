/** What the golden files need to know of an event: the shapes of its versions, samples, and what a stored one is now. */
import { type Decider, DomainEvent } from "@eventfold/decider"
import { EventCodec, type RecordedEvent, Sealer } from "@eventfold/event-store"
import { Arbitrary, DateTime, Effect, Result, Schema } from "effect"

/** An event as it is stored, as far as its shape is concerned. */
export interface Stored {
  readonly schemaVersion: number
  readonly occurredAt: DateTime.Utc
  readonly data: Schema.Json
}

/** One version of an event. */
export interface StoredVersion {
  readonly version: number
  /** Its shape as a JSON schema (draft 2020-12). */
  readonly schema: Schema.Json
  /** Made-up events of this version, always the same. */
  readonly samples: Effect.Effect<ReadonlyArray<Stored>>
}

/** One event and all its versions. */
export interface StoredEvent {
  readonly name: string
  /** The version that is written now. */
  readonly version: number
  /** From version 1 to the one that is written now. */
  readonly versions: ReadonlyArray<StoredVersion>
  /** Decodes a stored event with the codec of today and encodes it again; or why it cannot be read. */
  readonly readAgain: (stored: Stored) => Effect.Effect<Result.Result<Stored, string>>
}

/** The events of one aggregate. */
export const storedEvents = <Event extends DomainEvent.DomainEvent>(
  union: Decider.EventUnion<Event>
): ReadonlyArray<StoredEvent> => {
  const codec = EventCodec.make(union)
  return union.members.map((schema) => {
    const name = DomainEvent.nameOf(schema)
    return {
      name,
      version: DomainEvent.versionOf(schema),
      versions: DomainEvent.versionsOf(schema).map((each) => ({
        version: each.version,
        schema: jsonOf(Schema.toJsonSchemaDocument(Schema.toCodecJson(each.schema))),
        samples: samplesOf(name, each)
      })),
      readAgain: Effect.fnUntraced(function* (stored) {
        const decoded = yield* codec.decodeStored({ ...recorded, type: name, ...stored })
        if (Result.isFailure(decoded)) return Result.fail(decoded.failure.reason)
        const [encoded] = yield* codec.encode([decoded.success], recorded.stream.tenant)
        return encoded === undefined ? Result.fail("it was not encoded") : Result.succeed(encoded)
      }, inClear)
    }
  })
}

/** Golden files hold personal values as they are: sealed ones would be other ones each time. */
const inClear = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.orDie(
    Effect.provideService(effect, Sealer.Current, {
      seal: (values) => Effect.succeed(values.map(({ json }) => json)),
      open: (values) => Effect.succeed(values.map(({ json }) => json)),
      digest: (_, json) => Effect.succeed(JSON.stringify(json))
    })
  )

/** Data as it comes out of a store. */
const jsonOf = (value: unknown): Schema.Json => parse(JSON.stringify(value))
const parse = Schema.decodeSync(Schema.fromJsonString(Schema.Json))

const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00.000Z")

/** The one with the most and the one with the fewest fields of many that are made up: with and without what is optional. */
const samplesOf = (name: string, { schema, version }: DomainEvent.EventVersion) =>
  Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: 50, size: 10, seed: `${name}.v${version}` }).pipe(
    Effect.map((events) => {
      const encode = Schema.encodeSync(Schema.toCodecJson(schema))
      const data = events.map((event) => withoutEnvelope(jsonOf(encode(event))))
      const sorted = data.toSorted((one, other) => fieldsIn(other) - fieldsIn(one))
      return [...sorted.slice(0, 1), ...sorted.slice(-1)].map((data) => ({ schemaVersion: version, occurredAt, data }))
    }),
    Effect.orDie
  )

const fieldsIn = (json: Schema.Json): number =>
  json !== null && typeof json === "object"
    ? Object.values(json).reduce((sum: number, value: Schema.Json) => sum + 1 + fieldsIn(value), 0)
    : 0

const withoutEnvelope = (json: Schema.Json): Schema.Json =>
  json !== null && typeof json === "object"
    ? Object.fromEntries(Object.entries(json).filter(([key]) => key !== "_tag" && key !== "occurredAt"))
    : json

/** The rest of a recorded event; a codec does not look at it. */
const recorded: Omit<RecordedEvent, "type" | "schemaVersion" | "data"> = {
  id: "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55",
  stream: { tenant: "golden", category: "golden", id: "golden" },
  version: 1,
  position: 1,
  occurredAt,
  recordedAt: occurredAt,
  metadata: {}
}
