/** What billing and notifications could be told of an order, and asked to write or note, at random: it may be refused. */
import { Personal } from "@eventfold/decider"
import { SaleCommands, SaleState } from "@eventfold/domain-billing"
import { type Channel, type News, NewsCommands, OrderNews } from "@eventfold/domain-notifications"
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { CustomerId, OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Random } from "effect"

const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)

const total = { amount: 333, currency: "EUR" } as const

/** What billing could be told or asked; a document takes the number that is due. */
export const saleCommand = Effect.fnUntraced(function* (
  uuid: string,
  state: SaleState.SaleState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<SaleCommands.SaleCommand> {
  const common = { orderId: OrderId.fromUuid(uuid), occurredAt }
  const line = { productId: ProductId.fromUuid(uuid), productName: "Blue product", unitPrice: total, total }
  const sale = {
    customerId: CustomerId.fromUuid(uuid),
    lines: [{ ...line, quantity: Quantity.Quantity.make(1) }],
    total
  }
  const number = { year: 2026, sequence: 1 + state.credited } as const
  const kind =
    SaleState.statusOf(state) === "awaiting-invoicing"
      ? yield* oneOf("invoice", "invoice", "pay", "cancel")
      : yield* oneOf("enter", "pay", "ship", "ship", "refund", "cancel", "credit", "credit")
  switch (kind) {
    case "enter":
      return SaleCommands.EnterSale.make({ ...common, sale })
    case "ship":
      return SaleCommands.NoteShipment.make({ ...common, sale })
    case "pay":
      return SaleCommands.NotePayment.make({ ...common, paymentId: PaymentId.fromUuid(uuid), money: total })
    case "refund":
      return SaleCommands.NoteRefund.make({
        ...common,
        paymentId: PaymentId.fromUuid(uuid),
        refundId: RefundId.fromUuid(uuid),
        money: { amount: 33, currency: "EUR" }
      })
    case "cancel":
      return SaleCommands.NoteCancellation.make(common)
    case "invoice":
      return SaleCommands.NumberedInvoice.make({ ...common, number: { ...number, kind: "invoice" } })
    case "credit":
      return SaleCommands.NumberedCreditNote.make({ ...common, number: { ...number, kind: "credit-note" } })
  }
})

/** What notifications could be told of an order, or what has become of a notification. */
export const newsCommand = Effect.fnUntraced(function* (
  uuid: string,
  { requested }: OrderNews.OrderNewsState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<NewsCommands.NewsCommand> {
  const customerId = CustomerId.fromUuid(uuid)
  const common = { orderId: OrderId.fromUuid(uuid), occurredAt }
  const [first] = requested
  const waiting = requested.flatMap(({ notificationId, postponed = [] }) =>
    postponed.filter(({ isDue }) => !isDue).map(({ channel }) => ({ notificationId, channel }))
  )[0]
  if (waiting !== undefined && (yield* Random.nextBoolean)) {
    return NewsCommands.TakeUpNotification.make({ ...common, ...waiting })
  }
  const kind = yield* oneOf("introduce", "tell", "tell", "note", "note")
  if (kind === "note" && first !== undefined) {
    const channel = yield* oneOf<Channel.Channel>("e-mail", "text-message")
    const delivery = { ...common, notificationId: first.notificationId, channel }
    const { tries = 0 } = OrderNews.postponedOn(first, channel) ?? {}
    const failed = { ...delivery, problem: "busy", tries: tries + 1 } as const
    const letter = Personal.of<{ readonly to: string; readonly text: string }>(customerId, { to: "ada", text: "Hi" })
    const outcome = yield* oneOf<NewsCommands.NoteDelivery["outcome"]>(
      { _tag: "NotificationSent", ...delivery, via: "outbox", letter },
      { _tag: "NotificationSkipped", ...delivery, reason: "customer-unknown" },
      { _tag: "NotificationRefused", ...delivery, problem: "recipient" },
      { _tag: "NotificationPostponed", ...failed, until: DateTime.addDuration(occurredAt, "1 minute") },
      { _tag: "NotificationPostponed", ...failed, until: DateTime.addDuration(occurredAt, "1 hour") },
      { _tag: "NotificationGivenUp", ...failed }
    )
    return NewsCommands.NoteDelivery.make({ ...common, outcome })
  }
  if (kind === "introduce") return NewsCommands.IntroduceOrder.make({ ...common, customerId, total })
  const news = yield* oneOf<News.News>(
    { kind: "order-confirmed" },
    { kind: "stock-reserved" },
    { kind: "order-shipped", carrier: "Speedy Express", trackingNumber: "1Z-1" },
    { kind: "delivery-delayed" },
    { kind: "order-cancelled" }
  )
  return NewsCommands.TellNews.make({ ...common, news })
})
