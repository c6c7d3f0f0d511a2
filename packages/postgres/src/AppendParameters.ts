/** How appends travel to the functions in the database, each value in the binary format of its type. */
import { PgTypes } from "@effect/sql-pg"
import { type ExpectedVersion, type PreparedAppend, type PreparedEvent, StreamId } from "@eventfold/event-store"
import { Result } from "effect"

/** Two calls that lock streams in this order do not wait for each other in a circle. The same stream keeps its order. */
export const inOrder = (streams: ReadonlyArray<StreamId.StreamId>) =>
  streams
    .map((stream, index) => ({ stream, index, key: StreamId.format(stream) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))

/** The three parts of streams, as arrays of their own. */
export const streamArrays = (streams: ReadonlyArray<StreamId.StreamId>): ReadonlyArray<unknown> =>
  [streams.map(({ tenant }) => tenant), streams.map(({ category }) => category), streams.map(({ id }) => id)].map(
    (parts) => array(parts, PgTypes.OID.text)
  )

/** Of `append_event`: one event and an expected version. */
export const eventParameters = (
  stream: StreamId.StreamId,
  expected: bigint,
  { data, id, metadata, occurredAt, schemaVersion, type }: PreparedEvent
): ReadonlyArray<unknown> => [
  stream.tenant,
  stream.category,
  stream.id,
  PgTypes.int8(expected),
  PgTypes.uuid(id),
  type,
  schemaVersion,
  PgTypes.timestamptz(occurredAt.epochMilliseconds),
  data,
  metadata
]

/** Of `append_one`; `careful`: known ids are looked for. */
export const oneParameters = (
  { events, expected, stream }: PreparedAppend,
  careful: boolean
): ReadonlyArray<unknown> => [
  stream.tenant,
  stream.category,
  stream.id,
  PgTypes.int8(expectation(expected)),
  ...eventArrays(events),
  careful
]

/** Values as an array of the type. */
export const array = (values: ReadonlyArray<unknown>, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))

/** What events are made of, each part as an array of its own. */
export const eventArrays = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<unknown> => {
  const columns = {
    ids: new Array<string>(),
    types: new Array<string>(),
    schemaVersions: new Array<number>(),
    occurredAt: new Array<number>(),
    data: new Array<string>(),
    metadata: new Array<string>()
  }
  for (const event of events) {
    columns.ids.push(event.id)
    columns.types.push(event.type)
    columns.schemaVersions.push(event.schemaVersion)
    columns.occurredAt.push(event.occurredAt.epochMilliseconds)
    columns.data.push(event.data)
    columns.metadata.push(event.metadata)
  }
  return [
    array(columns.ids, PgTypes.OID.uuid),
    array(columns.types, PgTypes.OID.text),
    array(columns.schemaVersions, PgTypes.OID.int4),
    array(columns.occurredAt, PgTypes.OID.timestamptz),
    array(columns.data, PgTypes.OID.text),
    array(columns.metadata, PgTypes.OID.text)
  ]
}

/** How an expectation travels: see `migrations/EventAppend.ts`. */
export const expectation = (expected: ExpectedVersion.ExpectedVersion): bigint => {
  switch (expected._tag) {
    case "Exact":
      return BigInt(expected.version)
    case "NoStream":
      return 0n
    case "Any":
      return -1n
    case "StreamExists":
      return -2n
  }
}
