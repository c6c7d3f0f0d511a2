/** What a store holds of keys of personal data, for commands that change them and say what they did. */
import { join } from "node:path"
import { KeyStorage, MasterKeys, type SubjectId } from "@eventfold/event-store"
import { KeyStoragePostgres, MasterKeyFile, Privacy } from "@eventfold/postgres"
import { Config, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import * as StoreDatabase from "./StoreDatabase.ts"

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

/** An empty variable counts as unset. */
const isSet = (name: string) =>
  Effect.map(Config.option(Config.String(name)), (text) => Option.getOrElse(text, () => "") !== "")

/** The name of the master key that wraps from now on, found where `Privacy` finds it. */
export const currentMasterKey = Effect.gen(function* () {
  const settings = yield* StoreDatabase.kept
  const inFile = settings._tag === "Embedded" && !(yield* isSet("EVENTFOLD_MASTER_KEY"))
  const keys = inFile ? MasterKeyFile.layer(join(settings.directory ?? "", "master-key")) : MasterKeys.layerEnvironment
  const { current } = yield* Effect.provide(MasterKeys, keys)
  return (yield* current).name
})

/** Whether a restored backup of this store could bring back who is forgotten: there is no ledger outside of it. */
export const lacksLedger = Effect.gen(function* () {
  const settings = yield* StoreDatabase.kept
  return settings._tag === "Server" && !(yield* isSet(Privacy.ledgerVariable))
})
