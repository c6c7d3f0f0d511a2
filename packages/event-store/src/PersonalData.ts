/**
 * Seals personal values before they are stored and opens them when they are read.
 *
 * Guarantees: what is sealed can be opened with the key of its subject only; opened, it is the JSON that was sealed. What
 * was stored of a forgotten subject opens as redacted, and what is still written of one is stored redacted. Sealed data
 * that was changed, or moved to another subject or tenant, is a typed error: it is never taken for redacted.
 *
 * A call takes many values and looks up all their keys at once. A sealed value is
 * `{"@personal": "<format>.<version of the key>.<nonce>.<ciphertext and tag>", "subject": "…"}`.
 */
import { Personal } from "@eventfold/decider"
import { Context, Effect, Layer, Result, Schema } from "effect"
import * as Encryption from "./Encryption.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import { canonical } from "./Fingerprint.ts"
import { digestSubject, type SubjectId } from "./KeyStorage.ts"
import { type KeyError, KeyStore, stateOf, type SubjectStates } from "./KeyStore.ts"
import { KeyStoreMissing, type MasterKeyMissing, PersonalDataDamaged, SubjectKeyMissing } from "./KeyStoreErrors.ts"
import { isSealedJson, type Places, replaceKnown, replaceSealed } from "./PersonalPlaces.ts"

/** JSON to seal: of which tenant, and where its schema has personal values. */
export interface Unsealed {
  readonly tenant: string
  readonly places: Places
  readonly json: Schema.Json
}

/** JSON to open, and whose it is. */
export interface Sealed {
  readonly tenant: string
  readonly json: Schema.Json
}

/** Why personal values cannot be sealed. */
export type SealError = KeyError | MasterKeyMissing | KeyStoreMissing
/** Why personal values cannot be opened. */
export type OpenError = KeyError | KeyStoreMissing | SubjectKeyMissing | PersonalDataDamaged

/** Seals and opens personal values. */
export class Sealer extends Context.Service<
  Sealer,
  {
    /** Seals what is to be stored, each in its place in the order given. */
    seal(values: ReadonlyArray<Unsealed>): Effect.Effect<ReadonlyArray<Schema.Json>, SealError>
    /** Opens what was stored, each in its place in the order given. */
    open(values: ReadonlyArray<Sealed>): Effect.Effect<ReadonlyArray<Schema.Json>, OpenError>
    /**
     * A digest of JSON that tells nothing about it: not even trying every name there is finds out what it is of. Equal
     * for equal JSON of one tenant, for as long as the table of keys is kept, whatever becomes of master keys.
     */
    digest(tenant: string, json: Schema.Json): Effect.Effect<string, SealError | SubjectKeyMissing>
  }
>()("@eventfold/event-store/Sealer") {
  /** What codecs seal and open with. Without a `Sealer` in the program, personal values can be neither stored nor read. */
  static readonly Current = Context.Reference<Sealer["Service"]>("@eventfold/event-store/Sealer/Current", {
    defaultValue: () => {
      const missing = () => Effect.fail(new KeyStoreMissing())
      return make({ forSealing: missing, forOpening: missing })
    }
  })

  /**
   * Opens every sealed value as redacted, whoever it is about: for readers who need nothing that is personal. It looks up
   * no keys. It seals nothing.
   */
  static readonly blind: Sealer["Service"] = {
    seal: () => Effect.fail(new KeyStoreMissing()),
    open: (values) =>
      Effect.sync(() =>
        values.map(({ json }) =>
          // What is no sealed value is no personal value either: it is left for the schema to refuse.
          replaceSealed(json, (sealed) =>
            isSealedJson(sealed) ? { ...Personal.redactedJson(sealed.subject) } : { ...sealed }
          )
        )
      ),
    digest: () => Effect.fail(new KeyStoreMissing())
  }

  /** Seals and opens with the keys of the key store. Codecs that run in its context use it. */
  static readonly layer: Layer.Layer<Sealer, never, KeyStore> = Layer.effectContext(
    Effect.map(KeyStore, (keys) => {
      const sealer = make(keys)
      return Context.make(Sealer, sealer).pipe(Context.add(Sealer.Current, sealer))
    })
  )
}

/** A failure of sealing or opening as one of the store, which is where the keys are. */
export const asStoreFailure = (operation: string) => (error: SealError | OpenError) =>
  error._tag === "EventStoreFailure"
    ? error
    : new EventStoreFailure({ operation, retryable: false, detail: error.message, cause: error })

interface KnownPart extends SubjectId {
  readonly value: Schema.Json
}

interface SealedPart extends SubjectId {
  readonly version: number
  /** The nonce and the ciphertext. */
  readonly text: string
}

/** What a sealer needs of a key store. */
interface Keys {
  forSealing(
    subjects: ReadonlyArray<SubjectId>
  ): Effect.Effect<SubjectStates, KeyError | MasterKeyMissing | KeyStoreMissing>
  forOpening(
    keys: ReadonlyArray<SubjectId & { readonly version: number }>
  ): Effect.Effect<SubjectStates, KeyError | KeyStoreMissing>
}

const make = (keys: Keys): Sealer["Service"] => ({
  seal: Effect.fnUntraced(function* (values) {
    if (values.every(({ places }) => places.none)) return values.map(({ json }) => json)
    const parts: Array<KnownPart> = []
    const kept = values.map(({ json, places, tenant }) =>
      replaceKnown(places, json, ({ subject, value }) => {
        parts.push({ tenant, subject, value })
        return null
      })
    )
    if (parts.length === 0) return kept
    const states = yield* keys.forSealing(parts)
    const sealed = yield* Effect.promise(() => Promise.all(parts.map((part) => sealPart(states, part))))
    const next = sealed.values()
    return values.map(({ json, places }) => replaceKnown(places, json, () => next.next().value ?? null))
  }),

  open: Effect.fnUntraced(function* (values) {
    const parts: Array<SealedPart> = []
    for (const { json, tenant } of values) {
      const damaged: Array<PersonalDataDamaged> = []
      replaceSealed(json, (sealed) => {
        const part = parse(tenant, sealed)
        if (Result.isFailure(part)) damaged.push(part.failure)
        else parts.push(part.success)
        return null
      })
      if (damaged[0] !== undefined) return yield* damaged[0]
    }
    if (parts.length === 0) return values.map(({ json }) => replaceSealed(json, () => null))
    const states = yield* keys.forOpening(parts)
    const opened = yield* Effect.promise(() => Promise.all(parts.map((part) => openPart(states, part))))
    const next = (yield* Effect.fromResult(Result.all(opened))).values()
    return values.map(({ json }) => replaceSealed(json, () => next.next().value ?? null))
  }),

  digest: Effect.fnUntraced(function* (tenant, json) {
    const subject = { tenant, subject: digestSubject }
    const state = stateOf(yield* keys.forSealing([subject]), subject)
    // The first version for ever: digests of before a rotation must still be equal to those of after.
    const key = state?._tag === "Keys" ? state.versions.get(1) : undefined
    if (key === undefined) return yield* new SubjectKeyMissing({ ...subject, version: 1 })
    return yield* Effect.promise(() => Encryption.digest(key, canonical(json), "eventfold digest"))
  })
})

const format = "1"

/** Only the JSON of the value is hidden; whose it is and by which key is part of what is authenticated. */
const contextOf = ({ subject, tenant }: SubjectId, version: number): string =>
  JSON.stringify(["eventfold personal", format, tenant, subject, version])

const sealPart = async (states: SubjectStates, part: KnownPart): Promise<Schema.Json> => {
  const state = stateOf(states, part)
  if (state?._tag === "Forgotten") return { ...Personal.redactedJson(part.subject) }
  const key = state?.versions.get(state.current)
  if (state === undefined || key === undefined) throw new Error(`The key store has no key for subject ${part.subject}`)
  const plain = new TextEncoder().encode(JSON.stringify(part.value))
  const text = await Encryption.encrypt(key, plain, contextOf(part, state.current))
  return { "@personal": `${format}.${state.current}.${text}`, subject: part.subject }
}

const openPart = async (
  states: SubjectStates,
  part: SealedPart
): Promise<Result.Result<Schema.Json, SubjectKeyMissing | PersonalDataDamaged>> => {
  const { subject, tenant, version } = part
  const state = stateOf(states, part)
  if (state?._tag === "Forgotten") return Result.succeed({ ...Personal.redactedJson(subject) })
  const key = state?.versions.get(version)
  if (key === undefined) return Result.fail(new SubjectKeyMissing({ tenant, subject, version }))
  try {
    const plain = await Encryption.decrypt(key, part.text, contextOf(part, version))
    return Result.succeed({ subject, value: parseJson(new TextDecoder().decode(plain)) })
  } catch {
    return Result.fail(
      new PersonalDataDamaged({ tenant, subject, reason: "it is not as it was sealed for this subject" })
    )
  }
}

const parseJson = Schema.decodeSync(Schema.fromJsonString(Schema.Json))

const parse = (tenant: string, json: Schema.JsonObject): Result.Result<SealedPart, PersonalDataDamaged> => {
  const damaged = (reason: string, subject = "") => Result.fail(new PersonalDataDamaged({ tenant, subject, reason }))
  if (!isSealedJson(json)) return damaged("it is not of the form of a sealed value")
  const { "@personal": sealed, subject } = json
  const [, version, text] = /^1\.([1-9]\d{0,8})\.([\w-]+\.[\w-]+)$/u.exec(sealed) ?? []
  return version === undefined || text === undefined
    ? damaged("its text is not of a known format", subject)
    : Result.succeed({ tenant, subject, version: Number(version), text })
}
