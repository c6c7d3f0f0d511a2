/** Which stream holds an account. It is a storage format: it never changes. */
import { Account } from "@eventfold/domain-accounts"
import { StreamId } from "@eventfold/event-store"
import type { AccountId } from "@eventfold/shared-kernel"

/** The stream of an account. */
export const streamOf = (tenant: string, accountId: AccountId): StreamId.StreamId =>
  StreamId.make(tenant, Account.Account.category, accountId)
