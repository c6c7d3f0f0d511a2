/** Answers the queries about accounts, from their streams. Nothing here can write. */
import { AccountErrors } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import type { AccountId } from "@eventfold/shared-kernel"
import { Effect, Option } from "effect"
import { getAccount, getBalanceHistory, getTransfer } from "./AccountQueries.ts"
import { AccountStreams } from "./AccountStreams.ts"

const existing = <A, E>(accountId: AccountId, found: Effect.Effect<Option.Option<A>, E>) =>
  Effect.flatMap(
    found,
    Option.match({
      onNone: () => Effect.fail(new AccountErrors.AccountNotOpen({ accountId })),
      onSome: (answer) => Effect.succeed(answer)
    })
  )

/** The handlers of the queries about accounts. */
export const handlers = [
  QueryBus.handler(getAccount, ({ accountId, asOf, tenant }) =>
    Effect.flatMap(AccountStreams, (streams) => existing(accountId, streams.detail(tenant, accountId, asOf)))
  ),
  QueryBus.handler(getTransfer, ({ tenant, transferId }) =>
    Effect.flatMap(AccountStreams, (streams) => streams.transfer(tenant, transferId))
  ),
  QueryBus.handler(getBalanceHistory, (query) =>
    Effect.flatMap(AccountStreams, (streams) => existing(query.accountId, streams.balances(query)))
  )
]
