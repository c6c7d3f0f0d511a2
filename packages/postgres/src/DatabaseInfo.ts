/** What database runs and what it promises, in words for people: for a banner, a health page, a log line. */
import { Context } from "effect"
import type { Protection } from "./ServiceRole.ts"

/** Which kind of database it is. */
export type DatabaseKind = "embedded" | "embedded-memory" | "server"

/** What database runs. */
export class DatabaseInfo extends Context.Service<
  DatabaseInfo,
  {
    readonly kind: DatabaseKind
    /** Product, version and place; never a user or a password. */
    readonly description: string
    /** What becomes of an acknowledged write when the process is killed and when the power fails: a sentence. */
    readonly durability: string
    /** Whether anything but the program's own care keeps stored events from being changed or deleted. */
    readonly protection: Protection
  }
>()("@eventfold/postgres/DatabaseInfo") {}
