/**
 * What was, and what would have been: the past of the aggregates of a decider, folded from their events.
 *
 * Everything here reads and nothing writes. States are folded from the first event on, so that a snapshot taken under
 * another fold is never part of an answer. A stream that does not exist, or did not yet, has the initial state at
 * version 0. Memory is flat, and nothing has a time limit of its own: put one around (`Effect.timeout`) where somebody
 * waits. An event that cannot be decoded fails what is asked of its stream, if it is one of the events asked for.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { type DateTime, Effect, Option, Result, Stream } from "effect"
import * as EventCodec from "./EventCodec.ts"
import type { EventStore } from "./EventStore.ts"
import type { EventNotDecodable, EventStoreFailure } from "./EventStoreErrors.ts"
import { type Difference, between } from "./HistoryDifference.ts"
import * as HistoryEvents from "./HistoryEvents.ts"
import * as HistoryPages from "./HistoryPages.ts"
import { type HistoryPeriod, type HistoryPoint, type InvalidHistoryQuery, checkPoint, latest } from "./HistoryPoint.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import type { StreamId } from "./StreamId.ts"

export { type Difference, between as differencesBetween, format as formatDifference } from "./HistoryDifference.ts"
export { eventsAsOf, eventsBetween, logBetween } from "./HistoryEvents.ts"
export {
  each as eachStream,
  type HistoryPage,
  type HistoryPageOptions,
  type HistoryScope,
  largestHistoryPage,
  page as pageOfStreams,
  type Question
} from "./HistoryPages.ts"
export {
  atVersion,
  by,
  type HistoryPeriod,
  HistoryPoint,
  HistoryTime,
  InvalidHistoryQuery,
  isIn,
  latest,
  occurredBy,
  problemOfPeriod,
  recordedBy
} from "./HistoryPoint.ts"

/** The state of a stream as of a point in its history. */
export interface StateAsOf<State> {
  readonly stream: StreamId
  readonly state: State
  /** The version of the last event in it, 0 when there is none. */
  readonly version: number
  /** How many events are in it: fewer than `version` where earlier ones had not occurred yet. */
  readonly events: number
  /** When the last event in it was recorded; `undefined` when there is none. */
  readonly recordedAt: DateTime.Utc | undefined
  /** When the last event in it occurred; `undefined` when there is none. */
  readonly occurredAt: DateTime.Utc | undefined
}

/** What to change about the past, only in thought. What is left out stays as it was. */
export interface Change<Corrected, Event> {
  /** The fold to try: another decider for the same events. */
  readonly fold?: {
    readonly initial: Corrected
    readonly evolve: (state: Corrected, event: Event) => Corrected
  }
  /** What is taken to have happened in place of each event: `[event]` itself, another, several, or `[]` for nothing. */
  readonly instead?: (event: Event, recorded: RecordedEvent) => ReadonlyArray<Event>
  /** As of when to compare. Default: as it is now. */
  readonly asOf?: HistoryPoint
}

/** A stream as it is, and as it would be after a change. */
export interface WhatIf<State, Corrected> {
  readonly stream: StreamId
  /** The version of the last event looked at. */
  readonly version: number
  readonly current: State
  readonly corrected: Corrected
  /** None when the change makes no difference. */
  readonly differences: ReadonlyArray<Difference>
}

/** What reading the past of one stream can fail with. */
export type HistoryError = InvalidHistoryQuery | EventNotDecodable | EventStoreFailure

/** An answer for each of many streams or events. */
type Each<A> = Stream.Stream<Result.Result<A, EventNotDecodable>, InvalidHistoryQuery | EventStoreFailure, EventStore>

/** Asks about the past of the aggregates of one decider. */
export interface History<State, Event> {
  /** The state of a stream as of a point. */
  readonly asOf: (stream: StreamId, point: HistoryPoint) => Effect.Effect<StateAsOf<State>, HistoryError, EventStore>
  /** The states of all streams of a tenant that had begun by then, in the order of their ids. */
  readonly eachAsOf: (scope: HistoryPages.HistoryScope, point: HistoryPoint) => Each<StateAsOf<State>>
  /** The same, a page of streams at a time: for callers that answer page by page. */
  readonly pageAsOf: (
    page: HistoryPages.HistoryPageOptions,
    point: HistoryPoint
  ) => Effect.Effect<HistoryPages.HistoryPage<StateAsOf<State>>, InvalidHistoryQuery | EventStoreFailure, EventStore>
  /** The events of a stream between two dates, decoded, in the order of versions. */
  readonly events: (
    stream: StreamId,
    period: HistoryPeriod
  ) => Stream.Stream<EventCodec.DecodedEvent<Event>, HistoryError, EventStore>
  /**
   * The events of all streams between two dates, decoded, in the order of positions: of one tenant or all, after a
   * position or from the beginning.
   */
  readonly allEvents: (
    period: HistoryPeriod,
    scope?: { readonly tenant?: string; readonly after?: number }
  ) => Each<EventCodec.DecodedEvent<Event>>
  /** A stream as it is and as it would be after a change. */
  readonly whatIf: <Corrected = State>(
    stream: StreamId,
    change: Change<Corrected, Event>
  ) => Effect.Effect<WhatIf<State, State | Corrected>, HistoryError, EventStore>
  /** The same for all streams of a tenant; only those that would be different are answered. */
  readonly eachWhatIf: <Corrected = State>(
    scope: HistoryPages.HistoryScope,
    change: Change<Corrected, Event>
  ) => Each<WhatIf<State, State | Corrected>>
}

/** Asks about the past of the aggregates of a decider. */
export const make = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>
): History<State, Event> => {
  const codec = EventCodec.make(decider.Event)
  const { category } = decider

  const decode = (recorded: ReadonlyArray<RecordedEvent>) =>
    Effect.flatMap(codec.decodeEach(recorded), (results) => Effect.fromResult(Result.all(results)))
  /** The decoded events of a stream as of a point, a page of the store at a time. */
  const pages = (stream: StreamId, point: HistoryPoint) =>
    HistoryEvents.eventsAsOf(stream, point).pipe(Stream.chunks, Stream.mapEffect(decode))

  const asOf = (stream: StreamId, point: HistoryPoint) =>
    Stream.runFold(
      pages(stream, point),
      () => nothingYet(stream, decider.initial),
      (reached, page) => {
        const last = page.at(-1)?.recorded
        return {
          stream,
          state: Decider.fold(decider, eventsOf(page), reached.state),
          version: last?.version ?? reached.version,
          events: reached.events + page.length,
          recordedAt: last?.recordedAt ?? reached.recordedAt,
          occurredAt: last?.occurredAt ?? reached.occurredAt
        }
      }
    )
  const begunAsOf = (point: HistoryPoint) => (stream: StreamId) =>
    Effect.map(
      asOf(stream, point),
      Option.liftPredicate(({ events }) => events > 0)
    )

  const whatIf = <Corrected = State>(
    stream: StreamId,
    { asOf: point = latest, fold, instead }: Change<Corrected, Event>
  ) =>
    Effect.suspend(() => {
      const current = folding(decider)
      const corrected = fold === undefined ? folding(decider) : folding(fold)
      let version = 0
      return pages(stream, point).pipe(
        Stream.runForEach((page) =>
          Effect.sync(() => {
            for (const { event, recorded } of page) {
              current.add(event)
              for (const other of instead?.(event, recorded) ?? [event]) corrected.add(other)
              version = recorded.version
            }
          })
        ),
        Effect.map(() => {
          const states = { current: current.state(), corrected: corrected.state() }
          return { stream, version, ...states, differences: between(states.current, states.corrected) }
        })
      )
    })

  return {
    asOf,
    eachAsOf: (scope, point) => HistoryPages.each(category, scope, begunAsOf(point)),
    pageAsOf: (page, point) => Effect.andThen(checkPoint(point), HistoryPages.page(category, page, begunAsOf(point))),
    events: (stream, period) =>
      HistoryEvents.eventsBetween(stream, period).pipe(Stream.chunks, Stream.mapEffect(decode), Stream.flattenIterable),
    allEvents: (period, { after = 0, tenant } = {}) => {
      const filter = { categories: [category], ...(tenant === undefined ? {} : { tenant }) }
      return HistoryEvents.logBetween(period, { after, filter }).pipe(
        Stream.chunks,
        Stream.mapEffect(codec.decodeEach),
        Stream.flattenIterable
      )
    },
    whatIf,
    eachWhatIf: (scope, change) =>
      HistoryPages.each(category, scope, (stream) =>
        Effect.map(
          whatIf(stream, change),
          Option.liftPredicate(({ differences }) => differences.length > 0)
        )
      )
  }
}

const eventsOf = <Event>(page: ReadonlyArray<EventCodec.DecodedEvent<Event>>): ReadonlyArray<Event> =>
  page.map(({ event }) => event)

const nothingYet = <State>(stream: StreamId, initial: State): StateAsOf<State> => ({
  stream,
  state: initial,
  version: 0,
  events: 0,
  recordedAt: undefined,
  occurredAt: undefined
})

/** A fold under way, which keeps the type of its state to itself. */
const folding = <State, Event>({ evolve, initial }: Required<Change<State, Event>>["fold"]) => {
  let state = initial
  return {
    add: (event: Event) => {
      state = evolve(state, event)
    },
    state: () => state
  }
}
