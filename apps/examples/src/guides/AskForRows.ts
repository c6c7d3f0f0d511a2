/** Which rows of a list are wanted, as values: the example of the guide "ask for rows". */
// #region rows
import { Paging, Rows, SearchTokens, Sorting, Specification } from "@eventfold/decider"
import { type DateTime, Schema } from "effect"

/** A row of a list of parcels. */
export const Parcel = Schema.Struct({
  id: Schema.String,
  customer: Schema.String,
  status: Schema.Literals(["announced", "on its way", "delivered", "lost"]),
  /** What it is insured for, in cents; null when it is not. */
  insured: Schema.NullOr(Schema.Int),
  sentAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  /** What is found by a search. */
  words: Schema.Array(Schema.String)
})
export interface Parcel extends Schema.Schema.Type<typeof Parcel> {}

/** The rows: the name of the list, and what no two of its rows have in common. */
export const parcels = Rows.make("parcels", Parcel, { key: ["id"] })
const parcel = parcels.field
// #endregion rows

// #region specifications
export const active = Specification.not(Specification.oneOf(parcel("status"), ["delivered", "lost"]))

export const of = (customer: string) => Specification.eq(parcel("customer"), customer)

export const highValue = Specification.gte(parcel("insured"), 1_000_00)

export const recentOf = (customer: string, since: DateTime.Utc) =>
  Specification.and(of(customer), Specification.gte(parcel("sentAt"), since))

/** What somebody types into the search field. */
export const searched = (text: string) => Specification.search(parcel("words"), text)

/** Not insured for that much, or not at all. */
export const atRisk = Specification.and(active, Specification.not(highValue))
// #endregion specifications

// #region matches
/** A row with its search tokens, made when the row is written. */
export const parcelOf = (row: Omit<Parcel, "words">): Parcel => ({
  ...row,
  words: SearchTokens.of(row.id, row.customer)
})

export const isAtRisk = Specification.matches(atRisk)
// #endregion matches

// #region page
export const newestFirst = [Sorting.descending(parcel("sentAt"))]

/** Twenty active parcels, the newest first; `after` is the `next` of the page before. */
export const activePage = (all: Iterable<Parcel>, after?: string) =>
  Paging.page(parcels, all, { where: active, sort: newestFirst, limit: 20, after })
// #endregion page
