/**
 * What the customer of an order is told, as a decider: an outbox of notices, one stream per order.
 *
 * The same notice with the same detail is recorded once, among the newest {@link remembered}.
 */
import { Decider } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import type { NoticeAnswer, NotifyCustomer } from "./NoticeCommands.ts"
import { CustomerNotified, NoticeEvent } from "./NoticeEvents.ts"

/** How many notices of an order are remembered. */
export const remembered = 100

/** The schema of the notices of an order, the newest last. */
export const NoticesState = Schema.Array(
  Schema.Struct({
    orderId: OrderId,
    notice: CustomerNotified.fields.notice,
    detail: CustomerNotified.fields.detail
  })
)
/** The notices of an order, the newest last. */
export type NoticesState = typeof NoticesState.Type

/** Nothing was told yet. */
export const initial: NoticesState = []

/** Folds one event into the state. */
export const evolve = (notices: NoticesState, { _tag: _, occurredAt: __, ...notice }: NoticeEvent): NoticesState =>
  [...notices, notice].slice(-remembered)

/** The notice, or nothing when it was told already. It is never refused. */
export const decide = (command: NotifyCustomer, notices: NoticesState): Result.Result<ReadonlyArray<NoticeEvent>> => {
  const isTold = notices.some(({ detail, notice }) => notice === command.notice && detail === command.detail)
  return Result.succeed(isTold ? [] : [{ ...command, _tag: "CustomerNotified" }])
}

/** The notices of an order as a decider. Their streams are named `notice`. */
export const Notices = Decider.make({
  category: "notice",
  State: NoticesState,
  Event: NoticeEvent,
  initial,
  evolve,
  decide
})

/** What the command answers. */
export const answerOf = (orderId: OrderId, version: number): NoticeAnswer => ({ orderId, version })
