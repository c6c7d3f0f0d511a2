/** What requests to a message broker are held to, and the bounds of a broker. */
import { Duration, Effect, Result } from "effect"
import type { EncodedMessage, Receipt } from "./BrokerDriver.ts"
import { BrokerRequestRefused } from "./BrokerErrors.ts"
import { type CloudEvent, CloudEventNotValid, toText } from "./CloudEvent.ts"
import type { Start } from "./MessageBroker.ts"

/** How long a broker remembers. */
export interface BrokerOptions {
  /** For so long a message is not published again: 1 s to `keepFor`. Default: 1 day. */
  readonly deduplicateFor?: Duration.Input
  /** What `trim` leaves: messages that are no older, also when every group has done with them. At least 1 s. Default: 7 days. */
  readonly keepFor?: Duration.Input
}

/** The longest message as JSON, in UTF-16 units. */
export const longestMessage = 262_144

/**
 * The bounds in milliseconds, with the defaults put in.
 *
 * @throws RangeError when one is out of its range: a mistake of the program, found at start.
 */
export const bounds = ({ deduplicateFor = "1 day", keepFor = "7 days" }: BrokerOptions) => {
  const [window, kept] = [Duration.toMillis(deduplicateFor), Duration.toMillis(keepFor)]
  if (!(window >= 1000 && window <= kept && Number.isFinite(kept))) {
    throw new RangeError(
      `a broker deduplicates for 1 s at least, and keeps messages for as long: ${window}, ${kept} ms`
    )
  }
  return { deduplicateFor: window, keepFor: kept }
}

const refuse = (field: string, rule: string) => Effect.fail(new BrokerRequestRefused({ field, rule }))

const name = (field: string) => (text: string) =>
  /^[a-z0-9][a-z0-9._-]{0,63}$/u.test(text)
    ? Effect.void
    : refuse(field, "must be 1 to 64 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit")

/** A name of a topic. */
export const topic = name("topic")

/** A name of a consumer group. */
export const group = name("group")

/** A whole number in a range. */
export const count = (field: string, value: number, least: number, most: number) =>
  Number.isSafeInteger(value) && value >= least && value <= most
    ? Effect.void
    : refuse(field, `must be a whole number from ${least} to ${most}`)

/** A place in a topic. */
export const position = (value: number) => count("position", value, 1, Number.MAX_SAFE_INTEGER)

/** What proves that a message is held. */
export const receipt = ({ position, receipt }: Receipt) =>
  Effect.as(
    Effect.andThen(
      count("position", position, 1, Number.MAX_SAFE_INTEGER),
      count("receipt", receipt, 1, Number.MAX_SAFE_INTEGER)
    ),
    { position, receipt }
  )

/** A place to begin at. */
export const start = (from: Start) =>
  typeof from === "object" && "after" in from
    ? count("from.after", from.after, 0, Number.MAX_SAFE_INTEGER)
    : Effect.void

/** A message as it is stored. */
export const stored = (message: CloudEvent): Result.Result<EncodedMessage, CloudEventNotValid> =>
  Result.flatMap(toText(message), (text) =>
    text.length <= longestMessage
      ? Result.succeed({ source: message.source, id: message.id, key: message.partitionkey, text })
      : Result.fail(
          new CloudEventNotValid({
            problems: [{ attribute: "the message", rule: `must be at most ${longestMessage} characters of JSON` }]
          })
        )
  )

export { plain } from "./Reason.ts"
