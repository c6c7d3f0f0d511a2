/**
 * The port to the log of events: append to one stream under an expectation, read a stream, read everything in order.
 *
 * Guarantees of every layer (`EventStoreContract` in `@eventfold/testing` holds them to it): an append stores all its
 * events or none; versions are 1, 2, 3, … without holes; a conflict names the actual version; an append retried with
 * the same event ids answers what the first one answered; `readAll` shows every committed event in position order.
 * Gotcha: inside a `Transaction` an append becomes visible to others when that transaction commits.
 */
import { Context, Effect, Option, Stream } from "effect"
import type { AppendError, EventStoreFailure } from "./EventStoreErrors.ts"
import type { ExpectedVersion } from "./ExpectedVersion.ts"
import { prepare, type PreparedEvent } from "./PreparedEvent.ts"
import type { NewEvent, RecordedEvent } from "./RecordedEvent.ts"
import type { StreamId } from "./StreamId.ts"

/** What an append answers: the version and the position of its last event. */
export interface Appended {
  readonly version: number
  readonly position: number
}

/** Which part of a stream to read. */
export interface ReadOptions {
  readonly direction?: "forwards" | "backwards"
  /** The first version to read, included. Default: the first event, or the last one when reading backwards. */
  readonly from?: number
  /** The most events to read. Default: all. */
  readonly limit?: number
}

/** Which part of the whole log to read. */
export interface ReadAllOptions {
  /** Events with a greater position only. Default 0: from the beginning. */
  readonly after?: number
  /** The most events to read. Default: all there are when the end is reached. */
  readonly limit?: number
}

/** One page of a stream: from `from` on in `direction`, at most `limit` events. */
export interface StreamPage {
  readonly direction: "forwards" | "backwards"
  readonly from: number
  readonly limit: number
}

/** One page of the whole log. */
export interface LogPage {
  readonly after: number
  readonly limit: number
}

/** What a layer has to implement; {@link EventStore.make} adds the checks and the streams on top, once for all. */
export interface EventStoreDriver {
  append(
    stream: StreamId,
    expected: ExpectedVersion,
    events: ReadonlyArray<PreparedEvent>
  ): Effect.Effect<Appended, AppendError>
  readPage(stream: StreamId, page: StreamPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
  readAllPage(page: LogPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
}

/** How many events one query reads: enough to make the round trip cheap, few enough to keep memory flat. */
export const pageSize = 500

/** The port to the log of events. */
export class EventStore extends Context.Service<
  EventStore,
  {
    /**
     * Appends `events` to `stream` if it is as `expected`: all of them or none. Appending the same event ids again
     * answers what the first append answered, whatever has been appended since.
     */
    append(
      stream: StreamId,
      expected: ExpectedVersion,
      events: ReadonlyArray<NewEvent>
    ): Effect.Effect<Appended, AppendError>
    /** The events of one stream in version order (or backwards); nothing when there is no such stream. */
    read(stream: StreamId, options?: ReadOptions): Stream.Stream<RecordedEvent, EventStoreFailure>
    /** One page of a stream with one query: for callers that hold the state and need only what is new. */
    readPage(stream: StreamId, page: StreamPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
    /** Every committed event after a position, in position order, up to the present; later events are not awaited. */
    readAll(options?: ReadAllOptions): Stream.Stream<RecordedEvent, EventStoreFailure>
    /** One page of the log with one query. Empty: there is nothing (yet) after `after`. */
    readAllPage(page: LogPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
  }
>()("@eventfold/event-store/EventStore") {
  /** Builds the service from what a layer implements. */
  static make(driver: EventStoreDriver): EventStore["Service"] {
    const readPage = (stream: StreamId, page: StreamPage) =>
      page.limit < 1 ? Effect.succeed([]) : driver.readPage(stream, page)
    const readAllPage = (page: LogPage) => (page.limit < 1 ? Effect.succeed([]) : driver.readAllPage(page))
    return {
      append: (stream, expected, events) =>
        Effect.suspend(() =>
          Effect.flatMap(Effect.fromResult(prepare(stream, expected, events)), (prepared) =>
            driver.append(stream, expected, prepared)
          )
        ),
      readPage,
      readAllPage,
      read: (stream, options = {}) => {
        const direction = options.direction ?? "forwards"
        return pages(
          options.from ?? (direction === "forwards" ? 1 : Number.MAX_SAFE_INTEGER),
          options.limit ?? Number.POSITIVE_INFINITY,
          (from, limit) => readPage(stream, { direction, from, limit }),
          (last) => (direction === "forwards" ? last.version + 1 : last.version - 1)
        )
      },
      readAll: (options = {}) =>
        pages(
          options.after ?? 0,
          options.limit ?? Number.POSITIVE_INFINITY,
          (after, limit) => readAllPage({ after, limit }),
          (last) => last.position
        )
    }
  }
}

/** Reads page after page until one comes back short or `limit` is reached. */
const pages = (
  start: number,
  limit: number,
  read: (cursor: number, limit: number) => Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>,
  next: (last: RecordedEvent) => number
): Stream.Stream<RecordedEvent, EventStoreFailure> =>
  Stream.paginate({ cursor: start, left: limit }, ({ cursor, left }) => {
    const size = Math.min(pageSize, left)
    return Effect.map(read(cursor, size), (events) => {
      const last = events.at(-1)
      const rest = left - events.length
      const more = last !== undefined && events.length === size && rest > 0
      return [events, more ? Option.some({ cursor: next(last), left: rest }) : Option.none()] as const
    })
  })
