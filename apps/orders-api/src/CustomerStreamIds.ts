/** Which streams hold a customer, and an e-mail address by its hash. It is a storage format: it never changes. */
import { Customer, EmailClaim, type EmailHash } from "@eventfold/domain-customers"
import { StreamId } from "@eventfold/event-store"
import type { CustomerId } from "@eventfold/shared-kernel"

/** The stream of a customer. */
export const customerStreamOf = (tenant: string, customerId: CustomerId): StreamId.StreamId =>
  StreamId.make(tenant, Customer.Customer.category, customerId)

/** The stream of an e-mail address. */
export const emailStreamOf = (tenant: string, emailHash: EmailHash.EmailHash): StreamId.StreamId =>
  StreamId.make(tenant, EmailClaim.EmailClaim.category, emailHash)
