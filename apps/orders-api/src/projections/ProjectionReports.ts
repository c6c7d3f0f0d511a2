/** How the projections are, for people: what their runner and their rebuilds say, put together. */
import {
  type LagInEvents,
  ProjectionRunner,
  type ProjectionStatus,
  Rebuild,
  rebuildText,
  type RebuildStatus,
  UnknownProjection
} from "@eventfold/subscriptions"
import { DateTime, Effect, Schema } from "effect"

const Lag = Schema.Struct({
  /** Events it has yet to deal with; counting stops at 1,000. */
  events: Schema.Int,
  /** Whether there are more than were counted. */
  atLeast: Schema.Boolean,
  /** For how long there has been something it has not dealt with. */
  seconds: Schema.Finite
})

/** How far a rebuild is. */
export const RebuildReport = Schema.Struct({
  generation: Schema.Int,
  begunAt: Schema.DateTimeUtc,
  /** The day from which on rows are folded anew, when older ones are kept. */
  from: Schema.optionalKey(Schema.String),
  /** Positions of the log it is past, and those there are. */
  done: Schema.Int,
  total: Schema.Int,
  perSecond: Schema.Finite,
  /** An estimate; absent when nobody can tell. */
  secondsLeft: Schema.optionalKey(Schema.Finite),
  /** The same in a line. */
  text: Schema.String,
  /** Why readers are not led to it yet, when it was tried. */
  waitsFor: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "RebuildReport" })

/** How a projection is. */
export const ProjectionReport = Schema.Struct({
  name: Schema.String,
  mode: Schema.Literals(["async", "inline", "live"]),
  /**
   * `current`: its rows are read; `building`: there are none to read yet; `rebuilding`: new ones are built beside those
   * that are read; `waiting`: it has changed, and waits for the command to rebuild; `superseded`: a newer program's rows
   * are read.
   */
  rows: Schema.Literals(["current", "building", "rebuilding", "waiting", "superseded", "on-demand"]),
  /** What the one who works for it does; `inline` when appends do; `starting` when it was started and nobody does yet. */
  state: Schema.String,
  /** Everything up to here has been dealt with, or noted as a dead letter. */
  position: Schema.optionalKey(Schema.Int),
  lag: Schema.optionalKey(Lag),
  eventsPerSecond: Schema.optionalKey(Schema.Finite),
  /** Events that could not be dealt with, those that wait behind them, and those somebody has discarded. */
  deadLetters: Schema.optionalKey(Schema.Struct({ failed: Schema.Int, waiting: Schema.Int, discarded: Schema.Int })),
  /** Which processes work for it. */
  owners: Schema.Array(Schema.String),
  rebuild: Schema.optionalKey(RebuildReport),
  /** What does not work. */
  problem: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ProjectionReport", description: "How a projection is" })
/** How a projection is. */
export type ProjectionReport = typeof ProjectionReport.Type

/** How all projections are, by name. */
export const all = Effect.gen(function* () {
  const [runner, rebuild] = [yield* ProjectionRunner, yield* Rebuild]
  const [statuses, rebuilds] = yield* Effect.all([runner.statuses, rebuild.statuses], { concurrency: 2 })
  return statuses.map((status) =>
    reportOf(
      status,
      rebuilds.find(({ projection }) => projection === status.projection)
    )
  )
})

/** How one projection is. */
export const one = Effect.fnUntraced(function* (name: string) {
  const reports = yield* all
  const found = reports.find((report) => report.name === name)
  return found ?? (yield* new UnknownProjection({ projection: name, known: reports.map((report) => report.name) }))
})

const reportOf = (status: ProjectionStatus, rebuild: RebuildStatus | undefined): ProjectionReport => {
  const { current, mode, problem, projection: name } = status
  const building = rebuild?.building
  const isWritten = mode === "live" || (mode === "inline" && current?.generationState !== "building")
  return {
    name,
    mode,
    rows: rebuild?.standing ?? "on-demand",
    state: isWritten ? mode : (current?.state ?? "not-owner"),
    ...(current === undefined ? {} : followingOf(current)),
    owners: Array.from(new Set(current?.slices.flatMap(({ owner }) => owner ?? []))),
    ...(building === undefined ? {} : { rebuild: rebuildOf(name, building) }),
    ...(problem === undefined ? {} : { problem })
  }
}

const followingOf = ({
  eventsPerSecond,
  lag,
  lagMillis,
  letters: deadLetters,
  position
}: NonNullable<ProjectionStatus["current"]>) => ({
  position,
  eventsPerSecond,
  deadLetters,
  ...(lag === undefined ? {} : { lag: lagOf(lag, lagMillis) })
})

const lagOf = ({ atLeast, count }: LagInEvents, millis: number) => ({ events: count, atLeast, seconds: millis / 1000 })

const rebuildOf = (
  name: string,
  { generation: { begunAt, from, generation }, progress, waitsFor }: NonNullable<RebuildStatus["building"]>
): typeof RebuildReport.Type => {
  const { done, perSecond, secondsLeft, total } = progress
  return {
    generation,
    begunAt: DateTime.toUtc(begunAt),
    ...(from === undefined ? {} : { from }),
    done,
    total,
    perSecond,
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
    text: rebuildText(name, progress),
    ...(waitsFor === undefined ? {} : { waitsFor })
  }
}
