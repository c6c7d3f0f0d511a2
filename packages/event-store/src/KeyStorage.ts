/**
 * The port to where the keys of the subjects are kept, each wrapped by a master key. `KeyStore` is what programs use.
 *
 * A layer of it knows nothing of encryption: to it a wrapped key is text. What it guarantees is that a subject has one
 * key at a time, that a forgotten subject has none and never gets one again, and that all of it joins transactions.
 */
import { Context, Effect, HashMap, Layer, Option, TxRef } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"

/** A person within a tenant. */
export interface SubjectId {
  readonly tenant: string
  readonly subject: string
}

/** No person, but what the key for digests is kept as: one per tenant. It cannot be forgotten. */
export const digestSubject = "@eventfold/digests"

/** A version of the key of a subject, as it is kept. */
export interface WrappedKey extends SubjectId {
  /** From 1. The highest one seals, all of them open. */
  readonly version: number
  /** The name of the master key that wraps it. */
  readonly masterKey: string
  readonly wrapped: string
}

/** What is kept about a subject. */
export interface StoredSubject extends SubjectId {
  readonly forgotten: boolean
  /** In order of version; none when it is forgotten. */
  readonly keys: ReadonlyArray<WrappedKey>
  /** False when it was written by the transaction that is open, which may still take it back. */
  readonly settled: boolean
}

/** The port to where the keys of the subjects are kept. */
export class KeyStorage extends Context.Service<
  KeyStorage,
  {
    /** What is kept about some subjects, once each, in no certain order; nothing for those never heard of. */
    find(subjects: ReadonlyArray<SubjectId>): Effect.Effect<ReadonlyArray<StoredSubject>, EventStoreFailure>
    /** Keeps first keys. Those of subjects that have one, or are forgotten, are left out: `find` tells what holds. */
    create(keys: ReadonlyArray<Omit<WrappedKey, "version">>): Effect.Effect<void, EventStoreFailure>
    /** Keeps the next version of a key. False: the subject has no key or is forgotten, or there is this version already. */
    add(key: WrappedKey): Effect.Effect<boolean, EventStoreFailure>
    /**
     * Destroys all keys of some subjects, for ever, and notes that they are forgotten, had they keys or not. Answers those
     * who were not before, once each, in no certain order: of several that forget a subject at once, one is told of it.
     */
    forget(subjects: ReadonlyArray<SubjectId>): Effect.Effect<ReadonlyArray<SubjectId>, EventStoreFailure>
    /** At most so many keys that are not wrapped by this master key. */
    wrappedByOthers(masterKey: string, limit: number): Effect.Effect<ReadonlyArray<WrappedKey>, EventStoreFailure>
    /** Replaces the wrapping of keys that are still wrapped as `previous` says; answers how many. */
    rewrap(keys: ReadonlyArray<WrappedKey & { readonly previous: string }>): Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/KeyStorage") {
  /** The keys in memory. It joins the transactions of `Transaction.layerMemory`. */
  static readonly layerMemory: Layer.Layer<KeyStorage> = Layer.effect(
    KeyStorage,
    Effect.gen(function* () {
      const ref = yield* TxRef.make(HashMap.empty<string, Entry>())
      const change = (f: (entries: Entries) => Entries) => TxRef.update(ref, f)
      return {
        find: Effect.fnUntraced(function* (subjects) {
          const settled = Option.isNone(yield* Effect.serviceOption(Effect.Transaction))
          const entries = yield* TxRef.get(ref)
          return Array.from(new Map(subjects.map((id) => [keyOf(id), id])).values()).flatMap((id) =>
            Option.match(HashMap.get(entries, keyOf(id)), {
              onNone: () => [],
              onSome: ({ forgotten, keys }) => [{ ...subjectOf(id), forgotten, keys, settled }]
            })
          )
        }),
        create: (keys) => change((entries) => keys.reduce(created, entries)),
        add: (key) =>
          TxRef.modify(ref, (entries) => {
            const entry = Option.getOrUndefined(HashMap.get(entries, keyOf(key)))
            if (entry === undefined || entry.forgotten || entry.keys.length !== key.version - 1) return [false, entries]
            return [true, HashMap.set(entries, keyOf(key), { forgotten: false, keys: [...entry.keys, key] })]
          }),
        forget: (subjects) =>
          TxRef.modify(ref, (entries) => {
            const changed: Array<SubjectId> = []
            let all = entries
            for (const id of subjects) {
              if (Option.exists(HashMap.get(all, keyOf(id)), ({ forgotten }) => forgotten)) continue
              all = HashMap.set(all, keyOf(id), { forgotten: true, keys: [] })
              changed.push(subjectOf(id))
            }
            return [changed, all]
          }),
        wrappedByOthers: (masterKey, limit) =>
          Effect.map(TxRef.get(ref), (entries) =>
            Array.from(HashMap.values(entries))
              .flatMap(({ keys }) => keys)
              .filter((key) => key.masterKey !== masterKey)
              .slice(0, limit)
          ),
        rewrap: (keys) =>
          TxRef.modify(ref, (entries) => {
            let [count, all] = [0, entries]
            for (const { previous, ...key } of keys) {
              all = HashMap.modify(all, keyOf(key), (entry) => {
                const found = entry.keys.findIndex(
                  ({ version, wrapped }) => version === key.version && wrapped === previous
                )
                if (found === -1) return entry
                count += 1
                return { ...entry, keys: entry.keys.with(found, key) }
              })
            }
            return [count, all]
          })
      }
    })
  )
}

interface Entry {
  readonly forgotten: boolean
  readonly keys: ReadonlyArray<WrappedKey>
}
type Entries = HashMap.HashMap<string, Entry>

/** A tenant has no `/` in its name. */
export const keyOf = ({ subject, tenant }: SubjectId): string => `${tenant}/${subject}`

const subjectOf = ({ subject, tenant }: SubjectId): SubjectId => ({ tenant, subject })

const created = (entries: Entries, key: Omit<WrappedKey, "version">): Entries =>
  HashMap.has(entries, keyOf(key))
    ? entries
    : HashMap.set(entries, keyOf(key), { forgotten: false, keys: [{ ...key, version: 1 }] })
