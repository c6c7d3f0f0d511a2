/**
 * The port to the log of events: append to one stream under an expectation, read a stream, read everything in order.
 *
 * Guarantees of every layer (`EventStoreContract` in `@eventfold/testing` holds them to it): an append stores all its
 * events or none; versions are 1, 2, 3, … without holes; a conflict names the actual version; an append retried with
 * the same event ids answers what the first one answered; a reader of the log sees every committed event in position
 * order, and none ever appears at or below a position it has passed.
 * Gotcha: inside a `Transaction` an append becomes visible to others when that transaction commits.
 */
import { Context, Effect, Option, Result, Stream } from "effect"
import * as AppendedStreams from "./AppendedStreams.ts"
import type { AppendError, EventStoreFailure, InvalidAppend } from "./EventStoreErrors.ts"
import type { ExpectedVersion } from "./ExpectedVersion.ts"
import { type LogDriver, type LogPage, type LogSlice, readAll, readLog, type ReadAllOptions } from "./LogPages.ts"
import { prepare, type PreparedEvent } from "./PreparedEvent.ts"
import type { NewEvent, RecordedEvent } from "./RecordedEvent.ts"
import type { StreamId } from "./StreamId.ts"

/** What an append answers: the version and the position of its last event. */
export interface Appended {
  readonly version: number
  readonly position: number
}

/** One of several appends in one transaction. */
export interface StreamAppend {
  readonly stream: StreamId
  readonly expected: ExpectedVersion
  readonly events: ReadonlyArray<NewEvent>
}

/** An append whose events are checked and in the form a store keeps. */
export interface PreparedAppend {
  readonly stream: StreamId
  readonly expected: ExpectedVersion
  readonly events: ReadonlyArray<PreparedEvent>
}

/** Which part of a stream to read. */
export interface ReadOptions {
  readonly direction?: "forwards" | "backwards"
  /** The first version to read, included. Default: the first event, or the last one when reading backwards. */
  readonly from?: number
  /** The most events to read. Default: all. */
  readonly limit?: number
}

/** One page of a stream: from `from` on in `direction`, at most `limit` events. */
export interface StreamPage {
  readonly direction: "forwards" | "backwards"
  readonly from: number
  readonly limit: number
}

/** One page of the streams of a category, by their ids. */
export interface StreamsPage {
  readonly tenant: string
  readonly category: string
  /** Streams with a greater id only, compared byte by byte. Default: from the first. */
  readonly after?: string
  readonly limit: number
}

/** A stream and the version of its last event. */
export interface StreamSummary {
  readonly stream: StreamId
  readonly version: number
}

/** What a layer has to implement; {@link EventStore.make} adds the checks and the streams on top, once for all. */
export interface EventStoreDriver extends LogDriver {
  append(append: PreparedAppend): Effect.Effect<Appended, AppendError>
  /** All appends in one transaction, in order, or none. */
  appendAll(appends: ReadonlyArray<PreparedAppend>): Effect.Effect<ReadonlyArray<Appended>, AppendError>
  readPage(stream: StreamId, page: StreamPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
  readStreams(page: StreamsPage): Effect.Effect<ReadonlyArray<StreamSummary>, EventStoreFailure>
}

/** How many events one query reads: enough to make the round trip cheap, few enough to keep memory flat. */
export const pageSize = 1024

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
    /**
     * Appends to several streams in one transaction: all of it or nothing. Fails with what the first refused append
     * fails with. Most writes touch one aggregate; this is for the few that must not.
     */
    appendAll(appends: ReadonlyArray<StreamAppend>): Effect.Effect<ReadonlyArray<Appended>, AppendError>
    /** The events of one stream in version order (or backwards); nothing when there is no such stream. */
    read(stream: StreamId, options?: ReadOptions): Stream.Stream<RecordedEvent, EventStoreFailure>
    /** One page of a stream with one query: for callers that hold the state and need only what is new. */
    readPage(stream: StreamId, page: StreamPage): Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
    /** The streams of a category in the order of their ids, one page with one query. */
    readStreams(page: StreamsPage): Effect.Effect<ReadonlyArray<StreamSummary>, EventStoreFailure>
    /** Every committed event after a position, in position order, up to the present; later events are not awaited. */
    readAll(options?: ReadAllOptions): Stream.Stream<RecordedEvent, EventStoreFailure>
    /** One page of the log, and how far it has looked: what a reader that follows the log goes on from. */
    readLog(page: LogPage): Effect.Effect<LogSlice, EventStoreFailure>
    /** The last position that has been given out: whatever is stored by now lies at or below it. 0 for an empty log. */
    readonly end: Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/EventStore") {
  /** Builds the service from what a layer implements. */
  static make(driver: EventStoreDriver): EventStore["Service"] {
    const readPage = (stream: StreamId, page: StreamPage) =>
      page.limit < 1 ? Effect.succeed([]) : driver.readPage(stream, page)
    return {
      append: (stream, expected, events) =>
        Effect.suspend(() => {
          const prepared = prepare(stream, expected, events)
          return Result.isSuccess(prepared)
            ? Effect.tap(driver.append({ stream, expected, events: prepared.success }), (appended) =>
                AppendedStreams.note([{ stream }], [appended])
              )
            : Effect.fail(prepared.failure)
        }),
      appendAll: (appends) =>
        Effect.flatMap(Effect.fromResult(prepareAll(appends)), (prepared) =>
          prepared.length === 0
            ? Effect.succeed([])
            : Effect.tap(driver.appendAll(prepared), (appended) => AppendedStreams.note(prepared, appended))
        ),
      readPage,
      readStreams: (page) => (page.limit < 1 ? Effect.succeed([]) : driver.readStreams(page)),
      read: (stream, options = {}) => readStream(readPage, stream, options),
      readAll: (options = {}) => readAll(driver, options, pageSize),
      readLog: (page) => readLog(driver, page),
      end: driver.end
    }
  }
}

const prepareAll = (
  appends: ReadonlyArray<StreamAppend>
): Result.Result<ReadonlyArray<PreparedAppend>, InvalidAppend> => {
  const out: Array<PreparedAppend> = []
  for (const { events, expected, stream } of appends) {
    const prepared = prepare(stream, expected, events)
    if (Result.isFailure(prepared)) return Result.fail(prepared.failure)
    out.push({ stream, expected, events: prepared.success })
  }
  return Result.succeed(out)
}

/** Reads page after page until one comes back short or the limit is reached. */
export const readStream = (
  readPage: EventStoreDriver["readPage"],
  stream: StreamId,
  options: ReadOptions
): Stream.Stream<RecordedEvent, EventStoreFailure> => {
  const direction = options.direction ?? "forwards"
  return Stream.paginate(
    {
      from: options.from ?? (direction === "forwards" ? 1 : Number.MAX_SAFE_INTEGER),
      left: options.limit ?? Number.POSITIVE_INFINITY
    },
    ({ from, left }) => {
      const limit = Math.min(pageSize, left)
      return Effect.map(readPage(stream, { direction, from, limit }), (events) => {
        const last = events.at(-1)
        const rest = left - events.length
        const more = last !== undefined && events.length === limit && rest > 0
        const next = last === undefined ? 0 : direction === "forwards" ? last.version + 1 : last.version - 1
        return [events, more ? Option.some({ from: next, left: rest }) : Option.none()] as const
      })
    }
  )
}
