/**
 * What an example is: a title and a program that tells a story on the console.
 *
 * A program asks for ports only, so the same file runs in memory, on the embedded database and on a server. It makes
 * its ids anew on each run: running it twice on one database works.
 */
import type { Documents } from "@eventfold/documents"
import type {
  AppendParticipants,
  AppendSignal,
  ArchiveCatalog,
  Audit,
  CommandLog,
  CommandServices,
  EventRepairs,
  KeyStore,
  Sealer,
  Transaction
} from "@eventfold/event-store"
import type { Inbox } from "@eventfold/messaging"
import type { Timers } from "@eventfold/processes"
import type { Consumers, DeadLetters, ReadModelStore } from "@eventfold/subscriptions"
import type { Effect } from "effect"
import * as rows from "./index.ts"

/** The ports an example may ask for. */
export type Ports =
  | CommandServices
  | AppendParticipants
  | AppendSignal
  | ArchiveCatalog
  | Audit
  | EventRepairs
  | KeyStore
  | Sealer
  | Transaction
  | CommandLog
  | Consumers
  | DeadLetters
  | ReadModelStore
  | Timers
  | Documents
  | Inbox

/** One example. What it can fail with is what the store can fail with; everything else is part of its story. */
export interface Example {
  readonly title: string
  readonly program: Effect.Effect<void, Error, Ports>
}

/** Every example by its id. */
export const examples: ReadonlyMap<string, Example> = new Map<string, Example>(Object.entries(rows))
