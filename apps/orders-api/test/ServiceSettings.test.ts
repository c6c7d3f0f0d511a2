/** What can be set of programs that serve other contexts. */
import { assert, describe, it } from "@effect/vitest"
import { ServiceRegistry } from "@eventfold/messaging"
import { ConfigProvider, Effect } from "effect"
import * as MessagingSettings from "../src/MessagingSettings.ts"
import * as ServiceSettings from "../src/ServiceSettings.ts"
import { reader } from "../src/SettingVariables.ts"

const read = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const { check, read } = reader()
    const settings = yield* ServiceSettings.read(read)
    return yield* Effect.as(check, settings)
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

describe("the settings of other programs", () => {
  it.effect("say where contexts are, those at several addresses too, and the registry finds them there", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        SERVICES: "inventory=http://10.0.0.7:3002, inventory=http://10.0.0.8:3002/,payments=https://pay.example/eu"
      })
      const find = (context: string) =>
        Effect.gen(function* () {
          const registry = yield* ServiceRegistry
          return (yield* registry.find(context)).map(({ endpoints }) => endpoints["http"])
        }).pipe(Effect.provide(ServiceSettings.layerRegistry({ ...MessagingSettings.defaults, ...settings })))
      assert.deepStrictEqual(yield* find("inventory"), ["http://10.0.0.7:3002", "http://10.0.0.8:3002"])
      assert.deepStrictEqual(yield* find("payments"), ["https://pay.example/eu"])
      assert.strictEqual((yield* Effect.flip(find("billing")))._tag, "ContextNotRegistered")
    })
  )

  it.effect("are none unless they are said, and the registry is that of this program", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read({}), ServiceSettings.defaults)
      assert.strictEqual((yield* read({ SERVICE_REGISTRY: "NATS" })).serviceRegistry, "nats")
    })
  )

  it.effect("are refused when a part of them is wrong", () =>
    Effect.gen(function* () {
      for (const SERVICES of [
        "inventory",
        "cellar=http://a",
        "inventory=ftp://a",
        "inventory=http://u:p@a",
        "inventory=http://a,",
        "fulfilment=http://a"
      ]) {
        const { problems } = yield* Effect.flip(read({ SERVICES, SERVICE_REGISTRY: "paper" }))
        assert.deepStrictEqual(
          problems.map(({ variable }) => variable),
          ["SERVICE_REGISTRY", "SERVICES"],
          SERVICES
        )
      }
    })
  )
})
