/** Which streams hold sales, series of document numbers and debtors. They are a storage format: they never change. */
import { Debtor, DocumentNumber, DocumentNumbers, Sale } from "@eventfold/domain-billing"
import { StreamId } from "@eventfold/event-store"
import type { CustomerId, OrderId } from "@eventfold/shared-kernel"

/** The stream of the sale of an order. */
export const saleStreamOf = (tenant: string, orderId: OrderId): StreamId.StreamId =>
  StreamId.make(tenant, Sale.Sale.category, orderId)

/** The stream of a series of document numbers. */
export const numbersStreamOf = (tenant: string, series: DocumentNumber.NumberSeries): StreamId.StreamId =>
  StreamId.make(tenant, DocumentNumbers.DocumentNumbers.category, DocumentNumber.nameOf(series))

/** The stream of a debtor. */
export const debtorStreamOf = (tenant: string, customerId: CustomerId): StreamId.StreamId =>
  StreamId.make(tenant, Debtor.Debtor.category, customerId)
