/**
 * The keys of personal data: one per subject and tenant, in versions, kept wrapped by a master key.
 *
 * Guarantees: a subject has one key at a time, whoever asks for it first; to forget a subject is to destroy its keys, for
 * ever: it never gets another. The ledger is written before the keys are destroyed, so a crash in between is made up for
 * at the next start, and so is a restored copy of the keys: the layer forgets again everybody in the ledger before it
 * hands out a key.
 *
 * Keys that were read are remembered for a few seconds, at most so many. Where a subject is forgotten they are dropped at
 * once; other processes may open its data until their memory ends. What the open transaction has written is not
 * remembered, because it may be taken back.
 */
import { Clock, Context, DateTime, Effect, Layer, Stream } from "effect"
import * as Encryption from "./Encryption.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import { check, ForgottenLedger, type ForgottenSubject } from "./ForgottenLedger.ts"
import { type KeyMemoryOptions, remember, type SubjectState } from "./KeyMemory.ts"
import { digestSubject, keyOf, KeyStorage, type StoredSubject, type SubjectId, type WrappedKey } from "./KeyStorage.ts"
import { InvalidForgetting, type MasterKeyMissing, type MasterKeyUnknown, SubjectKeyDamaged } from "./KeyStoreErrors.ts"
import { type MasterKey, MasterKeys } from "./MasterKeys.ts"

/** What the states of several subjects are found by: see {@link stateOf}. */
export type SubjectStates = ReadonlyMap<string, SubjectState>

/** The state of one of the subjects that were asked for; `undefined`: nothing was ever sealed for it. */
export const stateOf = (states: SubjectStates, id: SubjectId): SubjectState | undefined => states.get(keyOf(id))

/** Why keys cannot be read. */
export type KeyError = EventStoreFailure | MasterKeyUnknown | SubjectKeyDamaged

/** Who decided that a subject is forgotten, and why. */
export type Forgetting = Pick<ForgottenSubject, "actor" | "reason">

/** The keys of personal data. */
export class KeyStore extends Context.Service<
  KeyStore,
  {
    /** The states of subjects something is to be sealed for: who has no key and is not forgotten gets one. */
    forSealing(subjects: ReadonlyArray<SubjectId>): Effect.Effect<SubjectStates, KeyError | MasterKeyMissing>
    /** The states of subjects whose data is to be opened by these versions of their keys. Makes no keys. */
    forOpening(keys: ReadonlyArray<SubjectId & { readonly version: number }>): Effect.Effect<SubjectStates, KeyError>
    /** Forgets a subject for ever. Answers what the ledger says of it: of a subject already forgotten, nothing new. */
    forget(subject: SubjectId, why: Forgetting): Effect.Effect<void, EventStoreFailure | InvalidForgetting>
    readonly isForgotten: (subject: SubjectId) => Effect.Effect<boolean, EventStoreFailure>
    /** Lets a new version of the key seal from now on; the old ones still open. False: no key, or forgotten. */
    rotateSubject(subject: SubjectId): Effect.Effect<boolean, KeyError | MasterKeyMissing>
    /** Wraps by the current master key what older ones wrap; answers how many keys. Then the older ones can be destroyed. */
    readonly rotateMasterKey: Effect.Effect<number, KeyError | MasterKeyMissing>
    /** Forgets again whom the ledger names and the keys do not know to be forgotten; answers how many. */
    readonly reconcile: Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/KeyStore") {
  /** The key store over its three ports. It reconciles before it is there. */
  static readonly layer = (
    options: KeyMemoryOptions = {}
  ): Layer.Layer<KeyStore, EventStoreFailure, KeyStorage | MasterKeys | ForgottenLedger> =>
    Layer.effect(
      KeyStore,
      Effect.gen(function* () {
        const keys = make(yield* KeyStorage, yield* MasterKeys, yield* ForgottenLedger, options)
        const again = yield* keys.reconcile
        if (again > 0) {
          yield* Effect.logWarning(`Forgotten again, as the ledger of the forgotten demands: ${again} of its subjects`)
        }
        return keys
      })
    )
}

/** So many keys or subjects are dealt with at a time. */
const batch = 500

const make = (
  storage: KeyStorage["Service"],
  masterKeys: MasterKeys["Service"],
  ledger: ForgottenLedger["Service"],
  options: KeyMemoryOptions
): KeyStore["Service"] => {
  const memory = remember(options)

  /** Reads, unwraps and remembers the states of subjects. */
  const read = Effect.fnUntraced(function* (subjects: ReadonlyArray<SubjectId>) {
    const states = new Map<string, SubjectState>()
    if (subjects.length === 0) return states
    const since = memory.moment()
    const now = yield* Clock.currentTimeMillis
    for (const stored of yield* storage.find(subjects)) {
      const state = yield* unwrapped(masterKeys, stored)
      states.set(keyOf(stored), state)
      if (stored.settled) memory.put(keyOf(stored), state, now, since)
    }
    return states
  })

  const lookUp = Effect.fnUntraced(function* <A extends SubjectId>(
    subjects: ReadonlyArray<A>,
    suffices: (state: SubjectState, subject: A) => boolean
  ) {
    const now = yield* Clock.currentTimeMillis
    const [states, missing] = [new Map<string, SubjectState>(), new Map<string, SubjectId>()]
    for (const subject of subjects) {
      const key = keyOf(subject)
      const state = memory.get(key, now)
      if (state !== undefined && suffices(state, subject)) states.set(key, state)
      else missing.set(key, subject)
    }
    for (const [key, state] of yield* read(Array.from(missing.values()))) states.set(key, state)
    return states
  })

  const firstKey = Effect.fnUntraced(function* (master: MasterKey, { subject, tenant }: SubjectId) {
    return { tenant, subject, ...(yield* wrappedNew(master, { tenant, subject, version: 1 })) }
  })

  const reconcile = ledger.entries.pipe(
    Stream.grouped(batch),
    Stream.mapEffect(
      Effect.fnUntraced(function* (entries) {
        const known = yield* storage.find(entries)
        const forgotten = new Set(known.filter((stored) => stored.forgotten).map(keyOf))
        const missed = entries.filter((entry) => !forgotten.has(keyOf(entry)))
        if (missed.length > 0) yield* storage.forget(missed)
        return new Set(missed.map(keyOf)).size
      })
    ),
    Stream.runFold(
      () => 0,
      (sum, count: number) => sum + count
    ),
    Effect.ensuring(Effect.sync(memory.clear))
  )

  return {
    forSealing: Effect.fnUntraced(function* (subjects) {
      const states = yield* lookUp(subjects, () => true)
      const unheardOf = new Map(subjects.filter((id) => !states.has(keyOf(id))).map((id) => [keyOf(id), id]))
      if (unheardOf.size === 0) return states
      const master = yield* masterKeys.current
      const fresh = Array.from(unheardOf.values())
      yield* storage.create(yield* Effect.forEach(fresh, (id) => firstKey(master, id)))
      // Somebody else may have been first: what is stored is the key.
      for (const [key, state] of yield* read(fresh)) states.set(key, state)
      return states
    }),
    forOpening: (keys) =>
      lookUp(keys, (state, { version }) => state._tag === "Forgotten" || state.versions.has(version)),
    forget: Effect.fnUntraced(function* ({ subject, tenant }, { actor, reason }) {
      const entry = { tenant, subject, actor, reason, forgottenAt: yield* DateTime.now }
      yield* check(entry)
      if (subject === digestSubject) {
        return yield* new InvalidForgetting({ field: "subject", rule: "it is no person, but a key of the program" })
      }
      yield* ledger.add(entry)
      yield* Effect.ensuring(
        storage.forget([entry]),
        Effect.sync(() => memory.drop(keyOf(entry)))
      )
    }),
    isForgotten: (subject) => Effect.map(storage.find([subject]), ([stored]) => stored?.forgotten ?? false),
    rotateSubject: Effect.fnUntraced(function* (subject) {
      const [stored] = yield* storage.find([subject])
      const version = (stored?.keys.at(-1)?.version ?? 0) + 1
      if (version === 1) return false
      const { tenant, subject: name } = subject
      const key = { tenant, subject: name, version }
      const added = yield* storage.add({ ...key, ...(yield* wrappedNew(yield* masterKeys.current, key)) })
      memory.drop(keyOf(subject))
      return added
    }),
    rotateMasterKey: Effect.gen(function* () {
      const master = yield* masterKeys.current
      let [count, left] = [0, true]
      while (left) {
        const keys = yield* storage.wrappedByOthers(master.name, batch)
        count += yield* storage.rewrap(yield* Effect.forEach(keys, (key) => rewrapped(masterKeys, master, key)))
        left = keys.length > 0
      }
      return count
    }),
    reconcile
  }
}

type KeyName = SubjectId & { readonly version: number }

/** A wrapped key belongs to its subject: in the row of another one it cannot be unwrapped. */
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

const wrappedNew = (master: MasterKey, name: KeyName) =>
  Effect.suspend(() => wrap(master, name, Encryption.newKeyBytes()))

const unwrap = Effect.fnUntraced(function* (masterKeys: MasterKeys["Service"], key: WrappedKey) {
  const master = yield* masterKeys.find(key.masterKey)
  const { subject, tenant, version } = key
  return yield* Effect.tryPromise({
    try: () => Encryption.decrypt(master.key, key.wrapped, contextOf(key)),
    catch: () => new SubjectKeyDamaged({ tenant, subject, version })
  })
})

const rewrapped = Effect.fnUntraced(function* (masterKeys: MasterKeys["Service"], master: MasterKey, key: WrappedKey) {
  const wrapping = yield* wrap(master, key, yield* unwrap(masterKeys, key))
  return { ...key, ...wrapping, previous: key.wrapped }
})

const unwrapped = Effect.fnUntraced(function* (masterKeys: MasterKeys["Service"], stored: StoredSubject) {
  const versions = new Map<number, Encryption.Key>()
  if (stored.forgotten) return { _tag: "Forgotten" } satisfies SubjectState
  for (const key of stored.keys) {
    const bytes = yield* unwrap(masterKeys, key)
    versions.set(key.version, yield* Effect.promise(() => Encryption.importKey(bytes)))
  }
  return { _tag: "Keys", current: Math.max(...versions.keys()), versions } satisfies SubjectState
})
