/**
 * Appends of events that participants want: stored, told, and worked with in one transaction, many callers' at once.
 *
 * Guarantees: what participants write is committed with the events or not at all; they are given what was stored just
 * now, so nothing of a refused or repeated append. Streams are locked first, in the order of all calls, then what
 * participants write. When a participant fails, nothing of the call is stored, and each append is tried alone.
 */
import { PgTypes } from "@effect/sql-pg"
import type {
  Appended,
  AppendError,
  AppendParticipants,
  EventStoreFailure,
  PreparedAppend,
  PreparedEvent,
  RecordedEvent,
  ServingGeneration,
  StreamId,
  Transaction
} from "@eventfold/event-store"
import { DateTime, Effect, Predicate, type Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { answer, type OneRow, operation, refusal } from "./AppendAnswers.ts"
import type { AppendCalls, AppendExit } from "./AppendCalls.ts"
import * as AppendMany from "./AppendMany.ts"
import { array, oneParameters } from "./AppendParameters.ts"
import * as ForeseenAppends from "./ForeseenAppends.ts"
import { failure } from "./StoreFailure.ts"

/** Appends that participants work with. */
export interface ToldAppends extends Pick<AppendCalls, "together" | "alone" | "isLong"> {
  /** Whether any of its events is wanted. */
  readonly isWanted: (append: PreparedAppend) => boolean
  /** One append inside the transaction that is open. */
  readonly joined: (append: PreparedAppend) => Effect.Effect<Appended, AppendError>
  /** Several appends inside the transaction that is open, after which participants are told of all. */
  readonly allJoined: (appends: ReadonlyArray<PreparedAppend>) => Effect.Effect<ReadonlyArray<Appended>, AppendError>
}

/** Where and when the wanted events were stored; `null` for those that were not stored now. */
interface Told {
  /** The generations that are read of the projections whose fence was taken; `null` when there is none. */
  readonly serving: ReadonlyArray<ServingGeneration> | null
  readonly told_versions: ReadonlyArray<bigint | null> | null
  readonly told_positions: ReadonlyArray<bigint | null> | null
  readonly told_recorded: ReadonlyArray<Date | null> | null
}

/** The appends on a SQL client. */
export const make = (
  sql: SqlClient.SqlClient,
  transaction: Transaction["Service"],
  participants: AppendParticipants["Service"]
): ToldAppends => {
  const wanted = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<number> =>
    events.flatMap(({ type }, index) => (participants.wants(type) ? [index] : []))

  /** What is to be done for events: which fences the call has to take, and the work given what it answered. */
  const begin = Effect.fnUntraced(function* (events: ReadonlyArray<PreparedEvent>) {
    const types = typesOf(events)
    const fenced = participants.fenced(types)
    if (fenced !== undefined) return fenced
    const work = yield* participants.begin(types)
    return { projections: [], work: () => work }
  })

  const one = Effect.fnUntraced(function* (append: PreparedAppend, fence: ReadonlyArray<string>) {
    const { events, stream } = append
    const places = wanted(events)
    const parameters = [...oneParameters(append, true), placesParameter(places), names(fence)]
    const [row] = yield* sql.unsafe<OneRow & Told>(oneStatement, parameters).pipe(Effect.mapError(refusal(append)))
    const appended = yield* answer(append, row)
    return { appended, serving: row?.serving ?? [], stored: recorded(places, events, () => stream, row) }
  })

  const joinedAll = Effect.fnUntraced(function* (appends: ReadonlyArray<PreparedAppend>) {
    const { projections, work } = yield* begin(appends.flatMap(({ events }) => events))
    // The fence is taken with the first of them, which is before anything is stored.
    const answers = yield* Effect.forEach(appends, (append, index) => one(append, index === 0 ? projections : []))
    const events = answers.flatMap(({ stored }) => stored)
    if (events.length > 0) yield* work(answers[0]?.serving ?? [])({ events, careful: true })
    return answers.map(({ appended }) => appended)
  })
  const joined = (append: PreparedAppend) => Effect.flatMap(joinedAll([append]), ([appended]) => onlyOne(appended))

  const many = Effect.fnUntraced(function* (
    appends: ReadonlyArray<PreparedAppend>
  ): Effect.fn.Return<ReadonlyArray<AppendExit>, EventStoreFailure> {
    const request = AppendMany.request(appends)
    const { events, streams } = request
    const places = wanted(events)
    const { projections, work } = yield* begin(events)
    const [row] = yield* sql
      .unsafe<AppendMany.ManyRow & Told>(manyStatement, [
        ...request.parameters,
        placesParameter(places),
        names(projections)
      ])
      .pipe(Effect.mapError(failure(operation)))
    const stored = recorded(places, events, (place) => streams[place], row)
    if (stored.length > 0) yield* work(row?.serving ?? [])({ events: stored, careful: false })
    return request.answers(row)
  })

  const inOneStatement = ForeseenAppends.make(sql)
  const isWanted = ({ events }: PreparedAppend) => events.some(({ type }) => participants.wants(type))
  const isForeseen = (append: PreparedAppend) =>
    participants.fenced(typesOf(append.events))?.foresight?.isLikely(append) === true

  return {
    isWanted,
    isLong: (append) => isWanted(append) && !isForeseen(append),
    together: Effect.fnUntraced(function* (appends) {
      const fenced = participants.fenced(typesOf(appends.flatMap(({ events }) => events)))
      const foreseen = yield* fenced?.foresight?.of(appends) ?? Effect.succeed(undefined)
      const exits =
        fenced === undefined || foreseen === undefined
          ? undefined
          : yield* inOneStatement(appends, fenced.projections, foreseen)
      return exits ?? (yield* transaction.run(many(appends)))
    }),
    alone: (append) => transaction.run(joined(append)),
    joined,
    allJoined: joinedAll
  }
}

const typesOf = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<string> => {
  const types: Array<string> = []
  for (const { type } of events) if (!types.includes(type)) types.push(type)
  return types
}

const names = (projections: ReadonlyArray<string>) => array(projections, PgTypes.OID.text)

const placesParameter = (places: ReadonlyArray<number>) =>
  array(
    places.map((place) => place + 1),
    PgTypes.OID.int4
  )

const onlyOne = (appended: Appended | undefined) =>
  appended === undefined ? Effect.die(new Error("an append has no answer")) : Effect.succeed(appended)

/** The wanted events that were stored, in the order of the log. */
const recorded = (
  places: ReadonlyArray<number>,
  events: ReadonlyArray<PreparedEvent>,
  streamOf: (place: number) => StreamId.StreamId | undefined,
  told: Told | undefined
): ReadonlyArray<RecordedEvent> => {
  const stored: Array<RecordedEvent> = []
  for (const [index, place] of places.entries()) {
    const [event, stream] = [events[place], streamOf(place)]
    const [version, position] = [told?.told_versions?.[index], told?.told_positions?.[index]]
    const at = told?.told_recorded?.[index]
    if (event === undefined || stream === undefined || !Predicate.isBigInt(version)) continue
    if (!Predicate.isBigInt(position) || !Predicate.isDate(at)) continue
    stored.push({
      ...event,
      stream,
      version: Number(version),
      position: Number(position),
      recordedAt: DateTime.fromDateUnsafe(at),
      data: parseJson(event.data),
      metadata: parseMetadata(event.metadata)
    })
  }
  return stored.toSorted((a, b) => a.position - b.position)
}

const parseJson: (text: string) => Schema.Json = JSON.parse
const parseMetadata: (text: string) => RecordedEvent["metadata"] = JSON.parse

const oneStatement = `select outcome, version, position, serving, told_versions, told_positions, told_recorded
  from eventfold.append_one_told($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`

const manyStatement = `select places, outcomes, versions, positions, serving, told_versions, told_positions, told_recorded
  from eventfold.append_told($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)`
