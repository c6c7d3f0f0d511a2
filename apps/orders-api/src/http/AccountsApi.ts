/**
 * The endpoints for accounts: what each takes, answers and refuses. Versions, idempotency and problems are as for orders.
 */
import { AccountCommands, AccountStatus, BalanceHistory } from "@eventfold/domain-accounts"
import { AccountId, Currency, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AccountDetail, largestBalanceHistoryPage } from "../queries/AccountQueries.ts"
import { AccountRow, FoundAccount, Volume } from "../queries/AccountReadQueries.ts"
import { SearchText } from "../queries/SearchText.ts"
import { about } from "./About.ts"
import * as Bodies from "./AccountBodies.ts"
import { AccountRefusedProblem, UnknownAccount } from "./AccountProblems.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { Cursor } from "./Cursor.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { optionalBody } from "./OptionalBody.ts"
import { pageSize } from "./PageSize.ts"
import { AsOfQuery } from "./PastQueries.ts"
import { PointInTime } from "./PointInTime.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"
import { TrueOrFalse } from "./TrueOrFalse.ts"

const account = { id: AccountId }

/** `AccountSearch.Tag`, with a rule that names all of them. */
const Tag = Schema.Literals([...AccountStatus.AccountStatus.literals, "high-balance"]).annotate({
  message: "must be open, closed or high-balance"
})

const AccountAnswer = AccountCommands.AccountAnswer.annotate({ description: "Where the account stands now" })

const command = CommandEndpoint.command(AccountAnswer, UnknownAccount, AccountRefusedProblem)

/** A page of the list of accounts. */
export const AccountListPage = Schema.Struct({ accounts: Schema.Array(AccountRow), ...pageFields }).annotate({
  identifier: "AccountListPage",
  description: "A page of the list of accounts"
})

/** A page of accounts that were found. */
export const FoundAccountsPage = Schema.Struct({ accounts: Schema.Array(FoundAccount), ...pageFields }).annotate({
  identifier: "FoundAccountsPage",
  description: "A page of accounts that were found"
})

/** What was paid in and out of all accounts. */
export const TotalVolume = Schema.Struct({ volumes: Schema.Array(Volume) }).annotate({
  identifier: "TotalVolume",
  description: "What was paid in and out of all accounts, per currency"
})

/** A page of the history of an account's balances. */
export const BalanceHistoryPage = Schema.Struct({
  accountId: AccountId,
  /** How many events the account has. */
  version: Schema.Int,
  entries: Schema.Array(BalanceHistory.BalanceEntry),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(Cursor)
}).annotate({ identifier: "BalanceHistoryPage", description: "A page of the history of an account's balances" })

/** The endpoints for accounts. */
export class AccountsApi extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.post("open", "/accounts", {
      ...command,
      payload: Bodies.OpenAccount,
      success: CommandEndpoint.created(AccountAnswer)
    }).annotateMerge(
      about(
        "Open an account",
        "Choose the account's id, or leave it out: then it is derived from the Idempotency-Key, so that a repetition names the same account."
      )
    ),
    HttpApiEndpoint.post("deposit", "/accounts/:id/deposits", {
      params: account,
      payload: Bodies.Deposit,
      ...command
    }).annotateMerge(about("Pay money in", "Of any currency: the account holds one balance for each.")),
    HttpApiEndpoint.post("withdraw", "/accounts/:id/withdrawals", {
      params: account,
      payload: Bodies.Withdraw,
      ...command
    }).annotateMerge(about("Pay money out", "Refused when the balance in that currency does not cover it.")),
    HttpApiEndpoint.post("close", "/accounts/:id/close", {
      params: account,
      payload: optionalBody(Bodies.CloseAccount),
      ...command
    }).annotateMerge(about("Close an account in which nothing is left")),
    HttpApiEndpoint.get("get", "/accounts/:id", {
      params: account,
      query: AsOfQuery,
      headers: OneHeaders,
      success: oneAtVersion(AccountDetail),
      error: UnknownAccount
    }).annotateMerge(
      about(
        "One account as it is now, or as it was",
        "Read from its events: always up to date. With `asOf` as it was at that time, with `version` as it was at that version; 404 when it was not there yet."
      )
    ),
    HttpApiEndpoint.get("list", "/accounts", {
      query: {
        owner: Schema.optionalKey(PersonName.PersonName),
        status: Schema.optionalKey(AccountStatus.AccountStatus),
        highBalance: Schema.optionalKey(TrueOrFalse),
        activeSince: Schema.optionalKey(PointInTime),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(AccountListPage)
    }).annotateMerge(
      about("Accounts, the one to which something happened last first", "All, or those that pass every filter.")
    ),
    HttpApiEndpoint.get("search", "/accounts/search", {
      query: { q: Schema.optionalKey(SearchText), tag: Schema.optionalKey(Tag), ...pageQuery },
      headers: ReadHeaders,
      success: fresh(FoundAccountsPage)
    }).annotateMerge(
      about(
        "Accounts by words and tags",
        "By all the words of `q` in id and tags, where the last one may be the beginning of a word, or in the owner's name, where words are found as a whole. Tags are open, closed and high-balance, which is above 10,000."
      )
    ),
    HttpApiEndpoint.get("volume", "/accounts/volume", {
      query: readFields,
      headers: ReadHeaders,
      success: fresh(TotalVolume)
    }).annotateMerge(about("What was paid in and out of all accounts", "Per currency, and always up to date.")),
    HttpApiEndpoint.get("history", "/accounts/:id/history", {
      params: account,
      query: {
        from: Schema.optionalKey(PointInTime),
        to: Schema.optionalKey(PointInTime),
        currency: Schema.optionalKey(Currency.Currency),
        limit: pageSize(largestBalanceHistoryPage, 500),
        cursor: Schema.optionalKey(Cursor)
      },
      headers: QueryHeaders,
      success: BalanceHistoryPage,
      error: UnknownAccount
    }).annotateMerge(
      about(
        "What came in and went out, with the balance afterwards",
        "In the order of versions. Business times may go back and forth in it where history was imported."
      )
    )
  )
  .annotate(ServedBy, "accounts")
  .annotateMerge(OpenApi.annotations({ title: "Accounts" })) {}
