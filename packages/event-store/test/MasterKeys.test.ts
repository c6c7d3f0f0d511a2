/** Master keys from the environment. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { MasterKeys } from "../src/index.ts"

const [one, two, three] = [1, 2, 3].map(() => Redacted.value(MasterKeys.generate()))

const inEnvironment = (env: Record<string, string>) =>
  Effect.provide(
    MasterKeys,
    Layer.fresh(MasterKeys.layerEnvironment).pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
  )

const nameOf = (text = "") =>
  Effect.flatMap(MasterKeys.make("a test", [Redacted.make(text)]), ({ current }) =>
    Effect.map(current, ({ name }) => name)
  )

describe("master keys in the environment", () => {
  it.effect("are a current one, and older ones that only unwrap", () =>
    Effect.gen(function* () {
      const keys = yield* inEnvironment({
        EVENTFOLD_MASTER_KEY: `${one}`,
        EVENTFOLD_MASTER_KEYS_OLD: `${two}, ${three}`
      })
      assert.strictEqual((yield* keys.current).name, yield* nameOf(one))
      for (const key of [one, two, three])
        assert.strictEqual((yield* keys.find(yield* nameOf(key))).name, yield* nameOf(key))
      const error = yield* Effect.flip(keys.find(yield* nameOf(Redacted.value(MasterKeys.generate()))))
      assert.strictEqual(error._tag, "MasterKeyUnknown")
    })
  )

  it.effect("may be unset or empty: then there is no current one", () =>
    Effect.gen(function* () {
      for (const env of [{}, { EVENTFOLD_MASTER_KEY: "", EVENTFOLD_MASTER_KEYS_OLD: "" }]) {
        const keys = yield* inEnvironment(env)
        assert.strictEqual((yield* Effect.flip(keys.current)).variable, "EVENTFOLD_MASTER_KEY")
      }
      const keys = yield* inEnvironment({ EVENTFOLD_MASTER_KEYS_OLD: `${two}` })
      assert.strictEqual((yield* keys.find(yield* nameOf(two))).name, yield* nameOf(two))
      assert.strictEqual((yield* Effect.flip(keys.current))._tag, "MasterKeyMissing")
    })
  )

  it.effect.each([
    ["EVENTFOLD_MASTER_KEY", { EVENTFOLD_MASTER_KEY: "c2VjcmV0" }],
    ["EVENTFOLD_MASTER_KEY", { EVENTFOLD_MASTER_KEY: "not base64 at all, but a secret" }],
    ["EVENTFOLD_MASTER_KEYS_OLD", { EVENTFOLD_MASTER_KEY: `${one}`, EVENTFOLD_MASTER_KEYS_OLD: `${two},c2VjcmV0` }]
  ] as const)("are refused at the start when they are none, naming %s and not the value", ([variable, env]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(inEnvironment(env))
      assert.strictEqual(
        error.message,
        `${variable}: a master key must be 32 bytes in base64 (openssl rand -base64 32)`
      )
    })
  )
})
