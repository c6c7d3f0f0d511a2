/**
 * How the service writes its log: to standard output, one line of JSON per entry, or one line for people.
 *
 * Personal data never goes into a log: entries name orders and correlation ids, not people, and hold no request bodies.
 */
import { Cause, Effect, Layer, Logger, References } from "effect"
import { Settings } from "./Settings.ts"

/** The logger the settings ask for, and how much it writes. */
export const layer: Layer.Layer<never, never, Settings> = Layer.unwrap(
  Effect.map(Settings, ({ logFormat, logLevel }) =>
    Layer.merge(
      Logger.layer([logFormat === "json" ? Logger.consoleJson : Logger.withConsoleLog(forPeople)]),
      Layer.succeed(References.MinimumLogLevel, logLevel)
    )
  )
)

/** What the text of an entry says already. */
const inTheText = new Set(["method", "path", "status", "ms"])

/** `08:05:46.145 INFO GET /orders 200 in 3 ms  correlationId=…`, followed by the cause of an error. */
const forPeople = Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
  const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).filter(
    ([key]) => !inTheText.has(key)
  )
  return [
    date.toISOString().slice(11, 23),
    logLevel.toUpperCase().padEnd(5),
    (Array.isArray(message) ? message : [message]).map(text).join(" "),
    ...(annotations.length === 0 ? [] : ["", annotations.map(([key, value]) => `${key}=${text(value)}`).join(" ")]),
    ...(cause.reasons.length === 0 ? [] : [`\n${Cause.pretty(cause)}`])
  ].join(" ")
})

const text = (value: unknown): string =>
  typeof value === "string" ? value : value instanceof Error ? (value.stack ?? value.message) : JSON.stringify(value)
