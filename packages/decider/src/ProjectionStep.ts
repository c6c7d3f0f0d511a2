/** One event of a batch: the rows it touches, and what becomes of them. See `Projection.ts` for what it guarantees. */
import { Equal, Result, Schema } from "effect"
import { freeze } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import { added, type Change, type Located } from "./ProjectionChanges.ts"
import type { Action, Happened, Increment, NumberField, Projection } from "./ProjectionShape.ts"

/** A row while a batch is folded: known as a whole, or only by what is added to it. */
export type Cell<Row, Key> =
  | (Located<Key> & { readonly _tag: "Known"; readonly before: Row | undefined; readonly now: Row | undefined })
  | (Located<Key> & { readonly _tag: "Counted"; readonly by: Readonly<Record<string, number>>; readonly initial: Row })

/** Where the rows are that an event wants to be given; none when the event is not wanted. It throws what `keys` throws. */
export const locate = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  { keys, readModel }: Projection<Event, Row, Key, Counter>,
  { event, recorded }: Happened<Event>
): ReadonlyArray<Located<Pick<Row, Key>>> => {
  const { category, id: streamId, tenant } = recorded.stream
  if (typeof keys === "function") {
    return keys(event, recorded).map((from) => {
      const key = readModel.keyOf(from)
      return { tenant, key, id: readModel.idOf(tenant, key) }
    })
  }
  if (category !== keys.category) return []
  const key = readModel.keyFrom({ [keys.field]: streamId })
  const id = readModel.idOf(tenant, key)
  // Two streams that share a row could not be told apart, and would meet in it when they run inline.
  if (id !== JSON.stringify([tenant, streamId])) {
    throw new Error(`the id of the stream is not written as the key of ${readModel.name} is`)
  }
  return [{ tenant, key, id }]
}

/** The cells that an event changes, as they are after it. It throws whatever keeps the event from being folded. */
export const stepOf = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>
) => {
  const { counters, initial, keys, project, readModel } = projection
  const check = Schema.decodeUnknownResult(Schema.toType(readModel.Row))
  const sound = (row: Row): Row => {
    const checked = check(row)
    if (Result.isFailure(checked)) throw new Error(`a row does not fit its schema: ${checked.failure.message}`)
    return freeze(row)
  }

  return (
    cells: ReadonlyMap<string, Cell<Row, Pick<Row, Key>>>,
    happened: Happened<Event>
  ): ReadonlyArray<Cell<Row, Pick<Row, Key>>> => {
    const { event, recorded } = happened
    const { tenant } = recorded.stream
    if (typeof keys !== "function" && keys.category !== recorded.stream.category) return []
    const asked = locate(projection, happened)
    const next = new Map<string, Cell<Row, Pick<Row, Key>>>()
    const at = (id: string) => next.get(id) ?? cells.get(id)
    const rowAt = (id: string) => {
      const cell = at(id)
      return cell?._tag === "Known" ? cell.now : undefined
    }

    const put = (key: Pick<Row, Key>, now: Row | undefined) => {
      const id = readModel.idOf(tenant, key)
      const cell = at(id)
      if (cell?._tag !== "Known" || !asked.some((one) => one.id === id)) {
        throw new Error("only rows whose keys were asked for can be upserted or deleted")
      }
      next.set(id, { ...cell, now })
    }
    const begin = (key: Pick<Row, Key>, id: string): Row => {
      if (initial === undefined) throw new Error("without `initial` nothing can be incremented")
      const row = sound(initial(key))
      if (readModel.idOf(tenant, readModel.keyOf(row)) !== id)
        throw new Error("`initial` answered a row of another key")
      return row
    }
    const count = ({ by, field, key: from }: Increment<Pick<Row, Key>, Counter>) => {
      if (!counters.includes(field)) throw new Error(`${field} is none of the counters`)
      if (!Number.isSafeInteger(by)) throw new Error(`${field} can go up by a whole number only, got ${by}`)
      const key = readModel.keyOf(from)
      const id = readModel.idOf(tenant, key)
      const cell = at(id)
      if (cell?._tag === "Known") {
        const now = added(readModel.name, cell.now ?? begin(key, id), { [field]: by })
        next.set(id, { ...cell, now: freeze(Result.getOrThrow(now)) })
      } else {
        const before = cell ?? { _tag: "Counted", tenant, key, id, by: {}, initial: begin(key, id) }
        const sums = added<Readonly<Record<string, number>>>(
          readModel.name,
          { [field]: 0, ...before.by },
          { [field]: by }
        )
        next.set(id, { ...before, by: Result.getOrThrow(sums) })
      }
    }
    const act = (action: Action<Row, Pick<Row, Key>, Counter>) => {
      switch (action._tag) {
        case "Upsert":
          return put(action.row, sound(action.row))
        case "Delete":
          return put(action.key, undefined)
        case "Increment":
          return count(action)
      }
    }

    const rows = asked.map(({ id }) => rowAt(id))
    for (const action of project(event, rows, recorded)) act(action)
    return Array.from(next.values())
  }
}

/** The one change that makes of a row what a batch wants it to be; none when it is that already. */
export const changeOf = <Row, Key>(cell: Cell<Row, Key>): ReadonlyArray<Change<Row, Key>> => {
  const { id, key, tenant } = cell
  if (cell._tag === "Counted") return [{ _tag: "Increment", tenant, key, id, by: cell.by, initial: cell.initial }]
  if (cell.now !== undefined) {
    return Equal.equals(cell.before, cell.now) ? [] : [{ _tag: "Upsert", tenant, key, id, row: cell.now }]
  }
  return cell.before === undefined ? [] : [{ _tag: "Delete", tenant, key, id }]
}
