/** Given/when for the news of an order, with one of everything. */
import { Personal } from "@eventfold/decider"
import { type News, NewsCommands, NotificationId, OrderNews } from "@eventfold/domain-notifications"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`
export const orderId = OrderId.fromUuid(uuid(1))
export const customerId = CustomerId.fromUuid(uuid(3))
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T00:00:00Z`)
export const occurredAt = day(1)
export const total = { amount: 4_000, currency: "EUR" } as const

const common = { orderId, occurredAt }
export const introduce = NewsCommands.IntroduceOrder.make({ ...common, customerId, total })
export const tell = (news: News.News) => NewsCommands.TellNews.make({ ...common, news })

/** One of each kind. */
export const news = {
  confirmed: { kind: "order-confirmed" },
  reserved: { kind: "stock-reserved" },
  shipped: { kind: "order-shipped", carrier: "PostNL", trackingNumber: "3SABCD1234567", estimatedDelivery: day(4) },
  delayed: { kind: "delivery-delayed", estimatedDelivery: day(6) },
  cancelled: { kind: "order-cancelled" }
} satisfies Record<string, News.News>

export const notificationId = NotificationId.of(orderId, "order-shipped")
const delivery = { ...common, notificationId, channel: "e-mail" } as const
const letter = { to: "ada@example.org", subject: "Your order is on its way", text: "Dear Ada" }

/** What can become of the news that the goods left, by mail. */
export const outcomes = {
  sent: { _tag: "NotificationSent", ...delivery, via: "smtp", letter: Personal.of<typeof letter>(customerId, letter) },
  skipped: { _tag: "NotificationSkipped", ...delivery, reason: "customer-unknown" },
  refused: { _tag: "NotificationRefused", ...delivery, problem: "recipient" },
  postponed: { _tag: "NotificationPostponed", ...delivery, problem: "busy", tries: 1, until: day(2) },
  givenUp: { _tag: "NotificationGivenUp", ...delivery, problem: "busy", tries: 10 }
} satisfies Record<string, NewsCommands.NoteDelivery["outcome"]>

export const note = (outcome: NewsCommands.NoteDelivery["outcome"]) =>
  NewsCommands.NoteDelivery.make({ ...common, outcome })

export const takeUp = NewsCommands.TakeUpNotification.make({ ...common, notificationId, channel: "e-mail" })

/** The news of orders after events, after commands, and on the way of commands. */
export const { after, given, walk } = DeciderScenario.of(OrderNews.OrderNews)
