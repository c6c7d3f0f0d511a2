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

const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  return day >= 1 && day <= lengthOf(year, month)
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const lengthOf = (year: number, month: number): number =>
  (lengths[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0)

/** The day an instant is in. Before the year 0 and after 9999 it is text that the schema does not accept. */
export const of = ({ epochMilliseconds }: DateTime.Utc): UtcDay => {
  const day = Math.floor(epochMilliseconds / 86_400_000)
  const known = found.get(day)
  if (known !== undefined) return known
  const text = DateTime.formatIso(DateTime.makeUnsafe(day * 86_400_000))
  if (found.size >= 1_000) found.clear()
  const name = text.slice(0, text.indexOf("T"))
  found.set(day, name)
  return name
}

// A log is read in order, so many events in a row are of few days. Writing a day down takes longer than finding it.
const found = new Map<number, UtcDay>()
