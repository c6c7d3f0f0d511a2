/** Which stream holds a payment. It is a storage format: it never changes. */
import { Payment, type PaymentIds } from "@eventfold/domain-payments"
import { StreamId } from "@eventfold/event-store"

/** The stream of a payment. */
export const streamOf = (tenant: string, paymentId: PaymentIds.PaymentId): StreamId.StreamId =>
  StreamId.make(tenant, Payment.Payment.category, paymentId)
