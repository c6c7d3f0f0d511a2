/** Handles the commands on notices: those of an order have a stream of their own, named as the order is. */
import { NoticeCommands, Notices } from "@eventfold/domain-fulfilment"
import { CommandBus, CommandHandler, StreamId } from "@eventfold/event-store"
import { Effect } from "effect"

const notices = CommandHandler.make(Notices.Notices)

/** The handlers of the commands on notices. */
export const handlers = [
  CommandBus.handler(NoticeCommands.notifyCustomer, ({ payload, tenant, ...rest }) =>
    Effect.map(
      notices.handle(StreamId.make(tenant, Notices.Notices.category, payload.orderId), payload, rest),
      ({ version }) => Notices.answerOf(payload.orderId, version)
    )
  )
]
