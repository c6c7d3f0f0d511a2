/**
 * Accounts as people look for them: by id, by tag, and by words of the owner's name.
 *
 * The name is personal, so no word of it stands in a row: only its hash under a secret key, which finds whole words. A
 * forgotten owner has no words. Rows made before an owner was forgotten keep the hashes until they are made anew.
 */
import { Personal, Projection, ReadModel, Rows, SearchTokens, Specification } from "@eventfold/decider"
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Account } from "../Account.ts"
import { AccountEvent } from "../AccountEvents.ts"
import { AccountStatus } from "../AccountStatus.ts"
import { Balances } from "../Balances.ts"
import * as Holdings from "./Holdings.ts"

/** The schema of the tags of an account: how it stands, and whether a balance is above 10,000 major units. */
export const Tag = Schema.Union([AccountStatus, Schema.Literal("high-balance")])
/** A tag of an account. */
export type Tag = typeof Tag.Type

/** The schema of a row. */
export const AccountSearchRow = Schema.Struct({
  accountId: AccountId,
  tags: Schema.Array(Tag),
  /** What the tags follow from. */
  balances: Balances,
  /** The words of the id and of the tags. */
  words: Schema.Array(Schema.String),
  /** The words of the owner's name, each as its hash; none when it is forgotten. */
  ownerWords: Schema.Array(Schema.String)
}).annotate({ identifier: "AccountSearchRow" })
/** A row of the search. */
export type AccountSearchRow = typeof AccountSearchRow.Type

/** The search, as what keeps its rows knows it. */
export const readModel = ReadModel.make({
  name: "account_search",
  key: ["accountId"],
  row: AccountSearchRow,
  searchable: ["words", "ownerWords"]
})

/**
 * The search whose owners' words are hashed by `hash`. `keyVersion` counts the keys from 1, so that rows made with another
 * key are known to be of no use.
 */
export const make = (hash: SearchTokens.Hash, keyVersion = 1) =>
  Projection.make({
    readModel,
    version: keyVersion,
    events: AccountEvent,
    keys: Projection.byStream(Account.category, "accountId"),
    project: (event, [row]) => {
      if (event._tag === "AccountOpened") {
        if (row !== undefined) return Projection.unchanged
        const { accountId, currency, owner } = event
        const ownerWords = Personal.match(owner, {
          onKnown: (name) => SearchTokens.hashed(hash, name),
          onRedacted: () => []
        })
        return [Projection.upsert(tagged({ accountId, ownerWords, balances: Holdings.opened(currency) }, "open"))]
      }
      if (row === undefined || (row.tags.includes("closed") && !Holdings.reopens(event))) return Projection.unchanged
      if (event._tag === "AccountClosed") return [Projection.upsert(tagged(row, "closed"))]
      const balances = Holdings.after(row.balances, event)
      return balances === undefined ? Projection.unchanged : [Projection.upsert(tagged({ ...row, balances }, "open"))]
    }
  })

const tagged = (
  { accountId, balances, ownerWords }: Omit<AccountSearchRow, "tags" | "words">,
  status: AccountStatus
): AccountSearchRow => {
  const tags: ReadonlyArray<Tag> = Holdings.areHigh(balances) ? [status, "high-balance"] : [status]
  return { accountId, tags, balances, words: SearchTokens.of(accountId, ...tags), ownerWords }
}

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Accounts with all the words of a text among id and tags, the last one as the beginning of a word. */
export const withWords = (text: string) => Specification.search(rows.field("words"), text)

/** Accounts with a tag. */
export const withTag = (tag: Tag) => Specification.searchWords(rows.field("words"), tag)

/** Accounts whose owner's name has all the words of a text, whole words all of them; every account without a word. */
export const withOwner = (hash: SearchTokens.Hash, text: string) =>
  Specification.searchWords(rows.field("ownerWords"), SearchTokens.hashed(hash, text).join(" "))
