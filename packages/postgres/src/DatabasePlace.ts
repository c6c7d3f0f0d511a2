/**
 * Where the database of a program is, as far as it matters to what is kept beside it: keys and the ledger of the forgotten.
 *
 * The layer of the embedded database says so itself; a program that says nothing speaks to a server.
 */
import { Context } from "effect"

/** A server, or this process: in memory when there is no directory. */
export type DatabasePlace =
  | { readonly _tag: "Server" }
  | { readonly _tag: "Embedded"; readonly directory: string | undefined }

/** Where the database of the context is. */
export const DatabasePlace = Context.Reference<DatabasePlace>("@eventfold/postgres/DatabasePlace", {
  defaultValue: () => ({ _tag: "Server" })
})
