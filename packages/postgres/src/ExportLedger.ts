/**
 * The ledger of the forgotten that the environment keeps in a file, for those who move a store: see `Privacy.ts`, which
 * decides where it is. The other ledger is a table of the store.
 *
 * It is held in memory whole, as the service holds it.
 */
import { existsSync } from "node:fs"
import { type EventStoreFailure, ForgottenLedger, type ForgottenSubject, type SubjectId } from "@eventfold/event-store"
import { keyOf } from "@eventfold/event-store/KeyStorage"
import { Config, Effect, Option, Stream } from "effect"
import { DatabasePlace } from "./DatabasePlace.ts"
import * as ForgottenLedgerFile from "./ForgottenLedgerFile.ts"
import { ledgerVariable } from "./Privacy.ts"

/** Where the file is or would be; nothing when the environment has none. */
export const path: Effect.Effect<string | undefined, Config.ConfigError> = Effect.gen(function* () {
  const place = yield* DatabasePlace
  const chosen = Option.getOrElse(yield* Config.option(Config.String(ledgerVariable)), () => "")
  if (chosen !== "") return chosen
  return place._tag === "Embedded" && place.directory !== undefined ? `${place.directory}-forgotten.jsonl` : undefined
})

/** Who is in it, by tenant and subject. */
export interface Ledger {
  readonly entries: ReadonlyMap<string, ForgottenSubject>
  readonly has: (subject: SubjectId) => boolean
}

/** What is in the file; nobody when there is none, which is not made. */
export const read: Effect.Effect<Ledger, Config.ConfigError | EventStoreFailure> = Effect.gen(function* () {
  const file = yield* path
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
