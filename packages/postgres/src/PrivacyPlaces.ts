/**
 * Where the environment keeps what belongs to personal data and is not in the tables of the store: the master key, and the
 * ledger of the forgotten that outlives the database. `Privacy.ts` uses it, and so does whoever moves or inspects a store.
 */
import { join } from "node:path"
import { currentVariable } from "@eventfold/event-store/MasterKeys"
import { Config, Effect, Option } from "effect"
import { DatabasePlace } from "./DatabasePlace.ts"

/** The environment variable with the path of the ledger. */
export const ledgerVariable = "EVENTFOLD_FORGOTTEN_LEDGER"

/** An empty variable counts as unset, which is `undefined`. */
const variable = (name: string): Effect.Effect<string | undefined, Config.ConfigError> =>
  Effect.map(Config.option(Config.String(name)), (text) => Option.getOrUndefined(text) || undefined)

/** Whether the current master key is in the environment itself. */
export const hasMasterKey: Effect.Effect<boolean, Config.ConfigError> = Effect.map(
  variable(currentVariable),
  (key) => key !== undefined
)

/**
 * The file of the master keys of an embedded database in a directory, there or yet to be made; `undefined` when they come
 * from the environment, or from nowhere.
 */
export const masterKeyFile: Effect.Effect<string | undefined, Config.ConfigError> = Effect.gen(function* () {
  const place = yield* DatabasePlace
  if (place._tag === "Server" || place.directory === undefined || (yield* hasMasterKey)) return undefined
  return join(place.directory, "master-key")
})

/** The file of the ledger, there or yet to be made: the one that is set, or the one beside an embedded database. */
export const ledgerFile: Effect.Effect<string | undefined, Config.ConfigError> = Effect.gen(function* () {
  const place = yield* DatabasePlace
  const chosen = yield* variable(ledgerVariable)
  if (chosen !== undefined) return chosen
  return place._tag === "Embedded" && place.directory !== undefined ? `${place.directory}-forgotten.jsonl` : undefined
})
