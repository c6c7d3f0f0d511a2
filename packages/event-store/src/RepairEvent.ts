/**
 * The audited command that repairs an event which cannot be decoded.
 *
 * A repair is stored only if it helps: the event is there, this codec cannot decode it, and it can decode the repair.
 * Its data is given in clear; personal values in it are sealed like those of events.
 */
import type { DomainEvent } from "@eventfold/decider"
import { Effect, Result } from "effect"
import type { EventCodec } from "./EventCodec.ts"
import { type EventRepair, EventRepairs, type NewRepair, RepairRefused } from "./EventRepairs.ts"
import { EventStore } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"

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
): Effect.fn.Return<EventRepair, RepairRefused | EventStoreFailure, EventStore | EventRepairs> {
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
  return yield* (yield* EventRepairs).add({ ...repair, data: sealed })
})
