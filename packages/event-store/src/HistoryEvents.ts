/**
 * The events of a part of the past, as they are stored: nothing is decoded, so nothing here fails on an old event.
 *
 * Guarantees: events of one stream come in the order of versions, those of the log in the order of positions, whichever
 * time selects them. Memory is flat: a page of the store at a time. There is no time limit; put one around
 * (`Effect.timeout`, `Stream.timeout`) where somebody waits.
 */
import { DateTime, Effect, Stream } from "effect"
import { EventStore, pageSize } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import {
  type HistoryPeriod,
  type HistoryPoint,
  type InvalidHistoryQuery,
  checkPoint,
  isIn,
  problemOfPeriod
} from "./HistoryPoint.ts"
import type { ReadAllOptions } from "./LogPages.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import type * as StreamId from "./StreamId.ts"

type Events = Stream.Stream<RecordedEvent, EventStoreFailure | InvalidHistoryQuery, EventStore>

/** The events that make the state of a stream as of a point; none when there is no such stream. */
export const eventsAsOf = (stream: StreamId.StreamId, point: HistoryPoint): Events =>
  Stream.unwrap(
    Effect.gen(function* () {
      yield* checkPoint(point)
      const store = yield* EventStore
      switch (point._tag) {
        case "Version":
          return store.read(stream, { limit: point.version })
        case "Occurred":
          return Stream.filter(store.read(stream), ({ occurredAt }) =>
            DateTime.isLessThanOrEqualTo(occurredAt, point.at)
          )
        case "Recorded":
          return yield* recordedAsOf(store, stream, point.at)
      }
    })
  )

/**
 * Looks for the last event from the end, so that what was recorded later is not read twice, and a stream that fits into
 * one page takes one query.
 */
const recordedAsOf = Effect.fnUntraced(function* (
  store: EventStore["Service"],
  stream: StreamId.StreamId,
  at: DateTime.Utc
) {
  let from = Number.MAX_SAFE_INTEGER
  while (true) {
    const page = yield* store.readPage(stream, { direction: "backwards", from, limit: pageSize })
    const oldest = page.at(-1)
    const last = page.findIndex(({ recordedAt }) => DateTime.isLessThanOrEqualTo(recordedAt, at))
    const found = page[last]
    if (found !== undefined) {
      return oldest?.version === 1
        ? Stream.fromIterable(page.slice(last).toReversed())
        : store.read(stream, { limit: found.version })
    }
    if (oldest === undefined || oldest.version === 1) return Stream.empty
    from = oldest.version - 1
  }
})

const checked = (period: HistoryPeriod, events: (store: EventStore["Service"]) => Events): Events =>
  Stream.unwrap(
    Effect.gen(function* () {
      const problem = problemOfPeriod(period)
      if (problem !== undefined) return yield* problem
      return Stream.filter(events(yield* EventStore), isIn(period))
    })
  )

/** The events of a stream between two dates. The whole stream is read. */
export const eventsBetween = (
  stream: StreamId.StreamId,
  period: HistoryPeriod,
  options: { readonly afterVersion?: number } = {}
): Events => checked(period, (store) => store.read(stream, { from: (options.afterVersion ?? 0) + 1 }))

/**
 * The events of the whole log between two dates, those that pass the filter. The log is read up to the present, from its
 * beginning or after a position: an early date of a long log is faster asked for with a position that is known to be
 * before it.
 */
export const logBetween = (period: HistoryPeriod, options: Omit<ReadAllOptions, "limit"> = {}): Events =>
  checked(period, (store) => store.readAll(options))
