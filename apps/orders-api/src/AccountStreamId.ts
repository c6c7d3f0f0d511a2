/** Which streams hold an account, and a transfer. It is a storage format: it never changes. */
import { Account, Transfer, type TransferId } from "@eventfold/domain-accounts"
import { StreamId } from "@eventfold/event-store"
import type { AccountId } from "@eventfold/shared-kernel"

/** The stream of an account. */
export const streamOf = (tenant: string, accountId: AccountId): StreamId.StreamId =>
  StreamId.make(tenant, Account.Account.category, accountId)

/** The stream of a transfer. */
export const transferStreamOf = (tenant: string, transferId: TransferId.TransferId): StreamId.StreamId =>
  StreamId.make(tenant, Transfer.Transfer.category, transferId)
