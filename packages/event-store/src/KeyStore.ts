/**
 * The keys of personal data: one per subject and tenant, in versions, kept wrapped by a master key.
 *
 * Guarantees: a subject has one key at a time, whoever asks for it first; to forget a subject is to destroy its keys, for
 * ever: it never gets another. Forgetting goes in two steps. First the ledger, which is kept apart, is written; then one
 * transaction destroys the keys and records that in the audit, so that neither is without the other. A crash in between
 * is made up for at the next start, and so is a restored copy of the keys: the layer forgets again everybody in the ledger,
 * and records it as the ledger tells it, before it hands out a key. What changes nothing is not recorded again.
 *
 * Keys that were read are remembered for a few seconds, at most so many. Where a subject is forgotten they are dropped at
 * once; other processes may open its data until their memory ends. What the open transaction has written is not
 * remembered, because it may be taken back.
 */
import { Array as Arr, Clock, Context, DateTime, Effect, Layer, Stream } from "effect"
import { Audit, type InvalidAction, type NewAction, recordChecked } from "./Audit.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import { ForgottenLedger, type ForgottenSubject } from "./ForgottenLedger.ts"
import * as KeyActions from "./KeyActions.ts"
import { type KeyMemoryOptions, remember, type SubjectState } from "./KeyMemory.ts"
import { digestSubject, keyOf, KeyStorage, type SubjectId, type WrappedKey } from "./KeyStorage.ts"
import {
  InvalidForgetting,
  type MasterKeyMissing,
  type MasterKeyUnknown,
  type SubjectKeyDamaged
} from "./KeyStoreErrors.ts"
import { rewrapped, unwrapped, wrappedNew } from "./KeyWrapping.ts"
import { type MasterKey, MasterKeys } from "./MasterKeys.ts"
import { Transaction } from "./Transaction.ts"

export type { Forgetting, KeyChange } from "./KeyActions.ts"

/** What the states of several subjects are found by: see {@link stateOf}. */
export type SubjectStates = ReadonlyMap<string, SubjectState>

/** The state of one of the subjects that were asked for; `undefined`: nothing was ever sealed for it. */
export const stateOf = (states: SubjectStates, id: SubjectId): SubjectState | undefined => states.get(keyOf(id))

/** Why keys cannot be read. */
export type KeyError = EventStoreFailure | MasterKeyUnknown | SubjectKeyDamaged

/** Why keys cannot be renewed. */
export type KeyChangeError = KeyError | MasterKeyMissing | InvalidAction

/** The keys of personal data. */
export class KeyStore extends Context.Service<
  KeyStore,
  {
    /** The states of subjects something is to be sealed for: who has no key and is not forgotten gets one. */
    forSealing(subjects: ReadonlyArray<SubjectId>): Effect.Effect<SubjectStates, KeyError | MasterKeyMissing>
    /** The states of subjects whose data is to be opened by these versions of their keys. Makes no keys. */
    forOpening(keys: ReadonlyArray<SubjectId & { readonly version: number }>): Effect.Effect<SubjectStates, KeyError>
    /** Forgets a subject for ever, and records it: `PersonForgotten`. One that is forgotten already stays as it is. */
    forget(subject: SubjectId, why: KeyActions.Forgetting): Effect.Effect<void, EventStoreFailure | InvalidForgetting>
    readonly isForgotten: (subject: SubjectId) => Effect.Effect<boolean, EventStoreFailure>
    /**
     * Lets a new version of the key seal from now on; the old ones still open. Recorded: `PersonKeyRotated`. False: no key,
     * or forgotten.
     */
    rotateSubject(subject: SubjectId, by: KeyActions.KeyChange): Effect.Effect<boolean, KeyChangeError>
    /**
     * Wraps by the current master key what older ones wrap; answers how many keys. Then the older ones can be destroyed.
     * Recorded: `MasterKeyRotated`, with the number of keys, in each tenant, for 500 keys at a time.
     */
    rotateMasterKey(by: KeyActions.KeyChange): Effect.Effect<number, KeyChangeError>
    /** Forgets again whom the ledger names and the keys do not know to be forgotten, and records it; answers how many. */
    readonly reconcile: Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/KeyStore") {
  /** The key store over its ports. It reconciles before it is there. */
  static readonly layer = (
    options: KeyMemoryOptions = {}
  ): Layer.Layer<KeyStore, EventStoreFailure, KeyStorage | MasterKeys | ForgottenLedger | Audit | Transaction> =>
    Layer.effect(
      KeyStore,
      Effect.gen(function* () {
        const ports = {
          storage: yield* KeyStorage,
          masterKeys: yield* MasterKeys,
          ledger: yield* ForgottenLedger,
          audit: yield* Audit,
          transaction: yield* Transaction
        }
        const keys = make(ports, options)
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

interface Ports {
  readonly storage: KeyStorage["Service"]
  readonly masterKeys: MasterKeys["Service"]
  readonly ledger: ForgottenLedger["Service"]
  readonly audit: Audit["Service"]
  readonly transaction: Transaction["Service"]
}

const make = (
  { audit, ledger, masterKeys, storage, transaction }: Ports,
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

  const inTransaction = <A, E>(effect: Effect.Effect<A, E>) => transaction.run(effect)

  /** Destroys the keys of those who still had some, or could have got one, and records each; answers how many. */
  const destroy = Effect.fnUntraced(function* (
    entries: ReadonlyArray<ForgottenSubject>,
    actionOf: (entry: ForgottenSubject) => NewAction
  ) {
    const changed = new Set((yield* storage.forget(entries)).map(keyOf))
    // Two ledgers may both tell of a subject: the first one counts.
    const first = entries.filter((entry) => changed.delete(keyOf(entry)))
    yield* Effect.forEach(first, (entry) => recordChecked(audit, actionOf(entry)), { discard: true })
    return first.length
  }, inTransaction)

  const reconcile = ledger.entries.pipe(
    Stream.grouped(batch),
    Stream.mapEffect(
      Effect.fnUntraced(function* (entries) {
        const known = yield* storage.find(entries)
        const forgotten = new Set(known.filter((stored) => stored.forgotten).map(keyOf))
        const missed = entries.filter((entry) => !forgotten.has(keyOf(entry)))
        if (missed.length === 0) return 0
        return yield* destroy(missed, (entry) => KeyActions.personForgotten(entry, "ledger"))
      })
    ),
    Stream.runFold(
      () => 0,
      (sum, count: number) => sum + count
    ),
    Effect.ensuring(Effect.sync(memory.clear))
  )

  const replaceWrapping = Effect.fnUntraced(function* (
    { name }: MasterKey,
    keys: ReadonlyArray<WrappedKey & { readonly previous: string }>,
    by: KeyActions.KeyChange
  ) {
    let sum = 0
    for (const [tenant, ofTenant] of Object.entries(Arr.groupBy(keys, (key) => key.tenant))) {
      const count = yield* storage.rewrap(ofTenant)
      if (count > 0) yield* audit.record(KeyActions.masterKeyRotated(tenant, name, count, by))
      sum += count
    }
    return sum
  })

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
    forget: Effect.fnUntraced(function* ({ subject, tenant }, { actor, correlationId, reason }) {
      const entry = { tenant, subject, actor, reason, forgottenAt: yield* DateTime.now }
      // The ledger cannot be taken back: all that could be refused is looked at before.
      yield* KeyActions.check(entry, correlationId)
      if (subject === digestSubject) {
        return yield* new InvalidForgetting({ field: "subject", rule: "it is no person, but a key of the program" })
      }
      yield* ledger.add(entry)
      yield* Effect.ensuring(
        destroy([entry], () => KeyActions.personForgotten(entry, "request", correlationId)),
        Effect.sync(() => memory.drop(keyOf(entry)))
      )
    }),
    isForgotten: (subject) => Effect.map(storage.find([subject]), ([stored]) => stored?.forgotten ?? false),
    rotateSubject: Effect.fnUntraced(function* (subject, by) {
      const [stored] = yield* storage.find([subject])
      const version = (stored?.keys.at(-1)?.version ?? 0) + 1
      if (version === 1) return false
      const { tenant, subject: name } = subject
      const key = { tenant, subject: name, version }
      const wrapped = yield* wrappedNew(yield* masterKeys.current, key)
      const added = yield* transaction.run(
        Effect.gen(function* () {
          if (!(yield* storage.add({ ...key, ...wrapped }))) return false
          yield* audit.record(KeyActions.personKeyRotated(key, version, by))
          return true
        })
      )
      memory.drop(keyOf(subject))
      return added
    }),
    rotateMasterKey: Effect.fnUntraced(function* (by) {
      const master = yield* masterKeys.current
      let [count, left] = [0, true]
      while (left) {
        const keys = yield* storage.wrappedByOthers(master.name, batch)
        const anew = yield* Effect.forEach(keys, (key) => rewrapped(masterKeys, master, key))
        count += yield* inTransaction(replaceWrapping(master, anew, by))
        left = keys.length > 0
      }
      return count
    }),
    reconcile
  }
}
