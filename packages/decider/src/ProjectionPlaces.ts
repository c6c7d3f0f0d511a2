/** Where the rows are that the events of a batch want to be given. See `Projection.ts`. */
import { Result } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import type { Located } from "./ProjectionChanges.ts"
import type { Happened, MemoryRow, NumberField, Projection, Recorded } from "./ProjectionShape.ts"
import type { ReadModel } from "./ReadModel.ts"

/** Where an event wants rows, and where what is remembered of its stream is: nowhere when there is no memory. */
export interface Places<Key> {
  readonly rows: ReadonlyArray<Located<Key>>
  readonly memory: Located<Pick<MemoryRow, string>> | undefined
}

/**
 * Answers for each event of a batch where its rows are; none when the event is not wanted. It throws what `keys` throws.
 * Make one per batch: it keeps what it has found for each stream.
 */
export const placesOf = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>({
  keys,
  memory,
  readModel
}: Projection<Event, Row, Key, Counter>): ((happened: Happened<Event>) => Places<Pick<Row, Key>> | undefined) => {
  if (typeof keys !== "function") {
    const find = findOfStream(readModel, keys.field)
    return ({ recorded: { stream } }) =>
      stream.category === keys.category ? { rows: [find(stream)], memory: undefined } : undefined
  }
  const rowsOf = ({ event, recorded }: Happened<Event>) => {
    const { tenant } = recorded.stream
    return keys(event, recorded).map((from) => {
      const key = readModel.keyOf(from)
      return { tenant, key, id: readModel.idOf(tenant, key) }
    })
  }
  if (memory === undefined) return (happened) => ({ rows: rowsOf(happened), memory: undefined })
  const remembered = findOfStream(memory.readModel, ...memory.readModel.key)
  return (happened) => {
    const { stream } = happened.recorded
    return stream.category === memory.category ? { rows: rowsOf(happened), memory: remembered(stream) } : undefined
  }
}

/** The places of all events of a batch, in their order: a failure where `keys` throws. */
export const allPlaces = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>,
  events: ReadonlyArray<Happened<Event>>
): ReadonlyArray<Result.Result<Places<Pick<Row, Key>> | undefined, unknown>> => {
  const places = placesOf(projection)
  return events.map((happened) => Result.try(() => places(happened)))
}

/** Where the row is whose key is the id of a stream. */
const findOfStream = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel<Row, Key>,
  field: string = ""
) => {
  const found = new Map<string, Map<string, Located<Pick<Row, Key>>>>()
  return ({ id: streamId, tenant }: Recorded["stream"]): Located<Pick<Row, Key>> => {
    const ofTenant = found.get(tenant) ?? new Map<string, Located<Pick<Row, Key>>>()
    const before = ofTenant.get(streamId)
    if (before !== undefined) return before
    const key = readModel.keyFrom({ [field]: streamId })
    const id = readModel.idOf(tenant, key)
    // Two streams that share a row could not be told apart, and would meet in it when they run inline.
    if (id !== JSON.stringify([tenant, streamId])) {
      throw new Error(`the id of the stream is not written as the key of ${readModel.name} is`)
    }
    const located = { tenant, key, id }
    found.set(tenant, ofTenant.set(streamId, located))
    return located
  }
}
