/** How long, and how often, fulfilment tries: data that a program can set otherwise. */
import type { Duration } from "effect"

/** How patient fulfilment is. */
export interface Limits {
  /** How long stock may take to be reserved. */
  readonly stock: Duration.Input
  /** How long one attempt to take the payment may take; then it counts as failed. */
  readonly payment: Duration.Input
  /**
   * How often a payment is tried. A decline is an attempt that failed, as one whose time is up. After so many, a decline
   * cancels the order; without an answer the gateway counts as down.
   */
  readonly paymentAttempts: number
  /** How often a gateway that is down is asked again, and how often a process manager sends again what has failed twice. */
  readonly outageEvery: Duration.Input
  /** For how long; then the order is cancelled. */
  readonly outageLongest: Duration.Input
  /**
   * How long a step that asks no gateway waits for a context whose service is away; then the order is cancelled. So long, too,
   * what undoes it waits; then a person decides.
   */
  readonly contextOutageLongest: Duration.Input
}

/** Stock 60 s, payment 30 s and three attempts; while the gateway is down hourly, for a day; for a context that is away a day. */
export const usual: Limits = {
  stock: "60 seconds",
  payment: "30 seconds",
  paymentAttempts: 3,
  outageEvery: "1 hour",
  outageLongest: "24 hours",
  contextOutageLongest: "24 hours"
}
