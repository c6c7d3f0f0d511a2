/** Handles the commands on recipients: each has a stream of its own. */
import { Recipient, RecipientCommands } from "@eventfold/domain-notifications"
import { CommandBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { recipients } from "../notifications/NotificationAggregates.ts"
import { recipientStreamOf } from "../NotificationStreamIds.ts"

/** The handlers of the commands on recipients. */
export const handlers = [
  CommandBus.handler(RecipientCommands.chooseChannels, ({ payload, tenant, ...rest }) =>
    Effect.map(recipients.handle(recipientStreamOf(tenant, payload.customerId), payload, rest), ({ state, version }) =>
      Recipient.answerOf(payload.customerId, state, version)
    )
  )
]
