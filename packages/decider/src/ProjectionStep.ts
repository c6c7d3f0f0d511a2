/** One event of a batch: the rows it touches, and what becomes of them. See `Projection.ts` for what it guarantees. */
import { Equal, Result, Schema } from "effect"
import { freeze } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import { added, type Change, CountTooLarge, type Located } from "./ProjectionChanges.ts"
import type {
  Action,
  Happened,
  Increment,
  Memory,
  MemoryRow,
  NumberField,
  Projection,
  Recorded
} from "./ProjectionShape.ts"
import * as QuickFit from "./QuickFit.ts"
import type { ReadModel } from "./ReadModel.ts"

/** A row that is known as a whole: as it was loaded, and as it is now. */
export type Known<Row, Key> = Located<Key> & {
  readonly _tag: "Known"
  readonly before: Row | undefined
  readonly now: Row | undefined
}

/** A row while a batch is folded: known as a whole, or only by what is added to it. */
export type Cell<Row, Key> =
  | Known<Row, Key>
  | (Located<Key> & { readonly _tag: "Counted"; readonly by: Readonly<Record<string, number>>; readonly initial: Row })

/** The row that is remembered of a stream while a batch is folded. */
export type Memo = Known<MemoryRow, Pick<MemoryRow, string>>

/** What an event changes, as it is after it. */
export interface After<Row, Key> {
  readonly cells: Iterable<Cell<Row, Key>>
  /** None when nothing is remembered, or what is remembered stays as it is. */
  readonly memo: Memo | undefined
}

/** What an event is folded over: the cells there are, the places it wants to be given, what is remembered of its stream. */
export interface Before<Row, Key> {
  readonly cells: ReadonlyMap<string, Cell<Row, Key>>
  readonly asked: ReadonlyArray<Located<Key>>
  readonly memo: Memo | undefined
}

/** What an event that is wanted makes of what was before. It throws whatever keeps the event from being folded. */
export const stepOf = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>
) => {
  const { counters, initial, memory, project, readModel } = projection
  const sound = soundOf(readModel)
  const remember = memory === undefined ? undefined : rememberOf(memory)

  return (
    { asked, cells, memo }: Before<Row, Pick<Row, Key>>,
    { event, recorded }: Happened<Event>
  ): After<Row, Pick<Row, Key>> => {
    const { tenant } = recorded.stream
    const next = new Map<string, Cell<Row, Pick<Row, Key>>>()
    const at = (id: string) => next.get(id) ?? cells.get(id)
    const rowAt = (id: string) => {
      const cell = at(id)
      return cell?._tag === "Known" ? cell.now : undefined
    }

    const put = (key: Pick<Row, Key>, row: Row | undefined) => {
      const place = asked.find((one) => readModel.key.every((field) => one.key[field] === key[field]))
      // What is written in another way can name the same row.
      const id = place?.id ?? readModel.idOf(tenant, key)
      const cell = at(id)
      if (cell?._tag !== "Known" || (place === undefined && !asked.some((one) => one.id === id))) {
        throw new Error("only rows whose keys were asked for can be upserted or deleted")
      }
      // What was counted is not looked at before a row is written, so it says nothing of what has the same counts.
      const now = row === undefined ? undefined : sound(row, counters.length === 0 ? cell.now : undefined)
      next.set(id, { _tag: "Known", tenant, key: cell.key, id, before: cell.before, now })
    }
    const begin = (key: Pick<Row, Key>, id: string): Row => {
      if (initial === undefined) throw new Error("without `initial` nothing can be incremented")
      const row = sound(initial(key))
      if (readModel.idOf(tenant, readModel.keyOf(row)) !== id)
        throw new Error("`initial` answered a row of another key")
      return row
    }
    // Several counters of one row are mostly incremented with one key.
    let counted: CountedAt<Pick<Row, Key>> | undefined
    const countedAt = (from: Pick<Row, Key>): CountedAt<Pick<Row, Key>> => {
      const key = readModel.keyOf(from)
      counted = { from, key, id: readModel.idOf(tenant, key) }
      return counted
    }
    const count = ({ by, field, key: from }: Increment<Pick<Row, Key>, Counter>) => {
      if (!counters.includes(field)) throw new Error(`${field} is none of the counters`)
      if (!Number.isSafeInteger(by)) throw new Error(`${field} can go up by a whole number only, got ${by}`)
      const { id, key } = counted?.from === from ? counted : countedAt(from)
      const cell = at(id)
      if (cell?._tag === "Known") {
        const now = added(readModel.name, cell.now ?? begin(key, id), { [field]: by })
        next.set(id, { ...cell, now: freeze(Result.getOrThrow(now)) })
      } else {
        const initial = cell === undefined ? begin(key, id) : cell.initial
        const sum = (cell?.by[field] ?? 0) + by
        if (!Number.isSafeInteger(sum)) throw new CountTooLarge({ readModel: readModel.name, field })
        next.set(id, { _tag: "Counted", tenant, key, id, by: { ...cell?.by, [field]: sum }, initial })
      }
    }
    const act = (action: Action<Row, Pick<Row, Key>, Counter>) => {
      switch (action._tag) {
        case "Upsert":
          return put(action.row, action.row)
        case "Delete":
          return put(action.key, undefined)
        case "Increment":
          return count(action)
      }
    }

    const rows = asked.map(({ id }) => rowAt(id))
    for (const action of project(event, rows, recorded, memo?.now)) act(action)
    return { cells: next.values(), memo: memo && remember?.(memo, event, recorded) }
  }
}

interface CountedAt<Key> {
  readonly from: Key
  readonly key: Key
  readonly id: string
}

/** Checks a row against its schema, and freezes it. `before` is sound: what the two have in common is sound too. */
const soundOf = <Row extends object, Key extends keyof Row & string>({ Row }: ReadModel<Row, Key>) => {
  const check = Schema.decodeUnknownResult(Schema.toType(Row))
  const quick = QuickFit.ofTypeAfter(Row)
  return (row: Row, before?: Row): Row => {
    if (quick(row, before)) return freeze(row)
    const checked = check(row)
    if (Result.isFailure(checked)) throw new Error(`a row does not fit its schema: ${checked.failure.message}`)
    return freeze(row)
  }
}

const rememberOf = <Event>({ readModel, remember }: Memory<Event>) => {
  const sound = soundOf(readModel)
  return (memo: Memo, event: Event, recorded: Recorded): Memo | undefined => {
    const now = remember(memo.now, event, recorded)
    if (now === memo.now) return undefined
    if (now !== undefined && readModel.idOf(memo.tenant, sound(now)) !== memo.id) {
      throw new Error("what is remembered must have the id of its stream as its key")
    }
    return { ...memo, now }
  }
}

/** Most rows differ in a number or a text, which is found out without comparing them as a whole. */
const isSame = <Row extends object>(before: Row | undefined, now: Row): boolean => {
  if (before === undefined) return false
  for (const field in now) {
    const one: unknown = before[field]
    const other: unknown = now[field]
    if (one !== other && typeof other !== "object" && !Equal.equals(one, other)) return false
  }
  return Equal.equals(before, now)
}

/** The one change that makes of a row what a batch wants it to be; none when it is that already. */
export const changeOf = <Row extends object, Key>(cell: Cell<Row, Key>): ReadonlyArray<Change<Row, Key>> => {
  const { id, key, tenant } = cell
  if (cell._tag === "Counted") return [{ _tag: "Increment", tenant, key, id, by: cell.by, initial: cell.initial }]
  if (cell.now !== undefined) {
    return isSame(cell.before, cell.now) ? [] : [{ _tag: "Upsert", tenant, key, id, row: cell.now }]
  }
  return cell.before === undefined ? [] : [{ _tag: "Delete", tenant, key, id }]
}
