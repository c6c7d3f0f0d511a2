/** What a store holds of keys of personal data, for commands that change them and say what they did. */
import { KeyStorage, MasterKeys, type SubjectId } from "@eventfold/event-store"
import { KeyStoragePostgres, MasterKeyFile, PrivacyPlaces } from "@eventfold/postgres"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** What is kept of a person: whether they were forgotten, and how many versions of their key there are. */
export const subjectState = Effect.fnUntraced(function* (subject: SubjectId) {
  const [stored] = yield* (yield* KeyStorage).find([subject])
  return { known: stored !== undefined, forgotten: stored?.forgotten ?? false, versions: stored?.keys.length ?? 0 }
}, Effect.provide(KeyStoragePostgres.layerPostgres))

/** How many keys each master key wraps, by its name. */
export const byMasterKey = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string; readonly keys: number }>`
    select master_key as name, count(*)::float8 as keys from eventfold.subject_keys
    where master_key is not null group by master_key order by master_key`
  return new Map(rows.map(({ keys, name }) => [name, keys]))
})

/** The name of the master key that wraps from now on. */
export const currentMasterKey = Effect.gen(function* () {
  const file = yield* PrivacyPlaces.masterKeyFile
  const keys = file === undefined ? MasterKeys.layerEnvironment : MasterKeyFile.layer(file)
  const { current } = yield* Effect.provide(MasterKeys, keys)
  return (yield* current).name
})

/** Whether a restored backup of this store could bring back who is forgotten: there is no ledger outside of it. */
export const lacksLedger = Effect.map(PrivacyPlaces.ledgerFile, (file) => file === undefined)
