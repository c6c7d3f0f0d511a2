/** Readers that follow the event log: in order, skipping nothing, woken at once. */
export type { LogBatch } from "./LogBatch.ts"
export type { Pace } from "./Pace.ts"
export { type SubscriptionOptions, Subscriptions } from "./Subscriptions.ts"
export type { SubscriptionStatus } from "./SubscriptionStatus.ts"
