/** What can be set of fulfilment: whether and how orders are fulfilled, how patiently, and when what fails is left alone. */
import { Limits } from "@eventfold/domain-fulfilment"
import { Duration, Effect } from "effect"
import { duration, wholeNumber, type Variable, word } from "./SettingVariables.ts"

/** The settings of fulfilment. */
export interface FulfilmentSettings {
  /** Whether orders that name a card are fulfilled by themselves, and how. */
  readonly fulfilment: "off" | "orchestrated" | "choreographed"
  /** How patient it is. What has begun keeps the deadlines it began with. */
  readonly fulfilmentLimits: Limits.Limits
  /** After how many failures in a row a circuit breaker opens. */
  readonly breakerFailures: number
  /** How long it stays open. */
  readonly breakerOpen: Duration.Duration
}

/** What a program or a test that sets nothing has. */
export const defaults: FulfilmentSettings = {
  fulfilment: "off",
  fulfilmentLimits: Limits.usual,
  breakerFailures: 5,
  breakerOpen: Duration.seconds(60)
}

const variables = {
  fulfilment: word("FULFILMENT", ["off", "orchestrated", "choreographed"]),
  stock: duration("STOCK_TIME_LIMIT", "1 second", "1 hour"),
  payment: duration("PAYMENT_TIME_LIMIT", "1 second", "1 hour"),
  paymentAttempts: {
    name: "PAYMENT_ATTEMPTS",
    rule: "must be a whole number from 1 to 99",
    read: wholeNumber(1, 99)
  } satisfies Variable<number>,
  outageEvery: duration("PAYMENT_OUTAGE_EVERY", "1 second", "1 day"),
  outageLongest: duration("PAYMENT_OUTAGE_LONGEST", "1 second", "30 days"),
  contextOutageLongest: duration("CONTEXT_OUTAGE_LONGEST", "1 second", "30 days"),
  breakerFailures: {
    name: "BREAKER_FAILURES",
    rule: "must be a whole number from 1 to 1000",
    read: wholeNumber(1, 1_000)
  } satisfies Variable<number>,
  breakerOpen: duration("BREAKER_OPEN", "1 second", "1 hour")
}

/** Reads them from the environment, where orders are fulfilled unless it says otherwise. */
export const read = Effect.fnUntraced(function* (
  read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>
): Effect.fn.Return<FulfilmentSettings> {
  const { usual } = Limits
  return {
    fulfilment: (yield* read(variables.fulfilment)) ?? "orchestrated",
    fulfilmentLimits: {
      stock: (yield* read(variables.stock)) ?? usual.stock,
      payment: (yield* read(variables.payment)) ?? usual.payment,
      paymentAttempts: (yield* read(variables.paymentAttempts)) ?? usual.paymentAttempts,
      outageEvery: (yield* read(variables.outageEvery)) ?? usual.outageEvery,
      outageLongest: (yield* read(variables.outageLongest)) ?? usual.outageLongest,
      contextOutageLongest: (yield* read(variables.contextOutageLongest)) ?? usual.contextOutageLongest
    },
    breakerFailures: (yield* read(variables.breakerFailures)) ?? defaults.breakerFailures,
    breakerOpen: (yield* read(variables.breakerOpen)) ?? defaults.breakerOpen
  }
})
