/** The audit in memory, over the log in memory; actions join the transactions of `Transaction.layerMemory`. */
import { DateTime, Effect, HashMap, Layer, Option, TxRef } from "effect"
import { Audit, type AuditedAction, type AuditEntry, type AuditPage, type AuditSlice, auditWindow } from "./Audit.ts"
import { matches, whoOf } from "./AuditFilter.ts"
import { recorded } from "./EventStoreMemory.ts"
import { type Log, MemoryLog, type StoredEvent } from "./MemoryLog.ts"

type Actions = HashMap.HashMap<number, typeof AuditedAction.Type>

/** The audit over the log in memory, without actions at first. */
export const layerMemory: Layer.Layer<Audit, never, MemoryLog> = Layer.effect(
  Audit,
  Effect.gen(function* () {
    const log = yield* MemoryLog
    const actions = yield* TxRef.make<Actions>(HashMap.empty())
    return Audit.make({
      record: (action) =>
        Effect.tx(
          Effect.gen(function* () {
            const recordedAt = yield* DateTime.now
            const state = yield* TxRef.get(log)
            const position = state.last + 1
            yield* TxRef.set(log, { ...state, last: position })
            yield* TxRef.update(actions, (known) =>
              HashMap.set(known, position, { _tag: "Action", position, recordedAt, ...action })
            )
          })
        ),
      page: (page) =>
        Effect.tx(Effect.zipWith(TxRef.get(log), TxRef.get(actions), (state, known) => pageOf(state, known, page)))
    })
  })
)

const pageOf = (log: Log, actions: Actions, page: AuditPage): AuditSlice => {
  const entries: Array<AuditEntry> = []
  const step = page.order === "oldest" ? 1 : -1
  const start = page.cursor ?? (step === 1 ? 0 : log.last + 1)
  for (let at = start + step; at >= 1 && at <= log.last; at += step) {
    const event = Option.getOrUndefined(HashMap.get(log.byPosition, at))
    const entry = event === undefined ? Option.getOrUndefined(HashMap.get(actions, at)) : entryOf(event)
    if (entry !== undefined && matches(page, entry)) entries.push(entry)
    if (entries.length === page.limit || Math.abs(at - start) === auditWindow) return { entries, next: at }
  }
  return { entries }
}

const entryOf = (event: StoredEvent): AuditEntry => {
  const { id: eventId, metadata, occurredAt, position, recordedAt, stream, type, version } = recorded(event)
  return { _tag: "Event", position, eventId, stream, version, type, occurredAt, recordedAt, ...whoOf(metadata) }
}
