/** What is wrong with something that follows the log, in words: for projections, event handlers and relays alike. */
import type { HandlerStatus } from "@eventfold/subscriptions"

/** What can be wrong with a consumer. */
export type Consumer = Pick<HandlerStatus, "state" | "lagMillis" | "letters">

/** Events that it holds back, because they could not be what it does about events. */
export const heldOf = ({ letters: { failed, waiting } }: Consumer, done = "dealt with"): ReadonlyArray<string> =>
  failed + waiting === 0
    ? []
    : [`${failed} ${failed === 1 ? "event" : "events"} could not be ${done}, ${waiting} wait behind`]

/** Whether somebody has stopped it. */
export const stoppedOf = ({ state }: Consumer): ReadonlyArray<string> => (state === "stopped" ? ["stopped"] : [])

/** Whether it is behind by more than that. */
export const behindOf = ({ lagMillis }: Pick<Consumer, "lagMillis">, longestMillis: number): ReadonlyArray<string> =>
  lagMillis > longestMillis ? [`${Math.round(lagMillis / 1000)} seconds behind`] : []
