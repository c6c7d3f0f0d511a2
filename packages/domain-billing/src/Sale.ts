/**
 * A sale as billing sees it, with its invoice and its credit notes, as a decider.
 *
 * What is told may come in any order and more than once: contexts that know nothing of each other tell it. The same facts lead
 * to the same standing and the same documents in every order, and what is known already records nothing. What contradicts
 * what is known is refused, for somebody to look at.
 *
 * There is one invoice for each order, written once it was shipped, and credit notes for what was refunded or cancelled since,
 * never more than the invoice. An invoice is paid when as much came in as it asks for, before or after it was written.
 */
import { Decider } from "@eventfold/decider"
import { Equal, Result } from "effect"
import { type DocumentKind, type DocumentNumber, seriesAt } from "./DocumentNumber.ts"
import { ofOrder } from "./InvoiceId.ts"
import type * as Commands from "./SaleCommands.ts"
import * as SaleContent from "./SaleContent.ts"
import * as Refused from "./SaleErrors.ts"
import { SaleEvent } from "./SaleEvents.ts"
import { creditDue, initial, isKnown, isPaid, maximumPayments, SaleState, statusOf } from "./SaleState.ts"

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (state: SaleState, event: SaleEvent): SaleState => {
  switch (event._tag) {
    case "SaleEntered": {
      const { customerId, lines, total } = event
      return state.sale === undefined ? { ...state, sale: { customerId, lines, total } } : state
    }
    case "SalePaid": {
      const { money, paymentId } = event
      return { ...state, payments: [...state.payments, { paymentId, money }] }
    }
    case "SaleShipped":
      return state.isShipped ? state : { ...state, isShipped: true }
    case "SaleCancelled":
      return state.isCancelled ? state : { ...state, isCancelled: true }
    case "SaleRefunded": {
      const { money, refundId } = event
      return { ...state, refunds: [...state.refunds, { refundId, money }] }
    }
    case "InvoiceIssued": {
      const { number, total } = event
      return state.invoice === undefined ? { ...state, invoice: { number, total, isPaid: false } } : state
    }
    case "InvoicePaid":
      return state.invoice === undefined ? state : { ...state, invoice: { ...state.invoice, isPaid: true } }
    case "InvoiceCredited":
      return state.invoice === undefined ? state : { ...state, credited: state.credited + event.money.amount }
  }
}

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<SaleEvent>, Refused.SaleRefusal>

const record = (...events: ReadonlyArray<SaleEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.SaleRefusal): Decision => Result.fail(refusal)

/** What was sold, if it is news; refused when it contradicts what is known. */
const entered = (command: Commands.EnterSale | Commands.NoteShipment, state: SaleState): Decision => {
  const { occurredAt, orderId, sale } = command
  const known = state.sale
  if (known === undefined) {
    return Result.map(SaleContent.added(orderId, sale), (sale) => {
      const status = statusOf({ ...state, sale })
      return [{ _tag: "SaleEntered", orderId, occurredAt, status, ...sale } as const]
    })
  }
  for (const field of ["customerId", "lines", "total"] as const) {
    if (!Equal.equals(known[field], sale[field])) return refuse(new Refused.SaleContradicted({ orderId, field }))
  }
  return nothing
}

const ship = (command: Commands.NoteShipment, state: SaleState): Decision =>
  Result.map(entered(command, state), (before) => {
    const { occurredAt, orderId, sale } = command
    if (state.isShipped) return before
    const status = statusOf({ ...state, sale, isShipped: true })
    return [...before, { _tag: "SaleShipped", orderId, occurredAt, status }]
  })

const cancel = ({ occurredAt, orderId }: Commands.NoteCancellation, state: SaleState): Decision =>
  state.isCancelled
    ? nothing
    : record({ _tag: "SaleCancelled", orderId, occurredAt, status: statusOf({ ...state, isCancelled: true }) })

const pay = ({ money, occurredAt, orderId, paymentId }: Commands.NotePayment, state: SaleState): Decision => {
  const { invoice, payments, sale } = state
  if (payments.some((payment) => payment.paymentId === paymentId)) return nothing
  if (payments.length >= maximumPayments) {
    return refuse(new Refused.TooManyPayments({ orderId, maximum: maximumPayments }))
  }
  const after = { ...state, payments: [...payments, { paymentId, money }] }
  const paid = { _tag: "SalePaid", orderId, occurredAt, status: statusOf(after), paymentId, money } as const
  if (invoice === undefined || sale === undefined || invoice.isPaid || !isPaid(after, invoice.total)) {
    return record(paid)
  }
  const { customerId } = sale
  return record(paid, {
    _tag: "InvoicePaid",
    orderId,
    occurredAt,
    invoiceId: ofOrder(orderId),
    number: invoice.number,
    customerId
  })
}

const refund = (command: Commands.NoteRefund, state: SaleState): Decision => {
  const { money, occurredAt, orderId, paymentId, refundId } = command
  if (state.refunds.some((refund) => refund.refundId === refundId)) return nothing
  return state.refunds.length >= maximumPayments
    ? refuse(new Refused.TooManyPayments({ orderId, maximum: maximumPayments }))
    : record({ _tag: "SaleRefunded", orderId, occurredAt, status: statusOf(state), paymentId, refundId, money })
}

type DocumentRequest = Pick<Commands.IssueInvoice | Commands.IssueCreditNote, "_tag" | "orderId">

/** Why a document is not to be written: ask before a number is taken for it. */
export const obstacle = ({ _tag, orderId }: DocumentRequest, state: SaleState): Refused.SaleRefusal | undefined => {
  if (!isKnown(state)) return new Refused.SaleNotFound({ orderId })
  if (_tag === "IssueCreditNote") {
    return creditDue(state) === undefined ? new Refused.NothingToCredit({ orderId }) : undefined
  }
  const { invoice } = state
  if (invoice !== undefined) return new Refused.SaleAlreadyInvoiced({ orderId, number: invoice.number })
  const status = statusOf(state)
  return status === "awaiting-invoicing" ? undefined : new Refused.SaleNotInvoiceable({ orderId, status })
}

const fits = (kind: DocumentKind, { number, occurredAt }: Commands.NumberedInvoice | Commands.NumberedCreditNote) => {
  const series = seriesAt(kind, occurredAt)
  return number.kind === series.kind && number.year === series.year
}

const invoice = (command: Commands.NumberedInvoice, state: SaleState): Decision => {
  const { number, occurredAt, orderId } = command
  const refusal = obstacle(command, state)
  if (refusal !== undefined) return refuse(refusal)
  const { sale } = state
  if (sale === undefined) return refuse(new Refused.SaleNotFound({ orderId }))
  if (!fits("invoice", command)) return refuse(new Refused.NumberOfAnotherSeries({ orderId, number }))
  const ofInvoice = { orderId, occurredAt, invoiceId: ofOrder(orderId), number }
  const issued = { _tag: "InvoiceIssued", ...ofInvoice, ...sale } as const
  const { customerId, total } = sale
  return isPaid(state, total) ? record(issued, { _tag: "InvoicePaid", ...ofInvoice, customerId }) : record(issued)
}

const credit = (command: Commands.NumberedCreditNote, state: SaleState): Decision => {
  const { number: creditNote, occurredAt, orderId } = command
  const refusal = obstacle(command, state)
  if (refusal !== undefined) return refuse(refusal)
  const { invoice } = state
  const due = creditDue(state)
  if (invoice === undefined || due === undefined) return refuse(new Refused.NothingToCredit({ orderId }))
  if (!fits("credit-note", command)) {
    return refuse(new Refused.NumberOfAnotherSeries({ orderId, number: creditNote }))
  }
  const ofInvoice = { orderId, occurredAt, invoiceId: ofOrder(orderId), number: invoice.number }
  return record({ _tag: "InvoiceCredited", ...ofInvoice, creditNote, ...due })
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.SaleCommand, state: SaleState): Decision => {
  switch (command._tag) {
    case "EnterSale":
      return entered(command, state)
    case "NotePayment":
      return pay(command, state)
    case "NoteShipment":
      return ship(command, state)
    case "NoteCancellation":
      return cancel(command, state)
    case "NoteRefund":
      return refund(command, state)
    case "IssueInvoice":
      return invoice(command, state)
    case "IssueCreditNote":
      return credit(command, state)
  }
}

/** A sale as a decider. Its streams are named `sale`, each with the id of its order. */
export const Sale = Decider.make({ category: "sale", State: SaleState, Event: SaleEvent, initial, evolve, decide })

/** What a command on the sale answers, for a state at a version of its stream. */
export const answerOf = (orderId: Commands.SaleCommand["orderId"], state: SaleState, version: number) => {
  const number: { readonly number?: DocumentNumber } =
    state.invoice === undefined ? {} : { number: state.invoice.number }
  const answer: Commands.SaleAnswer = {
    orderId,
    invoiceId: ofOrder(orderId),
    status: statusOf(state),
    version,
    ...number
  }
  return answer
}
