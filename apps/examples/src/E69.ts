/**
 * E69, several contexts: billing keeps its own view of sales orders, from integration messages only.
 *
 * Shows: what ordering and payments say, in an order of nobody's choosing and one of them twice; how billing sees each order
 * then; who awaits an invoice; the invoices, numbered without holes and to the cent; and a credit note for what went back.
 * Ordering and payments are not there: all there is of them is what they say.
 */
import { PublishedMessage, Specification } from "@eventfold/decider"
import { DocumentNumber, InvoiceId, Invoices, Sales, Sale, SaleCommands } from "@eventfold/domain-billing"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentId, PaymentsMessages, RefundId } from "@eventfold/domain-payments/published"
import { CommandBus, EventStore, StreamId } from "@eventfold/event-store"
import {
  type CloudEvent,
  InboxMemory,
  MessageBroker,
  MessageBrokerMemory,
  SubscriberRunner
} from "@eventfold/messaging"
import { subscriber } from "@eventfold/orders-api/billing/BillingSubscriber"
import { handlers } from "@eventfold/orders-api/commands/BillingCommandHandlers"
import { CustomerId, Money, OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { ManagedProjection, ReadModels } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Layer, Option, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Several contexts: billing's own view of orders, from integration messages only"

// #region context
/** All there is of the service: billing hears what is said, and answers from its own rows. */
const billing = SubscriberRunner.layer([subscriber]).pipe(
  Layer.provideMerge(Layer.merge(MessageBrokerMemory.layerMemory(), InboxMemory.layerMemory)),
  Layer.provideMerge(CommandBus.layer(handlers)),
  Layer.provideMerge(ReadSide.layer([ManagedProjection.make(Sales.Sales), ManagedProjection.make(Invoices.Invoices)])),
  Layer.fresh
)
// #endregion context

const day = (number: number) => DateTime.makeUnsafe(`2026-03-0${number}T09:00:00Z`)
const eur = (amount: number) => ({ amount, currency: "EUR" }) as const
const newUuid = Effect.sync(() => SecureRandom.uuidV7Unsafe())

/** An order, and what it is called in the story. */
const orderOf = Effect.fnUntraced(function* (name: string, customerId: CustomerId, pieces: number) {
  const orderId = OrderId.fromUuid(yield* newUuid)
  const [unitPrice, total] = [eur(1_250), eur(1_250 * pieces)]
  const line = {
    productId: ProductId.fromUuid(yield* newUuid),
    productName: name,
    quantity: Quantity.Quantity.make(pieces),
    unitPrice,
    lineTotal: total
  }
  return { name, orderId, said: { orderId, customerId, lines: [line], total } }
})

/** Says something to everybody who listens, as a relay would. */
const say = Effect.fnUntraced(function* (tenant: string, orderId: OrderId, outgoing: PublishedMessage.Outgoing) {
  const { message } = outgoing
  const id = yield* newUuid
  const content = yield* Effect.fromResult(outgoing.data)
  const event: CloudEvent.CloudEvent = {
    specversion: "1.0",
    id,
    source: `/contexts/${message.context}`,
    type: message.type,
    subject: orderId,
    time: day(1),
    datacontenttype: "application/json",
    dataschema: `https://eventfold.example/schemas/${message.type}.json`,
    partitionkey: `${tenant}/${orderId}`,
    correlationid: id,
    causationid: id,
    tenantid: tenant,
    data: isObject(content) ? content : {}
  }
  const broker = yield* MessageBroker
  yield* broker.publish(message.context, [event])
})
const isObject = (json: unknown): json is CloudEvent.CloudEvent["data"] => typeof json === "object" && json !== null

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const [bus, models, store] = [yield* CommandBus, yield* ReadModels, yield* EventStore]
  const [ada, grace] = [CustomerId.fromUuid(yield* newUuid), CustomerId.fromUuid(yield* newUuid)]
  const mugs = yield* orderOf("mugs", ada, 2)
  const cups = yield* orderOf("cups", ada, 3)
  const bowls = yield* orderOf("bowls", grace, 4)
  const plates = yield* orderOf("plates", grace, 5)
  const all = [mugs, cups, bowls, plates]
  const nameOf = (orderId: OrderId) => all.find((order) => order.orderId === orderId)?.name ?? orderId

  type Order = typeof mugs
  const placed = ({ orderId, said }: Order) =>
    say(
      tenant,
      orderId,
      PublishedMessage.say(OrderingMessages.OrderPlacedV1, { ...said, currency: "EUR", placedAt: day(1) })
    )
  const shipped = ({ orderId, said }: Order) =>
    say(
      tenant,
      orderId,
      PublishedMessage.say(OrderingMessages.OrderShippedV1, {
        ...said,
        carrier: "PostNL",
        trackingNumber: "3S",
        shippedAt: day(3)
      })
    )
  const money = ({ orderId }: Order) => ({ orderId, paymentId: PaymentId.fromUuid(OrderId.uuidOf(orderId)) })
  const paid = (order: Order) =>
    say(
      tenant,
      order.orderId,
      PublishedMessage.say(PaymentsMessages.PaymentCapturedV1, {
        ...money(order),
        money: order.said.total,
        capturedAt: day(2)
      })
    )

  yield* Console.log("What billing hears, in this order")
  yield* Console.log("  the mugs are paid, placed and shipped; the bowls shipped; the cups placed, twice, and shipped")
  yield* Console.log("  the plates placed and cancelled")
  for (const message of [paid(mugs), placed(mugs), shipped(mugs), shipped(bowls), placed(cups), placed(cups)]) {
    yield* message
  }
  yield* shipped(cups)
  yield* placed(plates)
  yield* say(
    tenant,
    plates.orderId,
    PublishedMessage.say(OrderingMessages.OrderCancelledV1, {
      orderId: plates.orderId,
      cancelledBy: "customer",
      cancelledAt: day(2)
    })
  )

  /** Rows in the order of the story: ids that are made in the same millisecond have none. */
  const found = Effect.fnUntraced(function* (where: Specification.Specification<Sales.SaleRow>) {
    const { rows } = yield* ReadSide.whenReady(
      models.find(Sales.readModel, tenant, { where, sort: Sales.byCustomer, limit: 100 })
    )
    return all.flatMap(({ orderId }) => rows.filter((row) => row.orderId === orderId))
  })
  const rows = found(Specification.everything)
  const standing = (status: string, count: number) =>
    ReadSide.until(
      status,
      Effect.map(rows, (seen) => seen.filter((row) => row.status === status).length === count)
    )
  yield* standing("awaiting-invoicing", 3)
  yield* standing("cancelled", 1)

  yield* Console.log("How it sees them")
  for (const { orderId, status, total = 0 } of yield* rows) {
    yield* Console.log(`  ${nameOf(orderId)}: ${status}, ${Money.format(eur(total))}`)
  }
  yield* Console.log("Who awaits an invoice")
  for (const [name, customerId] of [
    ["Ada", ada],
    ["Grace", grace]
  ] as const) {
    const awaiting = yield* found(Sales.awaitingInvoicingOf(customerId))
    yield* Console.log(`  ${name}: ${awaiting.map(({ orderId }) => nameOf(orderId)).join(", ")}`)
  }

  // #region issue
  const issue = Effect.fnUntraced(function* ({ name, orderId }: Order) {
    const payload = SaleCommands.IssueInvoice.make({ orderId, occurredAt: day(3) })
    const answer = yield* Effect.result(
      bus.dispatch(SaleCommands.issueInvoice, { id: yield* newUuid, tenant, payload })
    )
    yield* Console.log(
      answer._tag === "Success"
        ? `  ${name}: ${answer.success.number === undefined ? "none" : DocumentNumber.format(answer.success.number)}`
        : `  ${name}: ${answer.failure._tag}`
    )
  })
  // #endregion issue
  yield* Console.log("Invoices are asked for, the first one twice, and one of what was cancelled")
  for (const order of [mugs, mugs, plates, cups, bowls]) yield* issue(order)
  yield* standing("invoiced", 3)

  yield* Console.log("Half of the mugs comes back, and the money goes back")
  yield* say(
    tenant,
    mugs.orderId,
    PublishedMessage.say(PaymentsMessages.PaymentRefundedV1, {
      ...money(mugs),
      refundId: RefundId.fromUuid(yield* newUuid),
      money: eur(1_250),
      refundedAt: day(5)
    })
  )
  const sale = StreamId.make(tenant, Sale.Sale.category, mugs.orderId)
  const isHeard = Effect.map(Stream.runCollect(store.read(sale)), (events) =>
    events.some(({ type }) => type === "SaleRefunded")
  )
  yield* ReadSide.until("the refund is heard of", isHeard)
  const payload = SaleCommands.IssueCreditNote.make({ orderId: mugs.orderId, occurredAt: day(5) })
  yield* bus.dispatch(SaleCommands.issueCreditNote, { id: yield* newUuid, tenant, payload })

  const invoiceOf = (orderId: OrderId) =>
    models.get(Invoices.readModel, tenant, { orderId: InvoiceId.orderOf(InvoiceId.ofOrder(orderId)) })
  yield* ReadSide.until(
    "the credit note is in the row",
    Effect.map(invoiceOf(mugs.orderId), (one) => Option.isSome(one) && one.value.credited > 0)
  )
  yield* Console.log("The invoices")
  for (const { orderId } of [mugs, cups, bowls]) {
    const invoice = yield* invoiceOf(orderId)
    if (Option.isNone(invoice)) continue
    const { creditNotes, lines, number, status, total } = invoice.value
    const line = lines.map(({ productName, quantity }) => `${quantity} ${productName}`).join(", ")
    const credited = creditNotes.map((note) => `, ${note.number} credits ${Money.format(eur(note.amount))}`).join("")
    yield* Console.log(`  ${number}: ${line}, ${Money.format(eur(total))}, ${status}${credited}`)
  }
}).pipe(Effect.provide(billing))
