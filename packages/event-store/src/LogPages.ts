/**
 * Reading the log in pages, written once for all layers: how far a page has looked, and where the log ends for now.
 *
 * A layer answers two questions: how far is the log settled (its horizon: nothing that is not there yet will ever appear
 * at or below it), and which events lie between two positions below it.
 */
import { Effect, Option, Stream } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** Which events a reader wants; what is left out does not restrict. */
export interface LogFilter {
  readonly tenant?: string
  /** Events of streams of these categories. */
  readonly categories?: ReadonlyArray<string>
  /** Events of these names. */
  readonly types?: ReadonlyArray<string>
}

/** Which part of the whole log to read. */
export interface ReadAllOptions {
  /** Events with a greater position only. Default 0: from the beginning. */
  readonly after?: number
  /** The most events to read. Default: all there are when the end is reached. */
  readonly limit?: number
  /** Only these events. Default: all. */
  readonly filter?: LogFilter
}

/** One page of the whole log. */
export interface LogPage {
  readonly after: number
  readonly limit: number
  readonly filter?: LogFilter
}

/** What a page showed. */
export interface LogSlice {
  /** The events, in position order. */
  readonly events: ReadonlyArray<RecordedEvent>
  /** How far it has looked: every event wanted up to here has been answered, and none will ever appear. */
  readonly position: number
  /** Whether that was the end of the log at that moment. */
  readonly end: boolean
}

/** A stretch of the settled log: positions above `after`, up to `upTo`. */
export interface LogRange extends LogPage {
  readonly upTo: number
}

/** What a layer implements. */
export interface LogDriver {
  /** The position up to which the log is settled: whatever will ever be there is there. 0 for an empty log. */
  readonly horizon: Effect.Effect<number, EventStoreFailure>
  /** The last position that has been given out, settled or not. 0 for an empty log. */
  readonly end: Effect.Effect<number, EventStoreFailure>
  /** The wanted events in a stretch of the settled log, in order, at most `limit`. */
  readRange(range: LogRange): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
}

/**
 * How many positions one query looks at for a filtered reader: a filter that hardly anything passes must not turn one
 * query into a walk over the whole log.
 */
const filteredWindow = 50_000

/** Reads one page. */
export const readLog = (driver: LogDriver, page: LogPage): Effect.Effect<LogSlice, EventStoreFailure> =>
  Effect.flatMap(driver.horizon, (horizon) => readBelow(driver, page, horizon))

/** The wanted events from `options.after` up to the present, page by page. The horizon is asked for again at its end only. */
export const readAll = (
  driver: LogDriver,
  options: ReadAllOptions,
  pageSize: number
): Stream.Stream<RecordedEvent, EventStoreFailure> =>
  Stream.unwrap(
    Effect.map(driver.horizon, (horizon) =>
      Stream.paginate(
        { after: Math.max(options.after ?? 0, 0), left: options.limit ?? Number.POSITIVE_INFINITY },
        ({ after, left }) => {
          const page = { ...options, after, limit: Math.min(pageSize, left) }
          return Effect.map(readBelow(driver, page, horizon), ({ end, events, position }) => {
            const rest = left - events.length
            return [events, end || rest < 1 ? Option.none() : Option.some({ after: position, left: rest })] as const
          })
        }
      )
    )
  )

const readBelow = (driver: LogDriver, page: LogPage, horizon: number): Effect.Effect<LogSlice, EventStoreFailure> => {
  const after = Math.max(page.after, 0)
  if (page.limit < 1 || horizon <= after) {
    return Effect.succeed({ events: [], position: after, end: horizon <= after })
  }
  const upTo = page.filter === undefined ? horizon : Math.min(horizon, after + filteredWindow)
  return Effect.map(driver.readRange({ ...page, after, upTo }), (events) => {
    const last = events.at(-1)
    // A full page ends at its last event; a page that is not full has looked at the whole stretch.
    const position = events.length === page.limit && last !== undefined ? last.position : upTo
    return { events, position, end: position >= horizon }
  })
}
