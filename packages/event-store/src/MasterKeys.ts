/**
 * The port to the master keys, which wrap the keys of the subjects. They are never kept with the data.
 *
 * One is current and wraps what is new; older ones only unwrap, until everything is wrapped anew and they can be destroyed.
 */
import { Config, Context, Effect, Layer, Option, Redacted, Result } from "effect"
import { Base64 } from "effect/encoding"
import * as Encryption from "./Encryption.ts"
import { MasterKeyInvalid, MasterKeyMissing, MasterKeyUnknown } from "./KeyStoreErrors.ts"

/** A master key. */
export interface MasterKey {
  /** A digest of it, which tells nothing about it. */
  readonly name: string
  readonly key: Encryption.Key
}

/** The environment variable of the current master key. */
export const currentVariable = "EVENTFOLD_MASTER_KEY"
/** The environment variable of the older ones. */
export const olderVariable = "EVENTFOLD_MASTER_KEYS_OLD"

/** The port to the master keys. */
export class MasterKeys extends Context.Service<
  MasterKeys,
  {
    /** The one that wraps new keys. */
    readonly current: Effect.Effect<MasterKey, MasterKeyMissing>
    /** The one with a name, current or older. */
    readonly find: (name: string) => Effect.Effect<MasterKey, MasterKeyUnknown>
  }
>()("@eventfold/event-store/MasterKeys") {
  /** Of keys in base64, the current one first; `source` names where they come from. */
  static readonly make = Effect.fnUntraced(function* (
    source: string,
    keys: ReadonlyArray<Redacted.Redacted>
  ): Effect.fn.Return<MasterKeys["Service"], MasterKeyInvalid> {
    const made = yield* Effect.forEach(keys, (key) => parse(source, key))
    return ofKeys(made[0], made)
  })

  /**
   * Of the environment: `EVENTFOLD_MASTER_KEY` is the current one, `EVENTFOLD_MASTER_KEYS_OLD` may list older ones, parted
   * by commas; each 32 bytes in base64. Without a current one everything works but the storing of personal data: a program
   * that has any should check that there is one before it starts.
   */
  static readonly layerEnvironment: Layer.Layer<MasterKeys, MasterKeyInvalid | Config.ConfigError> = Layer.effect(
    MasterKeys,
    Effect.gen(function* () {
      const [current, older] = [yield* secret(currentVariable), yield* secret(olderVariable)]
      const first = current === "" ? undefined : yield* parse(currentVariable, Redacted.make(current))
      const others = older.split(",").filter((text) => text.trim() !== "")
      const rest = yield* Effect.forEach(others, (text) => parse(olderVariable, Redacted.make(text)))
      return ofKeys(first, first === undefined ? rest : [first, ...rest])
    })
  )

  /** Whether a text is a master key: 32 bytes in base64. Whoever checks settings need not make one to know. */
  static readonly isKey = (text: string): boolean => bytesOf(text).length === Encryption.keyLength

  /** A new master key, in base64. */
  static readonly generate = (): Redacted.Redacted => Redacted.make(Base64.encode(Encryption.newKeyBytes()))

  /** A random one that ends with the process: for data that does, too. */
  static readonly layerRandom: Layer.Layer<MasterKeys> = Layer.effect(
    MasterKeys,
    Effect.suspend(() => Effect.map(Effect.orDie(parse("random", MasterKeys.generate())), (key) => ofKeys(key, [key])))
  )
}

const bytesOf = (text: string) => Result.getOrElse(Base64.decode(text.trim()), () => new Uint8Array())

const parse = (source: string, text: Redacted.Redacted): Effect.Effect<MasterKey, MasterKeyInvalid> =>
  Effect.suspend(() => {
    const bytes = bytesOf(Redacted.value(text))
    if (bytes.length !== Encryption.keyLength) {
      return new MasterKeyInvalid({ source, rule: "a master key must be 32 bytes in base64 (openssl rand -base64 32)" })
    }
    return Effect.promise(async () => {
      const name = await Encryption.nameOf(new Uint8Array(bytes))
      return { name, key: await Encryption.importKey(new Uint8Array(bytes)) }
    })
  })

const ofKeys = (current: MasterKey | undefined, all: ReadonlyArray<MasterKey>): MasterKeys["Service"] => {
  const byName = new Map(all.map((key) => [key.name, key]))
  return {
    current: current === undefined ? new MasterKeyMissing({ variable: currentVariable }) : Effect.succeed(current),
    find: (name) => {
      const key = byName.get(name)
      return key === undefined
        ? new MasterKeyUnknown({ masterKey: name, variable: olderVariable })
        : Effect.succeed(key)
    }
  }
}

/** An empty variable counts as unset. */
const secret = (variable: string): Effect.Effect<string, Config.ConfigError> =>
  Effect.map(Config.option(Config.Redacted(variable)), Option.match({ onNone: () => "", onSome: Redacted.value }))
