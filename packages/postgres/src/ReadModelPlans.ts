/**
 * How the database answers a question about the rows of a read model: its plan, and what of it reads all rows.
 *
 * For tests that hold every question of a program to an index, and for people who wonder why one is slow.
 */
import type { Paging, ReadModel } from "@eventfold/decider"
import type { EventStoreFailure } from "@eventfold/event-store"
import type { ReadModelNotReady } from "@eventfold/subscriptions"
import { Effect, Predicate } from "effect"
import { SqlClient } from "effect/sql"
import { ofReader } from "./ReadModelFailure.ts"
import { findStatement, readersView } from "./ReadModelQueries.ts"

/** A step of a plan, such as `Index Scan`, with the steps it takes its rows from. */
export interface PlanStep {
  readonly type: string
  /** The index that is used, if one is. */
  readonly index: string | undefined
  /** What an index is searched for; what rows are tested for after they were read. */
  readonly searched: string | undefined
  readonly tested: string | undefined
  /** How many rows are expected. */
  readonly rows: number
  readonly steps: ReadonlyArray<PlanStep>
}

/** The plan of a checked question, as `ReadModelStore.find` asks it. It is not run. */
export const explain = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  question: Paging.Question<Row>
): Effect.Effect<PlanStep, EventStoreFailure | ReadModelNotReady, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const statement = findStatement(sql, readModel, yield* readersView(readModel), tenant, question)
    const [row] = yield* Effect.mapError(
      sql<{ readonly "QUERY PLAN": unknown }>`explain (format json) ${statement}`,
      ofReader("ReadModelPlans.explain", readModel.name)
    )
    return stepOf(at(at(row?.["QUERY PLAN"], "0"), "Plan"))
  })

/** All steps of a plan, the last one first. */
export const allSteps = (step: PlanStep): ReadonlyArray<PlanStep> => [step, ...step.steps.flatMap(allSteps)]

/** What reads or sorts more than it answers, in words; nothing when an index serves the question. */
export const problems = (plan: PlanStep): ReadonlyArray<string> =>
  allSteps(plan).flatMap(({ searched, tested, type }) =>
    type === "Seq Scan"
      ? ["it reads every row"]
      : type === "Sort"
        ? ["it sorts what it has found"]
        : type.startsWith("Index") && searched === undefined
          ? [`it reads a whole index${tested === undefined ? "" : `, and tests ${tested}`}`]
          : []
  )

const stepOf = (plan: unknown): PlanStep => {
  const steps = at(plan, "Plans")
  return {
    type: textAt(plan, "Node Type") ?? "unknown",
    index: textAt(plan, "Index Name"),
    searched: textAt(plan, "Index Cond"),
    tested: textAt(plan, "Filter"),
    rows: Number(at(plan, "Plan Rows") ?? 0),
    steps: Array.isArray(steps) ? steps.map(stepOf) : []
  }
}

const at = (value: unknown, name: string): unknown => (Predicate.hasProperty(value, name) ? value[name] : undefined)

const textAt = (value: unknown, name: string): string | undefined => {
  const found = at(value, name)
  return Predicate.isString(found) ? found : undefined
}
