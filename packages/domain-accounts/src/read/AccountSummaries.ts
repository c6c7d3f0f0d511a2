/**
 * One row per account: what it holds, how it stands, and when something last happened to it.
 *
 * The owner is personal, so the name stands in no row: only its hash under a secret key, by which accounts of an owner are
 * found whose name is known. Two names that differ in case or punctuation only are one owner's. A forgotten owner has no hash.
 *
 * Gotchas: rows made before an owner was forgotten keep the hash until they are made anew. With another key the rows must
 * be built anew: count `keyVersion` up.
 */
import { Personal, Projection, ReadModel, Rows, SearchTokens, Sorting, Specification } from "@eventfold/decider"
import { AccountId, Currency, type Money, type PersonName } from "@eventfold/shared-kernel"
import { type DateTime, Schema } from "effect"
import { Account } from "../Account.ts"
import { AccountEvent } from "../AccountEvents.ts"
import type { AccountOwner } from "../AccountOwner.ts"
import { AccountStatus } from "../AccountStatus.ts"
import { Balances } from "../Balances.ts"
import * as Holdings from "./Holdings.ts"

/** The schema of a row. */
export const AccountSummary = Schema.Struct({
  accountId: AccountId,
  status: AccountStatus,
  /** The currency it was opened in. */
  currency: Currency.Currency,
  /** One balance per currency, in whole minor units. */
  balances: Balances,
  /** Whether a balance is above 10,000 major units of its currency. */
  highBalance: Schema.Boolean,
  /** The owner's name, hashed; absent when it is forgotten. */
  ownerHash: Schema.optionalKey(Schema.String),
  openedAt: Schema.DateTimeUtc,
  /** When something last happened to it: it was opened, money moved, it was closed. */
  lastActivityAt: Schema.DateTimeUtc
}).annotate({ identifier: "AccountSummary" })
/** A row of the summaries. */
export type AccountSummary = typeof AccountSummary.Type

/** The summaries, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "account_summaries",
  key: ["accountId"],
  row: AccountSummary,
  indexes: [["ownerHash"], ["status", "lastActivityAt"], ["highBalance", "lastActivityAt"], ["lastActivityAt"]]
})

/**
 * The summaries whose owners are hashed by `hash`. `keyVersion` counts the keys from 1, so that rows made with another key
 * are known to be of no use.
 */
export const make = (hash: SearchTokens.Hash, keyVersion = 1) =>
  Projection.make({
    readModel,
    version: keyVersion,
    events: AccountEvent,
    keys: Projection.byStream(Account.category, "accountId"),
    project: (event, [row]) => {
      if (event._tag === "AccountOpened") {
        const { accountId, currency, occurredAt, owner } = event
        if (row !== undefined) return Projection.unchanged
        return [
          Projection.upsert({
            accountId,
            status: "open",
            currency,
            balances: Holdings.opened(currency),
            highBalance: false,
            openedAt: occurredAt,
            lastActivityAt: occurredAt,
            ...ownerOf(hash, owner)
          })
        ]
      }
      if (row === undefined || (row.status === "closed" && !Holdings.reopens(event))) return Projection.unchanged
      const lastActivityAt = event.occurredAt
      if (event._tag === "AccountClosed") return [Projection.upsert({ ...row, status: "closed", lastActivityAt })]
      const balances = Holdings.after(row.balances, event)
      if (balances === undefined) return Projection.unchanged
      const highBalance = Holdings.areHigh(balances)
      return [Projection.upsert({ ...row, status: "open", balances, highBalance, lastActivityAt })]
    }
  })

const ownerOf = (hash: SearchTokens.Hash, owner: AccountOwner) =>
  Personal.match(owner, { onKnown: (name) => ({ ownerHash: nameHash(hash, name) }), onRedacted: () => ({}) })

/** The name is hashed as a whole: no row tells which words two names share. */
const nameHash = (hash: SearchTokens.Hash, name: string) => hash(SearchTokens.of(name).join(" "))

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The accounts that were opened in a name. */
export const ownedBy = (hash: SearchTokens.Hash, name: PersonName.PersonName) =>
  Specification.eq(rows.field("ownerHash"), nameHash(hash, name))

/** Open accounts. */
export const active = Specification.eq(rows.field("status"), "open")

/** Closed accounts. */
export const inactive = Specification.eq(rows.field("status"), "closed")

/** Open accounts to which something has happened since a time, that time included. */
export const activeSince = (since: DateTime.Utc) =>
  Specification.and(active, Specification.gte(rows.field("lastActivityAt"), since))

/** Accounts with a balance above 10,000 major units of its currency. */
export const highBalance = Specification.eq(rows.field("highBalance"), true)

/** The account to which something has happened last comes first. */
export const latestFirst = [Sorting.descending(rows.field("lastActivityAt"))]

/** The balance of an account in a currency; absent when it has never held it. */
export const balanceIn = ({ balances }: AccountSummary, currency: Currency.Currency): Money.Money | undefined =>
  balances.find((balance) => balance.currency === currency)
