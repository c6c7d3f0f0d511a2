/**
 * The port to the repairs of stored events: what is read in place of an event that cannot be decoded.
 *
 * Guarantees: the event itself is never touched; a repair is added and never changed or taken away; of several repairs
 * of one event the last one counts, and all are kept, with who made them, why and when. Inside a `Transaction` a repair
 * is stored with it. A codec asks for repairs only when it meets an event it cannot decode.
 *
 * `repairEvent` is how repairs are made: it refuses one that would not help. Gotcha: whoever repairs a repair has readers
 * that have seen the first one already: delete the snapshots of the stream and rebuild its read models.
 */
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import { maxEventSize, problemOf } from "./PreparedEvent.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** A repair to add: which event, what is read in its place, and who says so for which reason. */
export interface NewRepair {
  /** The position of the event. */
  readonly position: number
  /** The id of the event, so that a slip in the position repairs nothing. */
  readonly eventId: string
  /** The name of the event to read in its place. */
  readonly type: string
  /** The version of the shape of `data`. */
  readonly schemaVersion: number
  readonly data: Schema.Json
  /** Who repairs: 1 to 2,048 characters. */
  readonly actor: string
  /** Why: 1 to 2,048 characters on one line. */
  readonly reason: string
}

/** A stored repair. */
export interface EventRepair extends NewRepair {
  /** Its place in the order of all repairs: growing, from 1, with holes. */
  readonly number: number
  /** When it was made, by the clock of the program that made it. */
  readonly repairedAt: DateTime.Utc
}

/** A repair with its data as JSON text, exactly as a store keeps it. */
export interface PreparedRepair extends Omit<EventRepair, "number" | "data"> {
  readonly data: string
}

/** A repair that is not stored. `field` names the part, `rule` what must hold. */
export class RepairRefused extends Schema.TaggedError<RepairRefused>()("RepairRefused", {
  // @effect-diagnostics-next-line schemaNumber:off -- a position can be refused for being no number at all.
  position: Schema.Number,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the repair of the event at position ${this.position} is refused: ${this.field}: ${this.rule}`
  }
}

/** Which repairs to list. */
export interface HistoryOptions {
  /** Of the event at this position only. */
  readonly position?: number
  /** Those with a greater number only. Default 0. */
  readonly after?: number
  /** The most to answer. Default 500. */
  readonly limit?: number
}

/** What a layer has to implement; {@link EventRepairs.layer} adds the checks on top, once for all. */
export interface EventRepairsDriver {
  add(repair: PreparedRepair): Effect.Effect<EventRepair, EventStoreFailure>
  find(positions: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<EventRepair>, EventStoreFailure>
  history(
    options: Required<Omit<HistoryOptions, "position">> & HistoryOptions
  ): Effect.Effect<ReadonlyArray<EventRepair>, EventStoreFailure>
}

/** How many repairs are listed at a time. */
const historyPage = 500

/** The port to the repairs of stored events. */
export class EventRepairs extends Context.Service<
  EventRepairs,
  {
    /** Adds a repair as it is; whether it helps is for `repairEvent` to find out. */
    add(repair: NewRepair): Effect.Effect<EventRepair, RepairRefused | EventStoreFailure>
    /** The last repair of each of these positions that has one, by position. */
    find(positions: ReadonlyArray<number>): Effect.Effect<ReadonlyMap<number, EventRepair>, EventStoreFailure>
    /** All repairs in the order in which they were made: the audit trail. */
    history(options?: HistoryOptions): Effect.Effect<ReadonlyArray<EventRepair>, EventStoreFailure>
  }
>()("@eventfold/event-store/EventRepairs") {
  /** The service over what a layer implements. Codecs that run in its context look here for repairs. */
  static layer<E, R>(driver: Effect.Effect<EventRepairsDriver, E, R>): Layer.Layer<EventRepairs, E, R> {
    return Layer.effectContext(
      Effect.map(driver, (driver) => {
        const service = serviceOf(driver)
        return Context.make(EventRepairs, service).pipe(Context.add(Lookup, (positions) => service.find(positions)))
      })
    )
  }
}

const serviceOf = (driver: EventRepairsDriver): EventRepairs["Service"] => ({
  add: Effect.fnUntraced(function* (repair) {
    const repairedAt = yield* DateTime.now
    const { actor, data, eventId, position, reason, schemaVersion, type } = repair
    const refused = (field: string, rule: string) => new RepairRefused({ position, field, rule })
    if (!Number.isSafeInteger(position) || position < 1)
      return yield* refused("position", "must be a whole number from 1")
    // What replaces an event keeps to the rules of events; actor and reason are metadata of it.
    const metadata = { actor, reason }
    const problem = problemOf({ id: eventId, type, schemaVersion, occurredAt: repairedAt, data, metadata })
    if (problem !== undefined) {
      return yield* refused(problem[0] === "id" ? "eventId" : problem[0].replace("metadata.", ""), problem[1])
    }
    const text = JSON.stringify(data)
    if (text.length > maxEventSize) return yield* refused("data", `must be at most ${maxEventSize} characters as JSON`)
    const id = eventId.toLowerCase()
    return yield* driver.add({ position, eventId: id, type, schemaVersion, data: text, actor, reason, repairedAt })
  }),
  find: (positions) =>
    positions.length === 0
      ? Effect.succeed(new Map())
      : Effect.map(driver.find(positions), (repairs) => new Map(repairs.map((repair) => [repair.position, repair]))),
  history: (options = {}) => {
    const limit = Math.max(options.limit ?? historyPage, 0)
    return limit === 0 ? Effect.succeed([]) : driver.history({ ...options, after: options.after ?? 0, limit })
  }
})

/** What a codec asks for repairs; without `EventRepairs` in the program there are none. */
const Lookup = Context.Reference<EventRepairs["Service"]["find"]>("@eventfold/event-store/EventRepairs/Lookup", {
  defaultValue: () => () => Effect.succeed(new Map())
})

/** The repairs of events, by position. A repair counts for the event it names and for no other. */
export const repairsOf = (
  events: ReadonlyArray<RecordedEvent>
): Effect.Effect<ReadonlyMap<number, EventRepair>, EventStoreFailure> =>
  Effect.flatMap(Lookup, (find) =>
    Effect.map(find(events.map((event) => event.position)), (repairs) => {
      const its = (event: RecordedEvent) => {
        const repair = repairs.get(event.position)
        return repair !== undefined && repair.eventId === event.id.toLowerCase()
          ? [[event.position, repair] as const]
          : []
      }
      return new Map(events.flatMap(its))
    })
  )
