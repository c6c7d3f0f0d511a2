/**
 * Something asked of every stream of a category, a page of streams at a time, in the order of their ids.
 *
 * Memory is flat whatever the number of streams: a page of answers, and a page of events of the few streams read at the
 * same time. A stream with an event that cannot be decoded is answered by that error and stops no other.
 */
import { Effect, Option, Result, Stream } from "effect"
import { EventStore } from "./EventStore.ts"
import { EventNotDecodable, type EventStoreFailure } from "./EventStoreErrors.ts"
import { InvalidHistoryQuery } from "./HistoryPoint.ts"
import type * as StreamId from "./StreamId.ts"

/** The most streams one page looks at. */
export const largestHistoryPage = 1_000

/** How many streams a page looks at when everything is asked for. */
const usualPage = 256

/** How many streams are read at the same time: enough to keep a connection or two busy, and others served. */
const streamsAtOnce = 4

/** Which streams of the category to ask. */
export interface HistoryScope {
  readonly tenant: string
  /** Streams with a greater id only, compared byte by byte. Default: from the first. */
  readonly after?: string | undefined
}

/** A page of streams to ask. */
export interface HistoryPageOptions extends HistoryScope {
  /** How many streams to look at, 1 to 1,000. Those with nothing to tell are looked at, too. */
  readonly limit: number
}

/** What a page of streams answered. */
export interface HistoryPage<A> {
  /** In the order of the ids of the streams; fewer than streams where some had nothing to tell. */
  readonly found: ReadonlyArray<Result.Result<A, EventNotDecodable>>
  /** The `after` of the next page; `undefined` on the last one. */
  readonly next: string | undefined
}

/** Asks one stream; `none`: it has nothing to tell. */
export type Question<A, E> = (
  stream: StreamId.StreamId
) => Effect.Effect<Option.Option<A>, EventNotDecodable | EventStoreFailure | E, EventStore>

/** Asks a page of the streams of a category. */
export const page = Effect.fnUntraced(function* <A, E>(
  category: string,
  { after, limit, tenant }: HistoryPageOptions,
  ask: Question<A, E>
): Effect.fn.Return<HistoryPage<A>, EventStoreFailure | InvalidHistoryQuery | E, EventStore> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > largestHistoryPage) {
    const rule = `must be a whole number from 1 to ${largestHistoryPage}`
    return yield* new InvalidHistoryQuery({ field: "limit", rule })
  }
  const store = yield* EventStore
  const streams = yield* store.readStreams({ tenant, category, limit, ...(after === undefined ? {} : { after }) })
  const answers = yield* Effect.forEach(streams, ({ stream }) => answerOf(ask(stream)), { concurrency: streamsAtOnce })
  return {
    found: answers.flatMap((answer) => Option.toArray(answer)),
    next: streams.length === limit ? streams.at(-1)?.stream.id : undefined
  }
})

const answerOf = <A, E, R>(
  asked: Effect.Effect<Option.Option<A>, EventNotDecodable | E, R>
): Effect.Effect<Option.Option<Result.Result<A, EventNotDecodable>>, E, R> =>
  Effect.matchEffect(asked, {
    onSuccess: (answer) => Effect.succeed(Option.map(answer, (value) => Result.succeed(value))),
    onFailure: (error) =>
      error instanceof EventNotDecodable ? Effect.succeedSome(Result.fail(error)) : Effect.fail(error)
  })

/** Asks all streams of a category. */
export const each = <A, E>(
  category: string,
  { after, tenant }: HistoryScope,
  ask: Question<A, E>
): Stream.Stream<Result.Result<A, EventNotDecodable>, EventStoreFailure | InvalidHistoryQuery | E, EventStore> =>
  Stream.paginate(after, (from) =>
    Effect.map(
      page(category, { tenant, after: from, limit: usualPage }, ask),
      ({ found, next }) => [found, next === undefined ? Option.none() : Option.some(next)] as const
    )
  )
