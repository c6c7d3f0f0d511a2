/** The notifications context, as a process hosts it: what customers are told, and who tells them. */
import { Notifications } from "@eventfold/domain-notifications"
import * as RecipientCommandHandlers from "../../commands/RecipientCommandHandlers.ts"
import { subscriber } from "../../notifications/NotificationsSubscriber.ts"
import * as Telling from "../../notifications/Telling.ts"
import * as NotificationQueryHandlers from "../../queries/NotificationQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What notifications brings. */
export const notifications = ContextModule.make({
  name: "notifications",
  commands: RecipientCommandHandlers.handlers,
  queries: NotificationQueryHandlers.handlers,
  projections: (_hash, use) => [use(Notifications.Notifications)],
  subscribers: [subscriber],
  followers: { on: [Telling.handler], off: [] }
})
