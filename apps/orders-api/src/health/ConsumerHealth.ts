/** What is wrong with something that follows the log, in words: for projections and for event handlers alike. */
import type { HandlerStatus } from "@eventfold/subscriptions"

/** What can be wrong with a consumer. */
export type Consumer = Pick<HandlerStatus, "state" | "lagMillis" | "letters">

/** Events that it holds back. */
export const heldOf = ({ letters: { failed, waiting } }: Consumer): ReadonlyArray<string> =>
  failed + waiting === 0
    ? []
    : [`${failed} ${failed === 1 ? "event" : "events"} could not be dealt with, ${waiting} wait behind`]

/** Whether somebody has stopped it. */
export const stoppedOf = ({ state }: Consumer): ReadonlyArray<string> => (state === "stopped" ? ["stopped"] : [])

/** Whether it is behind by more than that. */
export const behindOf = ({ lagMillis }: Consumer, longestMillis: number): ReadonlyArray<string> =>
  lagMillis > longestMillis ? [`${Math.round(lagMillis / 1000)} seconds behind`] : []
