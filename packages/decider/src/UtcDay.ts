/**
 * A day of the calendar in UTC, as text: `2024-05-01`. The order of the texts is the order of the days.
 *
 * Guarantee: an instant is in one day, whatever the time zone of whoever asks.
 */
import { DateTime, Schema } from "effect"

/** The schema of a day, from `0000-01-01` to `9999-12-31`. */
export const UtcDay = Schema.String.check(
  Schema.makeFilter((text) => isDay(text), { message: "must be a day: YYYY-MM-DD" })
)
/** A day in UTC: `YYYY-MM-DD`. */
export type UtcDay = typeof UtcDay.Type

// A day that is not in the calendar is read as another one.
const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false
  const day = DateTime.make(`${text}T00:00:00Z`)
  return day._tag === "Some" && DateTime.formatIso(day.value).startsWith(text)
}

/** The day an instant is in. Before the year 0 and after 9999 it is text that the schema does not accept. */
export const of = (instant: DateTime.Utc): UtcDay => {
  const text = DateTime.formatIso(instant)
  return text.slice(0, text.indexOf("T"))
}
