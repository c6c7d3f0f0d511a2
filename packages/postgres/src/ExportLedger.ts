/**
 * The ledger of the forgotten that the environment keeps in a file, for those who move a store: see
 * `PrivacyPlaces.ts`, which says where it is. The other ledger is a table of the store.
 *
 * It is held in memory whole, as the service holds it.
 */
import { existsSync } from "node:fs"
import { type EventStoreFailure, ForgottenLedger, type ForgottenSubject, type SubjectId } from "@eventfold/event-store"
import { keyOf } from "@eventfold/event-store/KeyStorage"
import { type Config, Effect, Stream } from "effect"
import * as ForgottenLedgerFile from "./ForgottenLedgerFile.ts"
import * as PrivacyPlaces from "./PrivacyPlaces.ts"

/** Who is in it, by tenant and subject. */
export interface Ledger {
  readonly entries: ReadonlyMap<string, ForgottenSubject>
  readonly has: (subject: SubjectId) => boolean
}

/** What is in the file; nobody when there is none, which is not made. */
export const read: Effect.Effect<Ledger, Config.ConfigError | EventStoreFailure> = Effect.gen(function* () {
  const file = yield* PrivacyPlaces.ledgerFile
  const entries = new Map<string, ForgottenSubject>()
  if (file !== undefined && existsSync(file)) {
    yield* ForgottenLedger.pipe(
      Effect.flatMap((ledger) =>
        Stream.runForEach(ledger.entries, (entry) => Effect.sync(() => entries.set(keyOf(entry), entry)))
      ),
      Effect.provide(ForgottenLedgerFile.layer(file))
    )
  }
  return { entries, has: (subject) => entries.has(keyOf(subject)) }
})
