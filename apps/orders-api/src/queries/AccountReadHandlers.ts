/** Answers the queries about accounts from read models. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { AccountSearch, AccountSummaries, TotalVolume } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { SearchWords } from "../projections/SearchWords.ts"
import { findAccounts, getTotalVolume, searchAccounts } from "./AccountReadQueries.ts"
import * as Pages from "./Pages.ts"

const { field } = AccountSummaries.rows

/** The handlers of the queries about accounts that read models answer. */
export const handlers = [
  QueryBus.handler(
    findAccounts,
    Effect.fnUntraced(function* ({ activeSince, after, highBalance, limit, owner, status, tenant }) {
      const { hash } = yield* SearchWords
      const where = Specification.and(
        ...(owner === undefined ? [] : [AccountSummaries.ownedBy(hash, owner)]),
        ...(status === undefined ? [] : [Specification.eq(field("status"), status)]),
        ...(highBalance === undefined ? [] : [Specification.eq(field("highBalance"), highBalance)]),
        ...(activeSince === undefined ? [] : [Specification.gte(field("lastActivityAt"), activeSince)])
      )
      return yield* Pages.of(
        AccountSummaries.readModel,
        { tenant, where, sort: AccountSummaries.latestFirst, limit, after },
        ({ ownerHash: _, ...row }) => row
      )
    })
  ),
  QueryBus.handler(
    searchAccounts,
    Effect.fnUntraced(function* ({ after, limit, tag, tenant, text }) {
      const { hash } = yield* SearchWords
      const where = Specification.and(
        ...(tag === undefined ? [] : [AccountSearch.withTag(tag)]),
        ...(text === undefined
          ? []
          : [Specification.or(AccountSearch.withWords(text), AccountSearch.withOwner(hash, text))])
      )
      return yield* Pages.of(
        AccountSearch.readModel,
        { tenant, where, limit, after },
        ({ accountId, balances, tags }) => ({ accountId, balances, tags })
      )
    })
  ),
  QueryBus.handler(
    getTotalVolume,
    Effect.fnUntraced(function* ({ tenant }) {
      const models = yield* ReadModels
      // Nothing in this question comes from the caller.
      const found = yield* Effect.catchTags(
        models.find(TotalVolume.readModel, tenant, { where: Specification.everything, limit: Pages.mostCurrencies }),
        { LimitRefused: Effect.die, ValueRefused: Effect.die, CursorRefused: Effect.die }
      )
      return found.rows.map(({ currency, deposited, deposits, withdrawals, withdrawn }) => ({
        deposited: { amount: deposited, currency },
        withdrawn: { amount: withdrawn, currency },
        deposits,
        withdrawals
      }))
    })
  )
]
