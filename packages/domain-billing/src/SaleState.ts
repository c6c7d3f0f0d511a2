/**
 * The state of a sale: the facts billing has heard of, in whichever order they came, and the documents it wrote.
 *
 * It is rebuilt from events; a snapshot of it is checked against the schema.
 */
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DocumentNumber } from "./DocumentNumber.ts"
import { SaleContent } from "./SaleContent.ts"
import type { CreditReason } from "./SaleEvents.ts"
import type { SaleStatus } from "./SaleStatus.ts"

/** How many payments, and how many refunds, are kept of one sale. */
export const maximumPayments = 1_000

/** The schema of the state of a sale. What is absent has not been heard of. */
export const SaleState = Schema.Struct({
  sale: Schema.optionalKey(SaleContent),
  isShipped: Schema.Boolean,
  isCancelled: Schema.Boolean,
  payments: Schema.Array(Schema.Struct({ paymentId: PaymentId, money: Money.PositiveMoney })),
  refunds: Schema.Array(Schema.Struct({ refundId: RefundId, money: Money.PositiveMoney })),
  invoice: Schema.optionalKey(
    Schema.Struct({ number: DocumentNumber, total: Money.NonNegativeMoney, isPaid: Schema.Boolean })
  ),
  /** What was credited, in whole minor units of the invoice's currency. */
  credited: Schema.Natural
})
/** The state of a sale. */
export interface SaleState extends Schema.Schema.Type<typeof SaleState> {}

/** Nothing has been heard of it. */
export const initial: SaleState = { isShipped: false, isCancelled: false, payments: [], refunds: [], credited: 0 }

/** Whether anything is known of it. */
export const isKnown = ({ isCancelled, isShipped, payments, refunds, sale }: SaleState): boolean =>
  sale !== undefined || isShipped || isCancelled || payments.length > 0 || refunds.length > 0

/** Where it stands. */
export const statusOf = (state: SaleState): SaleStatus => {
  const { invoice, isCancelled, isShipped, sale } = state
  if (invoice !== undefined) return "invoiced"
  if (isCancelled) return "cancelled"
  if (sale === undefined) return "noted"
  if (isShipped) return "awaiting-invoicing"
  return isPaid(state, sale.total) ? "paid" : "pending-payment"
}

/** Whether as much came in as this. Money of another currency pays nothing. */
export const isPaid = ({ payments }: SaleState, { amount, currency }: Money.Money): boolean =>
  sumOf(payments, currency) >= BigInt(amount)

/** What is to be credited beyond what was, and why; nothing without an invoice. */
export const creditDue = (
  state: SaleState
): { readonly money: Money.PositiveMoney; readonly reason: CreditReason } | undefined => {
  const { credited, invoice, isCancelled, refunds } = state
  if (invoice === undefined) return undefined
  const { amount: total, currency } = invoice.total
  const given = sumOf(refunds, currency)
  // Never more than was invoiced: what else was given back is no matter of this invoice.
  const owed = isCancelled || given > BigInt(total) ? total : Number(given)
  const amount = owed - credited
  return amount > 0 ? { money: { amount, currency }, reason: isCancelled ? "cancelled" : "refunded" } : undefined
}

const sumOf = (parts: ReadonlyArray<{ readonly money: Money.Money }>, currency: Money.Money["currency"]): bigint =>
  parts.reduce((sum, { money }) => (money.currency === currency ? sum + BigInt(money.amount) : sum), 0n)
