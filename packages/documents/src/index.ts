/** Aggregates that are kept as documents: the port to the documents, and what handles commands on them. */
export * as DocumentHandler from "./DocumentHandler.ts"
export {
  type DocumentPage,
  Documents,
  type DocumentsDriver,
  InvalidDocument,
  longestDocument,
  type StoredDocument,
  type StoredText
} from "./Documents.ts"
export * as DocumentsMemory from "./DocumentsMemory.ts"
