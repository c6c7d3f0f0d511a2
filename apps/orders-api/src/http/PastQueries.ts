/**
 * The query parameters of requests about the past: as of a date or a version, and between two dates.
 *
 * A date is meant in one of two times. What was *recorded* by then is what the service knew; what had *occurred* by then
 * is how it was, with all that has been told since.
 */
import { History } from "@eventfold/event-store"
import { Schema, SchemaTransformation } from "effect"
import { PointInTime } from "./PointInTime.ts"

const rule = { message: "must be a whole number from 1" }

const Version = Schema.String.annotate(rule)
  .check(Schema.isPattern(/^[1-9]\d{0,14}$/u, rule))
  .pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.transform<number, string>({ decode: Number, encode: String })))

/** As of when: now, when nothing is given. `version` and `asOf` exclude each other; `asOfTime` says which time is meant. */
export const AsOfQuery = Schema.Struct({
  asOf: Schema.optionalKey(PointInTime),
  asOfTime: Schema.optionalKey(History.HistoryTime),
  version: Schema.optionalKey(Version)
}).check(
  Schema.makeFilter(({ asOf, asOfTime, version }) => [
    ...(asOf !== undefined && version !== undefined
      ? [{ path: ["version"], issue: "cannot be given together with asOf" }]
      : []),
    ...(asOf === undefined && asOfTime !== undefined
      ? [{ path: ["asOfTime"], issue: "says nothing without asOf" }]
      : [])
  ])
)
/** As of when. */
export interface AsOfQuery extends Schema.Schema.Type<typeof AsOfQuery> {}

/** The point in the past that is asked for; none: as it is now. */
export const pointOf = ({
  asOf,
  asOfTime = "recorded",
  version
}: AsOfQuery): { readonly asOf?: History.HistoryPoint } =>
  asOf !== undefined
    ? { asOf: History.by(asOfTime, asOf) }
    : version !== undefined
      ? { asOf: History.atVersion(version) }
      : {}

/** What to tell somebody who asked for something that was not there as of then. */
export const notThen = ({ asOf, version }: AsOfQuery, message = ""): string =>
  asOf === undefined && version === undefined
    ? message
    : `${message} as of ${asOf === undefined ? "that version" : "that time"}`

/** From when (included) to when (not included), and in which time. */
export const periodFields = {
  from: Schema.optionalKey(PointInTime),
  to: Schema.optionalKey(PointInTime),
  by: Schema.optionalKey(History.HistoryTime)
}

/** Refuses a period that ends before it begins. */
export const isPeriod = Schema.makeFilter((period: History.HistoryPeriod) => {
  const problem = History.problemOfPeriod(period)
  return problem === undefined ? undefined : { path: [problem.field], issue: problem.rule }
})
