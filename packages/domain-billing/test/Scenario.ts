/** Given/when for sales, with one of everything: an order, its lines, its payment, and a command of each kind. */
import {
  type DocumentNumber,
  InvoiceId,
  Sale,
  SaleCommands,
  type SaleContent,
  type SaleState
} from "@eventfold/domain-billing"
import { Decider } from "@eventfold/decider"
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { CustomerId, OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`
export const orderId = OrderId.fromUuid(uuid(1))
export const otherOrderId = OrderId.fromUuid(uuid(2))
export const customerId = CustomerId.fromUuid(uuid(3))
export const invoiceId = InvoiceId.ofOrder(orderId)
export const paymentId = PaymentId.fromUuid(uuid(4))
export const refundId = RefundId.fromUuid(uuid(5))
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T00:00:00Z`)
export const occurredAt = day(1)

export const eur = (amount: number) => ({ amount, currency: "EUR" }) as const

const line = (last: number, productName: string, amount: number): SaleContent.SaleLine => ({
  productId: ProductId.fromUuid(uuid(last)),
  productName,
  quantity: Quantity.Quantity.make(1),
  unitPrice: eur(amount),
  total: eur(amount)
})

export const sale: SaleContent.SaleContent = {
  customerId,
  lines: [line(6, "Enamel mug", 1_250), line(7, "Teapot", 2_750)],
  total: eur(4_000)
}

export const numberOf = (kind: DocumentNumber.DocumentKind, sequence = 1, year = 2024) => ({ kind, year, sequence })

const common = { orderId, occurredAt }
export const enter = SaleCommands.EnterSale.make({ ...common, sale })
export const pay = SaleCommands.NotePayment.make({ ...common, paymentId, money: eur(4_000) })
export const ship = SaleCommands.NoteShipment.make({ ...common, sale })
export const cancel = SaleCommands.NoteCancellation.make(common)
export const refund = SaleCommands.NoteRefund.make({ ...common, paymentId, refundId, money: eur(1_000) })
export const invoice = SaleCommands.NumberedInvoice.make({ ...common, number: numberOf("invoice") })
export const credit = SaleCommands.NumberedCreditNote.make({ ...common, number: numberOf("credit-note") })

/** Sales after events, after commands, and on the way of commands. */
export const { after, given, walk } = DeciderScenario.of(Sale.Sale)

/** What a command leads to in a state that no test should have to walk to. */
export const outcome = (command: SaleCommands.SaleCommand, state: SaleState.SaleState) =>
  Decider.decide(Sale.Sale, command, state)

/** A sale in every situation that matters. */
export const sales = {
  unknown: after(),
  "payment noted": after(pay),
  "pending payment": after(enter),
  paid: after(enter, pay),
  "awaiting invoicing": after(enter, ship),
  invoiced: after(enter, pay, ship, invoice),
  "invoiced, refund due": after(enter, pay, ship, invoice, refund),
  "invoiced and cancelled": after(enter, ship, invoice, cancel),
  cancelled: after(enter, cancel)
}

/** One command of each kind, such that each can follow some situation. */
export const commands = { enter, pay, ship, cancel, refund, invoice, credit }
