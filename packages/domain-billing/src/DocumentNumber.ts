/**
 * The numbers on invoices and credit notes: `INV-2024-000001`, `CRN-2024-000001`.
 *
 * Each tenant has one series per kind of document and year, and a series has no holes: 1, 2, 3, … The year is that of the
 * business time of the document, in UTC.
 */
import { WholeNumber } from "@eventfold/shared-kernel"
import { DateTime, Schema } from "effect"

/** The schema of the kinds of documents that have numbers. Stored: the names never change. */
export const DocumentKind = Schema.Literals(["invoice", "credit-note"]).annotate({ identifier: "DocumentKind" })
/** A kind of document that has numbers. */
export type DocumentKind = typeof DocumentKind.Type

const prefixes = { invoice: "INV", "credit-note": "CRN" } satisfies Record<DocumentKind, string>

/** The schema of what has numbers of its own: a kind of document in a year. */
export const NumberSeries = Schema.Struct({
  kind: DocumentKind,
  year: WholeNumber.between({ minimum: 0, maximum: 9_999 })
}).annotate({ identifier: "NumberSeries" })
/** What has numbers of its own. */
export interface NumberSeries extends Schema.Schema.Type<typeof NumberSeries> {}

/** The schema of the number of a document: its series, and its place in it, from 1. */
export const DocumentNumber = Schema.Struct({
  ...NumberSeries.fields,
  sequence: WholeNumber.between({ minimum: 1, maximum: 999_999_999 })
}).annotate({ identifier: "DocumentNumber" })
/** The number of a document. */
export interface DocumentNumber extends Schema.Schema.Type<typeof DocumentNumber> {}

/** The series of the documents of a kind at a time. */
export const seriesAt = (kind: DocumentKind, at: DateTime.Utc): NumberSeries => ({
  kind,
  year: DateTime.getPartUtc(at, "year")
})

/** The name of a series: that of its stream. A storage format: it never changes. */
export const nameOf = ({ kind, year }: NumberSeries): string => `${kind}-${String(year).padStart(4, "0")}`

/** The number as people read it: `INV-2024-000001`. Of one series, up to a million, the order of the texts is that of the numbers. */
export const format = ({ kind, sequence, year }: DocumentNumber): string =>
  `${prefixes[kind]}-${String(year).padStart(4, "0")}-${String(sequence).padStart(6, "0")}`
