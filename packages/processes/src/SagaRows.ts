/**
 * One row per saga: where it stands, when it is due, what went wrong last. Made from the events of sagas alone, so it is
 * built anew like every other read model. Have a `ProjectionRunner` keep it up to date, as `pacing` says; whoever runs sagas
 * reads it to find those that are due.
 */
import { Projection, ReadModel, Rows, Saga, Sorting, Specification } from "@eventfold/decider"
import type { ReadFailure } from "@eventfold/event-store"
import { type ProjectionOptions, ReadModels } from "@eventfold/subscriptions"
import { type DateTime, Effect, Schema } from "effect"

/** The schema of a row. */
export const SagaRow = Schema.Struct({
  sagaId: Schema.String,
  /** The name of the saga. */
  saga: Schema.String,
  version: Schema.Int,
  /** `active`: it does something; `waiting`: for another attempt. */
  status: Schema.Literals(["active", "waiting", "completed", "compensated", "parked", "abandoned"]),
  action: Schema.Literals(["execute", "compensate"]),
  /** The step it is at, or was at last; empty before the first one. */
  step: Schema.String,
  attempt: Schema.Int,
  /** When it has to go on, by itself or with the help of whoever looks after it. Absent when it does not. */
  dueAt: Schema.optionalKey(Schema.DateTimeUtc),
  startedAt: Schema.DateTimeUtc,
  changedAt: Schema.DateTimeUtc,
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** What went wrong last. */
  error: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "SagaRow" })
/** A row of the sagas. */
export interface SagaRow extends Schema.Schema.Type<typeof SagaRow> {}

/** The sagas, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sagas",
  key: ["sagaId"],
  row: SagaRow,
  indexes: [["dueAt"], ["status", "startedAt"], ["saga", "status"]]
})

/** The projection to the rows of sagas. */
export const projection = Projection.make({
  version: 2,
  readModel,
  events: Saga.SagaEvent,
  readsPersonal: false,
  keys: Projection.byStream(Saga.category, "sagaId"),
  project: (event, [row]) => {
    if (event._tag !== "SagaStarted") {
      return row === undefined ? Projection.unchanged : [Projection.upsert(after(row, event))]
    }
    if (row !== undefined) return Projection.unchanged
    const { occurredAt, saga, sagaId, version } = event
    return [
      Projection.upsert({
        sagaId,
        saga,
        version,
        status: "active",
        action: "execute",
        step: "",
        attempt: 0,
        dueAt: occurredAt,
        startedAt: occurredAt,
        changedAt: occurredAt
      })
    ]
  }
})

/**
 * How the rows are kept best: under load all that sagas do within a tenth of a second is written at once, which is one
 * write for a saga that runs through and not one for each step. What comes after a silence is written at once.
 */
export const pacing: ProjectionOptions.ProjectionOptions = { batchSize: 2_000, pollEvery: { ringing: "100 millis" } }

type Later = Exclude<Saga.SagaEvent, { readonly _tag: "SagaStarted" }>

const after = (row: SagaRow, event: Later): SagaRow => {
  const at = event.occurredAt
  const now = { ...row, changedAt: at }
  const { dueAt: _, ...notDue } = now
  switch (event._tag) {
    case "SagaMigrated":
      return { ...now, version: event.version }
    case "StepBegun":
      return { ...now, ...begun(event), action: "execute" }
    case "CompensationBegun":
      return { ...now, ...begun(event), action: "compensate" }
    case "StepAnswered":
    case "CompensationDone":
    case "SagaRetried":
    case "StepSkipped":
      return { ...now, status: "active", dueAt: at }
    case "StepRefused": {
      const error = `${event.step} was refused: ${refusalText(event.refusal)}`
      const { retryAt } = event
      return retryAt === undefined ? { ...now, dueAt: at, error } : { ...now, status: "waiting", dueAt: retryAt, error }
    }
    case "StepFailed":
    case "CompensationFailed": {
      const { error, retryAt } = event
      return retryAt === undefined
        ? { ...now, status: "active", error, dueAt: at }
        : { ...now, status: "waiting", error, dueAt: retryAt }
    }
    case "StepPostponed":
    case "CompensationPostponed":
      // An attempt at what is down does not count: its breaker kept it from being asked, its context is
      // away, or its attempts were used up.
      return { ...now, status: "waiting", attempt: row.attempt - 1, error: event.reason, dueAt: event.until }
    case "SagaCancelRequested":
      return { ...now, error: `it was cancelled: ${event.reason}` }
    case "SagaParked":
      return { ...notDue, status: "parked" }
    case "SagaCompleted":
      return { ...notDue, status: "completed", endedAt: at }
    case "SagaCompensated":
      return { ...notDue, status: "compensated", endedAt: at }
    case "SagaAbandoned":
      return { ...notDue, status: "abandoned", endedAt: at }
  }
}

const begun = ({ attempt, deadline, step }: Extract<Later, { readonly deadline: unknown }>) =>
  ({ status: "active", step, attempt, dueAt: deadline }) as const

const refusalText = (refusal: Schema.Json): string => JSON.stringify(refusal).slice(0, 500)

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Sagas in a state. */
export const inStatus = (status: SagaRow["status"]) => Specification.eq(rows.field("status"), status)

/** Sagas that are due by a time. */
export const dueBy = (time: DateTime.Utc) => Specification.lte(rows.field("dueAt"), time)

/** How many sagas of a tenant should have gone on before a time. A few are on their way; none should be for long. */
export const dueBefore = Effect.fnUntraced(function* (
  tenant: string,
  time: DateTime.Utc
): Effect.fn.Return<number, ReadFailure, ReadModels> {
  const models = yield* ReadModels
  return yield* Effect.catchTag(models.count(readModel, tenant, dueBy(time)), "ValueRefused", Effect.die)
})

/** What is due first comes first. */
export const dueFirst = [Sorting.ascending(rows.field("dueAt"))]

/** What was started last comes first. */
export const latestFirst = [Sorting.descending(rows.field("startedAt"))]
