/** How a subscriber and its handlers are run, as data, and the ranges its parts are held to. */
import type { PublishedMessage } from "@eventfold/decider"
import { FailurePolicy } from "@eventfold/subscriptions"
import { Duration, Schema } from "effect"
import type { Start } from "./MessageBroker.ts"

/**
 * How often a message takes effect. `in-transaction`: once, together with its mark in the inbox; the handler stores what it
 * does and has no other effects. `at-least-once`: without the inbox, for handlers that may be repeated by their nature.
 */
export type Delivering = "in-transaction" | "at-least-once"

/** How a handler is run. */
export interface HandlingOptions {
  /** Default: `in-transaction`. */
  readonly delivery?: Delivering
  /**
   * After this time a try counts as failed. Default: in a transaction 3 s, of 3.5 s at the most, for a store takes back a
   * transaction that is open for too long; else 30 s, of 10 minutes at the most. A compensation has as much.
   */
  readonly timeLimit?: Duration.Input
}

/** How a subscriber is run. */
export interface SubscriberOptions {
  /** How many messages are handled at the same time, of each topic and in each process: 1 to 64. Default: 4. */
  readonly concurrency?: number
  /**
   * What is done when a message cannot be handled. Default: `FailurePolicy.standard`. A process that dies counts as a try,
   * too; after 20 more of those than there are retries the broker gives up. A store that is away, or a process that is stopped,
   * does not count.
   */
  readonly failure?: FailurePolicy.FailurePolicy
  /** Where it begins when it is run for the first time. Default: `beginning`, with the oldest message that is kept. */
  readonly from?: Start
  /**
   * Types that are passed over, such as `ordering.order-placed.v2`: other versions of names that are handled, published
   * beside the one that is.
   */
  readonly passesOver?: ReadonlyArray<string>
  /** Whose messages without a tenant are. When left out, such a message is a dead letter. */
  readonly tenant?: string
  /** How long it sleeps at the most before it looks for messages of other processes. Default: 5 s. At least 10 ms. */
  readonly lookEvery?: Duration.Input
}

/** Options with the defaults put in. Times in milliseconds. */
export interface CompleteOptions {
  readonly concurrency: number
  readonly failure: FailurePolicy.FailurePolicy
  readonly from: Start
  readonly passesOver: ReadonlySet<string>
  readonly tenant: string | undefined
  readonly lookEvery: number
  /** After so many deliveries the broker gives up by itself. */
  readonly maxDeliveries: number
  /** For how long messages are held: longer than any handler may take, with time to say what has become of them. */
  readonly hold: number
}

/** A subscriber or handler that breaks a rule: a mistake of the program, found where it is declared. */
export class SubscriberNotUsable extends Schema.TaggedError<SubscriberNotUsable>()("SubscriberNotUsable", {
  subscriber: Schema.String,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the subscriber ${this.subscriber} cannot be used: ${this.field} ${this.rule}`
  }
}

const ranged = (subscriber: string, field: string, value: number, least: number, most: number): number => {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw new SubscriberNotUsable({ subscriber, field, rule: `must be a whole number from ${least} to ${most}` })
}

/**
 * Puts the defaults of a handler in.
 *
 * @throws SubscriberNotUsable when the time limit breaks its rule.
 */
export const handling = (type: string, { delivery = "in-transaction", timeLimit }: HandlingOptions) => {
  const [usual, most] = delivery === "in-transaction" ? [3000, 3500] : [30_000, 600_000]
  const millis = timeLimit === undefined ? usual : Duration.toMillis(timeLimit)
  return { delivery, timeLimit: ranged(`of ${type}`, "timeLimit in milliseconds", millis, 1, most) }
}

interface Handling {
  readonly message: PublishedMessage.MessageType
  readonly timeLimit: number
}

/** How many times more than it is retried a message may be delivered because processes died. */
const deaths = 20

/** How long it may take to note what has become of a message that was handled, in milliseconds. */
const noting = 20_000

/**
 * Puts the defaults of a subscriber in.
 *
 * @throws SubscriberNotUsable when something breaks its rule.
 */
export const complete = (
  subscriber: string,
  handlers: ReadonlyArray<Handling>,
  options: SubscriberOptions
): CompleteOptions => {
  const refuse = (field: string, rule: string) => new SubscriberNotUsable({ subscriber, field, rule })
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/u.test(subscriber)) {
    throw refuse(
      "name",
      "must be 1 to 64 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit"
    )
  }
  if (handlers.length === 0) throw refuse("handlers", "must be one at least")
  const types = handlers.map(({ message }) => message.type)
  const twice = types.find((type, place) => types.indexOf(type) < place)
  if (twice !== undefined) throw refuse("handlers", `must be one for each type, and there are two for ${twice}`)
  const both = options.passesOver?.find((type) => types.includes(type))
  if (both !== undefined) throw refuse("passesOver", `must not name ${both}, which has a handler`)
  const { concurrency = 4, failure = FailurePolicy.standard, from = "beginning", lookEvery = "5 seconds" } = options
  const retries = ranged(subscriber, "failure.retries", failure.retries, 0, 900)
  return {
    concurrency: ranged(subscriber, "concurrency", concurrency, 1, 64),
    failure,
    from,
    passesOver: new Set(options.passesOver),
    tenant: options.tenant,
    lookEvery: ranged(subscriber, "lookEvery in milliseconds", Duration.toMillis(lookEvery), 10, 3_600_000),
    maxDeliveries: retries + 1 + deaths,
    // Twice: a compensation has as much time as its handler.
    hold: 2 * Math.max(...handlers.map(({ timeLimit }) => timeLimit)) + noting
  }
}
