/** Where an account stands. Stored in snapshots: the names never change. */
import { Schema } from "effect"

/** The schema of an account's status. */
export const AccountStatus = Schema.Literals(["open", "closed"]).annotate({
  identifier: "AccountStatus",
  message: "must be open or closed"
})
/** Where an account stands. */
export type AccountStatus = typeof AccountStatus.Type
