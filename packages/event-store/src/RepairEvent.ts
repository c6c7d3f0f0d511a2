/**
 * The audited command that repairs an event which cannot be decoded.
 *
 * A repair is stored only if it helps: the event is there, this codec cannot decode it, and it can decode the repair.
 * Its data is given in clear; personal values in it are sealed like those of events. In the same transaction the audit is
 * told (`EventRepaired`), and the snapshots of the stream are deleted: they may hold what an earlier repair said.
 *
 * Gotcha: states and read models of other processes that have seen an earlier repair keep it until they are made anew.
 */
import type { DomainEvent } from "@eventfold/decider"
import { Effect, Result } from "effect"
import { Audit, type NewAction, recordChecked } from "./Audit.ts"
import type { EventCodec } from "./EventCodec.ts"
import { type EventRepair, EventRepairs, type NewRepair, RepairRefused } from "./EventRepairs.ts"
import { EventStore } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import { SnapshotStore } from "./SnapshotStore.ts"
import { StateCache } from "./StateCache.ts"
import * as StreamId from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** What a repair needs: the log, the repairs, and whoever has to be told of one. */
export type RepairServices = Audit | EventRepairs | EventStore | SnapshotStore | StateCache | Transaction

/**
 * Repairs a stored event that the codec of its aggregate cannot decode. From now on, what the repair says is read in its
 * place, and the position, the stream and the business time stay those of the event.
 *
 * Repairing an event again takes the place of the repair before. An event that can be decoded is refused: it is history,
 * and is corrected by another event.
 */
export const repairEvent = Effect.fn("repairEvent")(function* <Event extends DomainEvent.DomainEvent>(
  codec: EventCodec<Event>,
  repair: NewRepair
): Effect.fn.Return<EventRepair, RepairRefused | EventStoreFailure, RepairServices> {
  const { data, eventId, position, schemaVersion, type } = repair
  const refused = (field: string, rule: string) => new RepairRefused({ position, field, rule })
  const store = yield* EventStore
  const isPosition = Number.isSafeInteger(position) && position >= 1
  const [recorded] = isPosition ? (yield* store.readLog({ after: position - 1, limit: 1 })).events : []
  if (recorded === undefined || recorded.position !== position) {
    return yield* refused("position", "no event is stored there")
  }
  if (recorded.id.toLowerCase() !== eventId.toLowerCase()) {
    return yield* refused("eventId", `the event there is ${recorded.id}`)
  }
  if (Result.isSuccess(yield* codec.decodeStored(recorded))) {
    return yield* refused("position", "the event there can be decoded: correct it with another event")
  }
  const replacement = { ...recorded, type, schemaVersion }
  const sealed = yield* codec.seal({ ...replacement, data })
  const repaired = yield* codec.decodeStored({ ...replacement, data: sealed })
  if (Result.isFailure(repaired)) return yield* refused("data", `cannot be decoded either: ${repaired.failure.reason}`)
  const [repairs, audit, snapshots] = [yield* EventRepairs, yield* Audit, yield* SnapshotStore]
  const stored = yield* (yield* Transaction).run(
    repairs.add({ ...repair, data: sealed }).pipe(
      Effect.tap(() => recordChecked(audit, actionOf(recorded, repair))),
      Effect.tap(() => snapshots.deleteStream(recorded.stream))
    )
  )
  yield* (yield* StateCache).invalidate(recorded.stream)
  return stored
})

const actionOf = (event: RecordedEvent, { actor, reason, schemaVersion, type }: NewRepair): NewAction => ({
  tenant: event.stream.tenant,
  action: "EventRepaired",
  subject: StreamId.format(event.stream),
  actor,
  reason,
  details: {
    position: String(event.position),
    version: String(event.version),
    eventId: event.id,
    from: `${event.type} v${event.schemaVersion}`,
    to: `${type} v${schemaVersion}`
  }
})
