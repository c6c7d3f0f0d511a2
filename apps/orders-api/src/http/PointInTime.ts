/**
 * Points in time as clients write them: ISO 8601 with a zone, or a date alone, which is its midnight in UTC.
 *
 * Only what exists and every store can keep: no 30 February, no year 0 and none beyond 9999.
 */
import { DateTime, Option, Schema, SchemaTransformation } from "effect"

const rule = "must be a point in time that exists, such as 2024-05-17T09:30:00Z, in the years 1 to 9999"
const earliest = DateTime.makeUnsafe("0001-01-01T00:00:00.000Z")
const latest = DateTime.makeUnsafe("9999-12-31T23:59:59.999Z")

const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/u

/** JavaScript takes 30 February for 2 March; a business date that does not exist is a mistake to be told. */
const isDay = (text: string): boolean => {
  // What does not look like a date is told once, by the pattern.
  if (!iso.test(text)) return true
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number)
  const date = DateTime.make({ year, month, day })
  return Option.isSome(date) && DateTime.formatIsoDateUtc(date.value) === text.slice(0, 10)
}

/** A point in time that every store can keep; a date alone is its midnight in UTC. */
export const PointInTime = Schema.String.annotate({ message: rule })
  .check(Schema.isPattern(iso, { message: rule }), Schema.makeFilter(isDay, { message: rule }))
  .pipe(
    Schema.decodeTo(
      Schema.DateTimeUtcFromString.annotate({ message: rule }).check(
        Schema.makeFilter<DateTime.Utc>((time) => DateTime.between(time, { minimum: earliest, maximum: latest }), {
          message: rule
        })
      ),
      SchemaTransformation.passthrough()
    )
  )

/** When it happened in the business; now, when left out. */
export const occurredAt = { occurredAt: Schema.optionalKey(PointInTime) }
