/**
 * What comes before each read of a read model: the demand of the reader is met, and freshness is noted for who collects it.
 *
 * Without a demand and without somebody who collects, it asks nothing.
 */
import { Projection, type ReadModel } from "@eventfold/decider"
import {
  type ConsistencyToken,
  EventStore,
  type EventStoreFailure,
  NotUpToDate,
  type ReadFailure,
  ReadModelFailure,
  ReadModelNotReady
} from "@eventfold/event-store"
import { Duration, Effect, Option, Predicate, Schedule } from "effect"
import * as ConsistencyDemand from "./ConsistencyDemand.ts"
import * as ConsistencyProgress from "./ConsistencyProgress.ts"
import { DeadLetters } from "./DeadLetters.ts"
import * as Freshness from "./Freshness.ts"
import type { LiveFailure } from "./LiveModel.ts"
import { LiveProjections } from "./LiveProjections.ts"
import * as ReadModelsServing from "./ReadModelsServing.ts"
import { WantedEvents } from "./WantedEvents.ts"

/** In how many seconds it is worth asking again when a read model is late, and when somebody has to mend something. */
const retryAfter = { late: 1, parked: 60 } as const

/** For how long, in milliseconds, a change of the checkpoint is waited for before it is looked again; doubled each time. */
const wait = { first: 25, longest: 1000 } as const

/** Makes readers wait for what they demand. */
export interface ReadModelsReadiness {
  /**
   * Does nothing, or waits, or fails; then the read model of a tenant can be read. Answers the position up to which
   * everything is to be in the answer.
   */
  before<Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>,
    tenant: string
  ): Effect.Effect<number, ReadFailure>
  /** The consumer that feeds the rows that are read; undefined when they are not there, or live. */
  consumerOf<Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>
  ): Effect.Effect<string | undefined, ReadFailure>
}

/** The way a read model is kept, as far as its readers can tell. */
interface Source {
  /**
   * How far the rows are that a read would be answered from, at least, and where the log ended before that. `passed`: up to
   * there is nothing that concerns them, though nobody has said so yet.
   */
  readonly look: Effect.Effect<
    { readonly position: number; readonly passed: number; readonly end: number },
    SourceFailure
  >
  /** Waits, without a limit, until the rows have come to a position. */
  readonly reached: (position: number) => Effect.Effect<void, SourceFailure>
  /** The partition that is held back because of an event of a token's streams, at or below its position. */
  readonly parked: (token: ConsistencyToken.ConsistencyToken) => Effect.Effect<string | undefined, SourceFailure>
  /** Whether anything of a tenant is held back, so that rows miss something that was stored. */
  readonly misses: (tenant: string) => Effect.Effect<boolean, SourceFailure>
}

type SourceFailure = EventStoreFailure | LiveFailure | ReadModelNotReady

/** Over consumers, dead letters and, where there are any, live projections. */
export const make = Effect.gen(function* () {
  const [letters, log] = [yield* DeadLetters, yield* EventStore]
  const wanted = Option.getOrUndefined(yield* Effect.serviceOption(WantedEvents))
  const live = Option.getOrUndefined(yield* Effect.serviceOption(LiveProjections))
  const serving = yield* ReadModelsServing.make
  const progress = yield* ConsistencyProgress.make

  const stored = <Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>
  ): Source => {
    const fed = Effect.filterOrFail(
      serving.consumerOf(readModel),
      Predicate.isNotUndefined,
      () => new ReadModelNotReady({ readModel: readModel.name })
    )
    /**
     * The consumer that feeds the rows, and how far it is. Rows without a consumer are kept by the appends themselves:
     * they are as far as the log. No consumer at all: there were no rows. That fails here, and is not left to the read:
     * there can be rows by then, and nobody would know how far those are.
     */
    const found = Effect.gen(function* () {
      while (true) {
        const consumer = yield* fed
        const { end, position } = yield* progress.look(consumer)
        if (position !== undefined) return { consumer, position, end }
        // Nobody feeds it inline unless it is still the one that is read.
        serving.forget(readModel.name)
        if ((yield* serving.consumerOf(readModel)) === consumer) return { consumer, position: end, end, inline: true }
      }
    })
    const filter = wanted?.filterOf(readModel.name)
    /** The same, and up to where there is nothing to be dealt with. */
    const looked = Effect.gen(function* () {
      const now = yield* found
      if (filter === undefined || now.position >= now.end) return { ...now, passed: now.position }
      const { events, position } = yield* log.readLog({ after: now.position, limit: 1, filter })
      return { ...now, passed: events.length > 0 ? now.position : Math.max(now.position, position) }
    })
    return {
      look: looked,
      reached: Effect.fnUntraced(function* (position) {
        for (let millis: number = wait.first; true; millis = Math.min(2 * millis, wait.longest)) {
          if (progress.isReached(yield* fed, position)) return
          const now = yield* looked
          if (now.inline === true || now.passed >= position) return
          // From time to time it is asked again who feeds the rows: that can be another one by now.
          yield* Effect.timeoutOrElse(progress.reached(now.consumer, position), {
            duration: millis,
            orElse: () => Effect.void
          })
        }
      }),
      parked: Effect.fnUntraced(function* ({ position, streams }) {
        const consumer = streams.length === 0 ? undefined : yield* serving.consumerOf(readModel)
        if (consumer === undefined) return undefined
        return Option.getOrUndefined(yield* letters.blocking(consumer, streams, position))?.partition
      }),
      misses: Effect.fnUntraced(function* (tenant) {
        const consumer = yield* serving.consumerOf(readModel)
        // The first question is the cheap one, and nearly always answered no.
        if (consumer === undefined || !(yield* letters.any(consumer))) return false
        return (yield* letters.list({ consumer, tenant, limit: 1 })).length > 0
      })
    }
  }

  const folded = (name: string, models: LiveProjections["Service"]): Source => ({
    look: Effect.gen(function* () {
      const { end } = yield* progress.look(name)
      const position = yield* models.catchUp(name)
      return { position, passed: position, end }
    }),
    reached: (position) =>
      Effect.asVoid(
        Effect.repeat(models.catchUp(name), {
          until: (at) => at >= position,
          schedule: Schedule.spaced(ConsistencyProgress.spacing)
        })
      ),
    parked: ({ position, streams, tenant }) =>
      Effect.map(models.statuses, (all) => {
        const partitions = new Set(streams.map(Projection.streamPartition))
        const held = all.find(({ readModel }) => readModel === name)?.held ?? []
        const first = held.find(
          (one) => one.tenant === tenant && one.position <= position && partitions.has(one.partition)
        )
        return first?.partition
      }),
    misses: (tenant) =>
      Effect.map(
        models.statuses,
        (all) => all.find(({ readModel }) => readModel === name)?.held.some((one) => one.tenant === tenant) === true
      )
  })

  const met = Effect.fnUntraced(function* (
    source: Source,
    readModel: string,
    demand: ConsistencyDemand.ConsistencyDemand
  ) {
    const { position } = demand.token
    const check = Effect.flatMap(source.parked(demand.token), (parked) =>
      parked === undefined
        ? Effect.void
        : Effect.fail(new NotUpToDate({ readModel, position, retryAfter: retryAfter.parked, parked }))
    )
    yield* check
    const late = new NotUpToDate({ readModel, position, retryAfter: retryAfter.late })
    // Who does not want to wait is answered by one look, however long that takes.
    if (Duration.isZero(demand.wait)) {
      if ((yield* source.look).passed < position) return yield* late
    } else {
      yield* Effect.timeoutOrElse(source.reached(position), {
        duration: demand.wait,
        orElse: () => Effect.fail(late)
      })
    }
    // It can have been held back while it was waited for.
    yield* check
  })

  const before: ReadModelsReadiness["before"] = Effect.fnUntraced(
    function* (readModel, tenant) {
      const [demand, seen] = [yield* ConsistencyDemand.Current, yield* Freshness.Current]
      if (demand === undefined && seen === undefined) return 0
      const { name } = readModel
      const source = live !== undefined && live.names.has(name) ? folded(name, live) : stored(readModel)
      // The streams of another tenant are none of this one's business.
      if (demand !== undefined)
        yield* met(source, name, demand.token.tenant === tenant ? demand : withoutStreams(demand))
      const demanded = demand?.token.position ?? 0
      if (seen === undefined) return demanded
      const { end, passed, position } = yield* source.look
      const upToDate = passed >= end && !(yield* source.misses(tenant))
      Freshness.note(seen, { readModel: name, upToDate, position: passed })
      return Math.max(demanded, position)
    },
    (reading, { name }) => Effect.mapError(reading, asReadFailure(name))
  )

  const consumerOf: ReadModelsReadiness["consumerOf"] = (readModel) =>
    live?.names.has(readModel.name) === true
      ? Effect.undefined
      : Effect.mapError(serving.consumerOf(readModel), asReadFailure(readModel.name))

  return { before, consumerOf } satisfies ReadModelsReadiness
})

const withoutStreams = (demand: ConsistencyDemand.ConsistencyDemand) => ({
  ...demand,
  token: { ...demand.token, streams: [] }
})

/** What reading fails with, as those who read are told. */
export const asReadFailure =
  (readModel: string) =>
  (failure: SourceFailure | ReadFailure): ReadFailure =>
    failure._tag === "EventStoreFailure" || failure._tag === "LiveRowsExceeded"
      ? new ReadModelFailure({ readModel, cause: failure })
      : failure
