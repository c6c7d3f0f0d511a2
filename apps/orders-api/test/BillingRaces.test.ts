/**
 * Many messages and many workers at the same moment, on every database: each order that was shipped has one invoice, and the
 * numbers have no holes, whoever is refused, repeats itself, or has to decide again.
 */
import { assert, describe, layer } from "@effect/vitest"
import { NameId } from "@eventfold/decider"
import { Debtor, Heard, Sale, SaleCommands, type SaleEvents, SaleState } from "@eventfold/domain-billing"
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { CommandBus, EventCodec, EventStore, Transaction } from "@eventfold/event-store"
import { CustomerId, OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Layer, Stream } from "effect"
import { debtors, numbers, sales } from "../src/billing/BillingAggregates.ts"
import { debtorStreamOf, numbersStreamOf, saleStreamOf } from "../src/BillingStreamIds.ts"
import * as BillingCommandHandlers from "../src/commands/BillingCommandHandlers.ts"
import * as Service from "../src/Service.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import * as LongTests from "./LongTests.ts"
import { uuid } from "./Samples.ts"

const atOnce = { concurrency: "unbounded" } as const
const at = (day: number) => DateTime.makeUnsafe(`2024-05-${String(day).padStart(2, "0")}T00:00:00Z`)
const tenant = "main"

/** What was shipped, the total being different for each order. */
const shipped = (orderId: OrderId, cents: number, year = 2024) => {
  const total = { amount: cents, currency: "EUR" } as const
  const line = {
    productId: ProductId.fromUuid(uuid()),
    productName: "Enamel mug",
    quantity: Quantity.Quantity.make(1),
    unitPrice: total,
    lineTotal: total
  }
  return Heard.orderShipped({
    orderId,
    customerId: CustomerId.fromUuid(uuid()),
    lines: [line],
    total,
    carrier: "PostNL",
    trackingNumber: "3S",
    shippedAt: year === 2024 ? at(3) : DateTime.makeUnsafe(`${year}-12-31T23:59:59Z`)
  })
}

/** As the inbox does: in a transaction of its own. */
const note = (command: SaleCommands.SaleCommand) =>
  Effect.flatMap(Transaction, (transaction) =>
    transaction.run(sales.handle(saleStreamOf(tenant, command.orderId), command))
  )

const issue = (
  message: typeof SaleCommands.issueInvoice | typeof SaleCommands.issueCreditNote,
  orderId: OrderId,
  worker: string,
  year = 2024
) =>
  Effect.flatMap(CommandBus, (bus) => {
    const occurredAt = year === 2024 ? at(3) : DateTime.makeUnsafe(`${year}-12-31T23:59:59Z`)
    const envelope = { id: NameId.make(worker, message.name, orderId), tenant }
    return Effect.result(
      message.name === "billing.IssueInvoice"
        ? bus.dispatch(SaleCommands.issueInvoice, {
            ...envelope,
            payload: { _tag: "IssueInvoice", orderId, occurredAt }
          })
        : bus.dispatch(SaleCommands.issueCreditNote, {
            ...envelope,
            payload: { _tag: "IssueCreditNote", orderId, occurredAt }
          })
    )
  })

const codec = EventCodec.make(Sale.Sale.Event)

const historyOf = Effect.fnUntraced(function* (orderId: OrderId) {
  const store = yield* EventStore
  return yield* codec.decode(yield* Stream.runCollect(store.read(saleStreamOf(tenant, orderId))))
})

const invoicesOf = (events: ReadonlyArray<SaleEvents.SaleEvent>) =>
  events.flatMap((event) => (event._tag === "InvoiceIssued" ? [event] : []))

const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1)

const places = [
  ["in memory", Layer.fresh(Service.portsMemory), 24],
  ["on an embedded database", EmbeddedPorts.layer, 24],
  ...LongTests.server.map(([where, ports]) => [where, ports, 48] as const)
] as const

for (const [where, ports, many] of places) {
  const billing = CommandBus.layer(BillingCommandHandlers.handlers).pipe(Layer.provideMerge(ports))

  describe(`many workers at the same moment, ${where}`, () => {
    layer(billing, { excludeTestServices: true, timeout: 300_000 })((it) => {
      it.effect("write one invoice for each order, numbered without holes, to the cent", () =>
        Effect.gen(function* () {
          const orders = Array.from({ length: many }, (_, index) => ({
            orderId: OrderId.fromUuid(uuid()),
            cents: 1_000 + index
          }))
          yield* Effect.forEach(orders, ({ cents, orderId }) => note(shipped(orderId, cents)), atOnce)
          // Three workers ask for each, and one of them repeats itself; some orders are not shipped at all.
          const unknown = Array.from({ length: 6 }, () => OrderId.fromUuid(uuid()))
          const asked = [
            ...orders.flatMap(({ orderId }) => ["a", "b", "c", "a"].map((worker) => [orderId, worker] as const)),
            ...unknown.map((orderId) => [orderId, "a"] as const)
          ]
          const outcomes = yield* Effect.forEach(
            asked,
            ([orderId, worker]) => issue(SaleCommands.issueInvoice, orderId, worker),
            atOnce
          )
          for (const outcome of outcomes) {
            if (outcome._tag === "Failure") {
              assert.include(["SaleAlreadyInvoiced", "SaleNotFound"], outcome.failure._tag, outcome.failure.message)
            }
          }
          const invoices = invoicesOf((yield* Effect.forEach(orders, ({ orderId }) => historyOf(orderId))).flat())
          assert.lengthOf(invoices, many)
          assert.lengthOf(new Set(invoices.map(({ orderId }) => orderId)), many)
          assert.deepStrictEqual(
            invoices.map(({ number }) => number.sequence).toSorted((a, b) => a - b),
            upTo(many)
          )
          const { state } = yield* numbers.load(numbersStreamOf(tenant, { kind: "invoice", year: 2024 }))
          assert.strictEqual(state.last, many)
          const sum = (amounts: ReadonlyArray<number>) => amounts.reduce((all, one) => all + one, 0)
          assert.strictEqual(sum(invoices.map(({ total }) => total.amount)), sum(orders.map(({ cents }) => cents)))
        })
      )

      it.effect("credit what goes back meanwhile, once and in a series of its own", () =>
        Effect.gen(function* () {
          const orderIds = Array.from({ length: 8 }, () => OrderId.fromUuid(uuid()))
          const refund = (orderId: OrderId) =>
            Heard.paymentRefunded({
              orderId,
              paymentId: PaymentId.fromUuid(OrderId.uuidOf(orderId)),
              refundId: RefundId.fromUuid(OrderId.uuidOf(orderId)),
              money: { amount: 300, currency: "EUR" },
              refundedAt: at(4)
            })
          yield* Effect.forEach(orderIds, (orderId) => note(shipped(orderId, 1_000, 2025)), atOnce)
          yield* Effect.forEach(
            orderIds,
            (orderId) =>
              Effect.all(
                [
                  issue(SaleCommands.issueInvoice, orderId, "a", 2025),
                  note(refund(orderId)),
                  note(refund(orderId)),
                  issue(SaleCommands.issueCreditNote, orderId, "early", 2025)
                ],
                atOnce
              ),
            atOnce
          )
          const late = orderIds.flatMap((orderId) => ["a", "b"].map((worker) => [orderId, worker] as const))
          yield* Effect.forEach(
            late,
            ([orderId, worker]) => issue(SaleCommands.issueCreditNote, orderId, worker, 2025),
            atOnce
          )
          const histories = yield* Effect.forEach(orderIds, historyOf)
          const notes = histories.flat().flatMap((event) => (event._tag === "InvoiceCredited" ? [event] : []))
          assert.deepStrictEqual(
            notes.map(({ creditNote }) => creditNote.sequence).toSorted((a, b) => a - b),
            upTo(8)
          )
          assert.lengthOf(new Set(notes.map(({ orderId }) => orderId)), 8)
          for (const history of histories) {
            const state = history.reduce(Sale.evolve, SaleState.initial)
            assert.strictEqual(state.credited, 300)
            assert.isUndefined(SaleState.creditDue(state))
          }
        })
      )

      it.effect("register a debtor once", () =>
        Effect.gen(function* () {
          const customerId = CustomerId.fromUuid(uuid())
          const command = Heard.customerRegistered({ customerId, registeredAt: at(1) })
          yield* Effect.replicateEffect(debtors.handle(debtorStreamOf(tenant, customerId), command), 5, atOnce)
          const { state, version } = yield* debtors.load(debtorStreamOf(tenant, customerId))
          assert.deepStrictEqual([state, version], [{ isRegistered: true }, 1])
          assert.isFalse(Debtor.initial.isRegistered)
        })
      )
    })
  })
}
