/**
 * Which master keys the environment of an import has at hand: the service that will run in it needs those by which the
 * imported keys are wrapped. An import itself needs none: keys travel as they are wrapped.
 */
import { existsSync } from "node:fs"
import { type MasterKeyInvalid, MasterKeys } from "@eventfold/event-store"
import { currentVariable, olderVariable } from "@eventfold/event-store/MasterKeys"
import { type Config, Effect, Option } from "effect"
import * as MasterKeyFile from "./MasterKeyFile.ts"
import * as PrivacyPlaces from "./PrivacyPlaces.ts"

/** A master key that wraps imported keys and is not at hand. */
export interface MissingMasterKey {
  /** Its name: a digest. */
  readonly name: string
  /** How many of the imported keys it wraps. */
  readonly keys: number
  /** The environment variable that is to hold it. */
  readonly variable: string
}

/** Of these master keys, those that the environment does not have. Makes no key. */
export const missing = Effect.fnUntraced(function* (
  masterKeys: ReadonlyMap<string, number>
): Effect.fn.Return<ReadonlyArray<MissingMasterKey>, Config.ConfigError | MasterKeyInvalid> {
  if (masterKeys.size === 0) return []
  const known = yield* ofEnvironment
  // A current one that a variable holds keeps its place.
  const variable = known.hasVariable ? olderVariable : currentVariable
  const found = yield* Effect.forEach(Array.from(masterKeys), ([name, keys]) =>
    Effect.map(Effect.option(known.find(name)), (key) => (Option.isSome(key) ? [] : [{ name, keys, variable }]))
  )
  return found.flat()
})

/** Where `PrivacyPlaces.ts` says; a file may still have to be made. */
const ofEnvironment = Effect.gen(function* () {
  const [hasVariable, file] = [yield* PrivacyPlaces.hasMasterKey, yield* PrivacyPlaces.masterKeyFile]
  if (file === undefined) {
    return { hasVariable, find: (yield* Effect.provide(MasterKeys, MasterKeys.layerEnvironment)).find }
  }
  const ofFile = existsSync(file) ? Effect.provide(MasterKeys, MasterKeyFile.layer(file)) : MasterKeys.make(file, [])
  return { hasVariable, find: (yield* ofFile).find }
})
