/** What can be asked of the read models of accounts, as typed queries: the list, the search, the total volume. */
import { Message } from "@eventfold/decider"
import { AccountSearch, AccountStatus, Balances } from "@eventfold/domain-accounts"
import { StreamId } from "@eventfold/event-store"
import { AccountId, Currency, Money, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"
import { SearchText } from "./SearchText.ts"

/** A row of the list of accounts. The owner is told by the account itself. */
export const AccountRow = Schema.Struct({
  accountId: AccountId,
  status: AccountStatus.AccountStatus,
  /** The currency it was opened in. */
  currency: Currency.Currency,
  balances: Balances.Balances,
  /** Whether a balance is above 10,000 major units of its currency. */
  highBalance: Schema.Boolean,
  openedAt: Schema.DateTimeUtc,
  /** When something last happened to it. */
  lastActivityAt: Schema.DateTimeUtc
}).annotate({ identifier: "AccountRow" })

/** Asks for a page of accounts, the one to which something happened last first. What is left out does not restrict. */
export const FindAccounts = Schema.TaggedStruct("FindAccounts", {
  ...Pages.fields,
  owner: Schema.optionalKey(PersonName.PersonName),
  status: Schema.optionalKey(AccountStatus.AccountStatus),
  highBalance: Schema.optionalKey(Schema.Boolean),
  /** Something has happened to them then or later. */
  activeSince: Schema.optionalKey(Schema.DateTimeUtc)
})
/** The message that carries {@link FindAccounts}. */
export const findAccounts = Pages.query("accounts", FindAccounts, AccountRow)

/** An account that was found. */
export const FoundAccount = Schema.Struct({
  accountId: AccountId,
  tags: Schema.Array(AccountSearch.Tag),
  balances: Balances.Balances
}).annotate({ identifier: "FoundAccount" })

/** Asks for the accounts with all the words of a text in id and tags, or in the owner's name, and with a tag. */
export const SearchAccounts = Schema.TaggedStruct("SearchAccounts", {
  ...Pages.fields,
  text: Schema.optionalKey(SearchText),
  tag: Schema.optionalKey(AccountSearch.Tag)
})
/** The message that carries {@link SearchAccounts}. */
export const searchAccounts = Pages.query("accounts", SearchAccounts, FoundAccount)

/** What was paid in and out of all accounts in a currency. */
export const Volume = Schema.Struct({
  deposited: Money.Money,
  withdrawn: Money.Money,
  deposits: Schema.Int,
  withdrawals: Schema.Int
}).annotate({ identifier: "Volume" })

/** Asks what was paid in and out, per currency. */
export const GetTotalVolume = Schema.TaggedStruct("GetTotalVolume", { tenant: StreamId.Tenant })
/** The message that carries {@link GetTotalVolume}. */
export const getTotalVolume = Message.query({
  context: "accounts",
  payload: GetTotalVolume,
  answer: Schema.Array(Volume)
})
