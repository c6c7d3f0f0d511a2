/**
 * One row per process of the process managers: where it stands, when its next timer is due, since when nothing comes. Made
 * from what processes record alone, so it is built anew like every other read model. Have a `ProjectionRunner` keep it up
 * to date.
 */
import { ProcessManager, Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import type { ReadFailure } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { DateTime, Effect, Option, Schema } from "effect"

/** The schema of a row. */
export const ProcessRow = Schema.Struct({
  /** The name of its process manager. */
  manager: Schema.String,
  process: Schema.String,
  /** `new`: everything that came so far was ignored. */
  status: Schema.Literals(["new", "running", "ended"]),
  phase: Schema.String,
  startedAt: Schema.DateTimeUtc,
  /** When something came last that counted. */
  progressAt: Schema.DateTimeUtc,
  /** When the next of its timers is due. */
  dueAt: Schema.optionalKey(Schema.DateTimeUtc),
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Since when nothing comes, when that was found; until something comes. */
  stalledSince: Schema.optionalKey(Schema.DateTimeUtc),
  /** How many commands it has sent. */
  commands: Schema.Int,
  /** How often something came at the wrong time, and why the last time. */
  ignored: Schema.Int,
  ignoredBecause: Schema.optionalKey(Schema.String),
  /** The timers that run. */
  timers: Schema.Array(Schema.Struct({ timer: Schema.String, dueAt: Schema.DateTimeUtc }))
}).annotate({ identifier: "ProcessRow" })
/** A row of the processes. */
export interface ProcessRow extends Schema.Schema.Type<typeof ProcessRow> {}

/** The processes, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "processes",
  key: ["manager", "process"],
  row: ProcessRow,
  indexes: [["status", "progressAt"], ["manager", "status"], ["dueAt"], ["stalledSince"]]
})

const prefix = "process-"

/** The projection to the rows of processes. */
export const projection = Projection.make({
  readModel,
  events: ProcessManager.AnyProcessEvent,
  readsPersonal: false,
  keys: (_, { stream: { category, id } }) =>
    category.startsWith(prefix) ? [{ manager: category.slice(prefix.length), process: id }] : [],
  project: (event, [row], { stream: { category, id } }) => {
    if (!category.startsWith(prefix)) return Projection.unchanged
    const { occurredAt } = event
    const fresh: ProcessRow = {
      manager: category.slice(prefix.length),
      process: id,
      status: "new",
      phase: "",
      startedAt: occurredAt,
      progressAt: occurredAt,
      commands: 0,
      ignored: 0,
      timers: []
    }
    return [Projection.upsert(after(row ?? fresh, event))]
  }
})

const after = (row: ProcessRow, event: ProcessManager.AnyProcessEvent): ProcessRow => {
  const { occurredAt } = event
  switch (event._tag) {
    case "ProcessStarted":
      return { ...row, status: "running", startedAt: occurredAt, progressAt: occurredAt }
    case "InputTaken":
      return noted({ ...row, phase: event.phase, progressAt: occurredAt }, event.input)
    case "InputIgnored": {
      const ignored = { ...row, phase: event.phase, ignored: row.ignored + 1, ignoredBecause: event.because }
      return noted(ignored, event.input)
    }
    case "CommandIssued":
      return { ...row, commands: row.commands + 1 }
    case "TimerStarted": {
      const { dueAt, timer } = event
      return withTimers(row, [...row.timers.filter((one) => one.timer !== timer), { timer, dueAt }])
    }
    case "TimerCancelled":
      return withoutTimer(row, event.timer)
    case "ProcessEnded":
      return { ...withTimers(row, []), status: "ended", phase: event.phase, endedAt: occurredAt }
  }
}

/** What an input says of itself: a timer that fired runs no more, and a process that was told of its silence is silent. */
const noted = (row: ProcessRow, input: { readonly _tag: string; readonly [key: string]: Schema.Json }): ProcessRow => {
  const { stalledSince: _, ...moving } = row
  const timer = input["timer"]
  if (input._tag === "TimerFired" && typeof timer === "string") return withoutTimer(moving, timer)
  if (input._tag !== "ProcessStalled") return moving
  return { ...moving, stalledSince: timeOf(input["since"]) ?? row.progressAt }
}

const timeOf = (text: Schema.Json | undefined): DateTime.Utc | undefined =>
  typeof text === "string" ? Option.getOrUndefined(DateTime.make(text)) : undefined

const withoutTimer = (row: ProcessRow, timer: string): ProcessRow =>
  withTimers(
    row,
    row.timers.filter((one) => one.timer !== timer)
  )

const withTimers = (row: ProcessRow, timers: ProcessRow["timers"]): ProcessRow => {
  const { dueAt: _, ...others } = row
  const [first, ...rest] = timers.map(({ dueAt }) => dueAt)
  return first === undefined
    ? { ...others, timers }
    : { ...others, timers, dueAt: rest.reduce((one, other) => DateTime.min(one, other), first) }
}

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Processes in a state. */
export const inStatus = (status: ProcessRow["status"]) => Specification.eq(rows.field("status"), status)

/** Processes of a process manager. */
export const of = (manager: string) => Specification.eq(rows.field("manager"), manager)

/** Processes nothing comes to, as far as that was found. */
export const stalled = Specification.and(inStatus("running"), Specification.isNotNull(rows.field("stalledSince")))

/** What has been silent for longest comes first. */
export const silentFirst = [Sorting.ascending(rows.field("progressAt"))]

/** How many processes a tenant has, by how they stand. */
export interface ProcessStatistics {
  readonly running: number
  readonly stalled: number
  readonly ended: number
}

/** How many processes a tenant has, of one process manager or of all. */
export const statistics = Effect.fnUntraced(function* (
  tenant: string,
  manager?: string
): Effect.fn.Return<ProcessStatistics, ReadFailure | Specification.ValueRefused, ReadModels> {
  const models = yield* ReadModels
  const count = (where: Specification.Specification<ProcessRow>) =>
    models.count(readModel, tenant, manager === undefined ? where : Specification.and(where, of(manager)))
  return {
    running: yield* count(inStatus("running")),
    stalled: yield* count(stalled),
    ended: yield* count(inStatus("ended"))
  }
})
