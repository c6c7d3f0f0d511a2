/** A consumer of the log that is up to date, as its status says it. */
import type { HandlerStatus } from "@eventfold/subscriptions"

export const liveConsumer = {
  state: "live",
  position: 9,
  lag: { count: 0, atLeast: false },
  lagMillis: 0,
  eventsPerSecond: 0,
  batches: 1,
  events: 9,
  letters: { failed: 0, waiting: 0, discarded: 0 },
  slices: [],
  problem: undefined
} as const satisfies Partial<HandlerStatus>

/** An event handler that is up to date, but for what differs. */
export const handlerStatus = (handler: string, differing: Partial<HandlerStatus> = {}): HandlerStatus => ({
  handler,
  delivery: "at-least-once",
  consumer: `handler:${handler}`,
  ...liveConsumer,
  ...differing
})
