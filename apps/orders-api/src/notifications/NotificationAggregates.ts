/** The aggregates of the notifications context, as commands and messages change them. */
import { OrderNews, Recipient } from "@eventfold/domain-notifications"
import { CommandHandler } from "@eventfold/event-store"

/** The news of orders: any message can be the first that is heard of one. */
export const news = CommandHandler.make(OrderNews.OrderNews, { readFirst: true })

/** Recipients. */
export const recipients = CommandHandler.make(Recipient.Recipient, { readFirst: true })
