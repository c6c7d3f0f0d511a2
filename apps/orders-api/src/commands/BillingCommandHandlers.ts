/**
 * Handles the commands that write documents: a series of numbers and a sale change in one transaction.
 *
 * Guarantees: a number is taken by a document that is written, or by none: the bus has opened the transaction, and takes it back
 * when the sale refuses. So the numbers of a series have no holes, and an order has one invoice, whoever asks at the same time.
 *
 * Streams are locked in one order: the series first, then the sale. What notes messages changes a sale only, so nobody waits in
 * a circle. What has nothing to write is refused before a number is taken, and keeps nobody waiting.
 */
import { DocumentNumber, Sale, SaleCommands } from "@eventfold/domain-billing"
import { CommandBus, type CommandEnvelope } from "@eventfold/event-store"
import { Effect } from "effect"
import { numbers, sales } from "../billing/BillingAggregates.ts"
import { numbersStreamOf, saleStreamOf } from "../BillingStreamIds.ts"

/** Takes the next number, and writes the document under it. */
const write = Effect.fnUntraced(function* (
  kind: DocumentNumber.DocumentKind,
  { payload, tenant, ...rest }: CommandEnvelope<SaleCommands.IssueInvoice | SaleCommands.IssueCreditNote>
) {
  const { occurredAt, orderId } = payload
  const stream = saleStreamOf(tenant, orderId)
  const obstacle = Sale.obstacle(payload, (yield* sales.load(stream)).state)
  if (obstacle !== undefined) return yield* obstacle
  const series = DocumentNumber.seriesAt(kind, occurredAt)
  const { metadata = {} } = rest
  const taken = yield* numbers.handle(numbersStreamOf(tenant, series), { ...series, orderId, occurredAt }, { metadata })
  const number = { ...series, sequence: taken.state.last }
  const { state, version } = yield* sales.handle(stream, { ...payload, number }, rest)
  return Sale.answerOf(orderId, state, version)
})

/** The handlers of the commands on documents. */
export const handlers = [
  CommandBus.handler(SaleCommands.issueInvoice, (envelope) => write("invoice", envelope)),
  CommandBus.handler(SaleCommands.issueCreditNote, (envelope) => write("credit-note", envelope))
]
