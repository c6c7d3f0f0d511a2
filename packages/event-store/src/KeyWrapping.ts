/**
 * How the key of a subject is wrapped by a master key, and got out again.
 *
 * A wrapped key belongs to its subject, tenant and version: in the row of another one it cannot be unwrapped. A new key is
 * in clear only while it is wrapped, and overwritten after that.
 */
import { Effect } from "effect"
import * as Encryption from "./Encryption.ts"
import type { SubjectState } from "./KeyMemory.ts"
import type { StoredSubject, SubjectId, WrappedKey } from "./KeyStorage.ts"
import { SubjectKeyDamaged } from "./KeyStoreErrors.ts"
import type { MasterKey, MasterKeys } from "./MasterKeys.ts"

type KeyName = SubjectId & { readonly version: number }

const contextOf = ({ subject, tenant, version }: KeyName): string =>
  JSON.stringify(["eventfold key", tenant, subject, version])

const wrap = (master: MasterKey, name: KeyName, bytes: Uint8Array<ArrayBuffer>) =>
  Effect.promise(async () => {
    try {
      return { masterKey: master.name, wrapped: await Encryption.encrypt(master.key, bytes, contextOf(name)) }
    } finally {
      bytes.fill(0)
    }
  })

/** A new key, wrapped. */
export const wrappedNew = (master: MasterKey, name: KeyName) =>
  Effect.suspend(() => wrap(master, name, Encryption.newKeyBytes()))

const unwrap = Effect.fnUntraced(function* (masterKeys: MasterKeys["Service"], key: WrappedKey) {
  const master = yield* masterKeys.find(key.masterKey)
  const { subject, tenant, version } = key
  return yield* Effect.tryPromise({
    try: () => Encryption.decrypt(master.key, key.wrapped, contextOf(key)),
    catch: () => new SubjectKeyDamaged({ tenant, subject, version })
  })
})

/** The same key, wrapped by this master key; `previous` is how it was wrapped before. */
export const rewrapped = Effect.fnUntraced(function* (
  masterKeys: MasterKeys["Service"],
  master: MasterKey,
  key: WrappedKey
) {
  const wrapping = yield* wrap(master, key, yield* unwrap(masterKeys, key))
  return { ...key, ...wrapping, previous: key.wrapped }
})

/** What is kept about a subject, with its keys unwrapped. */
export const unwrapped = Effect.fnUntraced(function* (masterKeys: MasterKeys["Service"], stored: StoredSubject) {
  const versions = new Map<number, Encryption.Key>()
  if (stored.forgotten) return { _tag: "Forgotten" } satisfies SubjectState
  for (const key of stored.keys) {
    const bytes = yield* unwrap(masterKeys, key)
    versions.set(key.version, yield* Effect.promise(() => Encryption.importKey(bytes)))
  }
  return { _tag: "Keys", current: Math.max(...versions.keys()), versions } satisfies SubjectState
})
