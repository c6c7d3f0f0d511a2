import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, Redacted } from "effect"
import * as HostedServices from "../src/contexts/HostedServices.ts"
import * as EnvironmentSettings from "../src/EnvironmentSettings.ts"

const load = (env: Record<string, string>) =>
  Effect.provideService(EnvironmentSettings.load, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const masterKey = Buffer.alloc(32, 7).toString("base64")
const url = "postgres://u:hunter2@localhost/db"

describe("the settings of contexts as services", () => {
  const secret = "a-credential-of-all-services-0001"
  const part = {
    CONTEXTS: "inventory",
    MESSAGING: "nats",
    NATS_URL: "nats://127.0.0.1:4222",
    SERVICE_CREDENTIAL: secret
  }
  const problemsOf = (env: Record<string, string>) =>
    Effect.map(Effect.flip(load(env)), ({ problems }) => problems.map(({ variable }) => variable))

  it.effect("host everything in one process unless they say otherwise", () =>
    Effect.gen(function* () {
      const everything =
        "shipping,payments,ordering,notifications,inventory,customers,catalog,billing,analytics,accounts"
      for (const env of [{}, { CONTEXTS: "" }, { CONTEXTS: "all" }, { CONTEXTS: everything }]) {
        const settings = yield* load(env)
        assert.deepStrictEqual([settings.contexts, settings.contextDatabase], ["all", undefined])
      }
    })
  )

  it.effect("are read from the environment", () =>
    Effect.gen(function* () {
      const { contextDatabase, contexts, serviceCredential, serviceTimeLimit, services } = yield* load({
        ...part,
        CONTEXTS: "payments, inventory,payments",
        DATABASE_URL: "postgres://localhost/all",
        INVENTORY_DATABASE_URL: url,
        PAYMENTS_DATABASE_URL: url,
        EVENTFOLD_MASTER_KEY: masterKey,
        SERVICES: "ordering=http://one:3001, shipping=http://two:3004/base,ordering=http://three:3001",
        SERVICE_TIME_LIMIT: "3 seconds"
      })
      assert.deepStrictEqual(contexts, ["inventory", "payments"])
      assert.deepStrictEqual(contextDatabase, Redacted.make(url))
      assert.deepStrictEqual(serviceCredential, Redacted.make(secret))
      assert.deepStrictEqual(serviceTimeLimit, Duration.seconds(3))
      assert.deepStrictEqual(
        services.map(({ endpoints, instance, service }) => [service, instance, endpoints["http"]]),
        [
          ["ordering", "configured-1", "http://one:3001"],
          ["shipping", "configured-1", "http://two:3004/base"],
          ["ordering", "configured-2", "http://three:3001"]
        ]
      )
    })
  )

  it.effect("demand NATS and a credential when contexts are left to other processes", () =>
    Effect.gen(function* () {
      const bare = yield* Effect.flip(load({ CONTEXTS: "inventory" }))
      assert.include(bare.message, "MESSAGING must be nats when contexts are in other processes")
      assert.include(bare.message, "SERVICE_CREDENTIAL must be set when contexts are in other processes")
      assert.deepStrictEqual(yield* problemsOf({ ...part, MESSAGING: "off" }), ["MESSAGING"])
      assert.deepStrictEqual(yield* problemsOf({ ...part, SERVICE_REGISTRY: "nats" }), ["SERVICE_URL"])
      assert.deepStrictEqual(yield* problemsOf({ SERVICE_REGISTRY: "nats" }), ["SERVICE_URL", "NATS_URL"])
      yield* load({ ...part, SERVICE_REGISTRY: "nats", SERVICE_URL: "http://10.0.0.7:3002" })
    })
  )

  const several = {
    ...part,
    CONTEXTS: "ordering,inventory,payments",
    DATABASE_URL: "postgres://localhost/all",
    PAYMENTS_DATABASE_URL: url,
    EVENTFOLD_MASTER_KEY: masterKey
  }

  it.effect("make a service of the contexts that share a database", () =>
    Effect.gen(function* () {
      const { hostedDatabases } = yield* load(several)
      assert.deepStrictEqual(hostedDatabases, [
        { contexts: ["inventory", "ordering"], contextDatabase: undefined },
        { contexts: ["payments"], contextDatabase: Redacted.make(url) }
      ])
      const one = yield* load({ ...several, CONTEXTS: "payments" })
      assert.deepStrictEqual(HostedServices.of(one), [one])
      assert.deepStrictEqual((yield* load({})).hostedDatabases, [{ contexts: "all", contextDatabase: undefined }])
    })
  )

  it.effect("give each service of a process a port, and tell it where the others are", () =>
    Effect.gen(function* () {
      const settings = yield* load({
        ...several,
        HOST: "0.0.0.0",
        PORT: "4000",
        SERVICES: "shipping=http://two:3004",
        SERVICE_URL: "https://orders.example"
      })
      const told = HostedServices.of(settings).map((one) => ({
        ...one,
        services: one.services.map(({ endpoints, service }) => `${service}=${endpoints["http"]}`)
      }))
      assert.deepStrictEqual(
        told.map(({ contextDatabase, contexts, port, serviceUrl, services }) => [
          contexts,
          contextDatabase === undefined ? undefined : Redacted.value(contextDatabase),
          port,
          serviceUrl,
          services
        ]),
        [
          [
            ["inventory", "ordering"],
            undefined,
            4000,
            "https://orders.example",
            ["shipping=http://two:3004", "payments=http://127.0.0.1:4001"]
          ],
          [
            ["payments"],
            url,
            4001,
            "https://orders.example:444",
            ["shipping=http://two:3004", "inventory=http://127.0.0.1:4000", "ordering=http://127.0.0.1:4000"]
          ]
        ]
      )
    })
  )

  it.effect("demand of several databases what they demand of several processes, and ports in a row", () =>
    Effect.gen(function* () {
      const all = { ...several, CONTEXTS: "all" }
      assert.deepStrictEqual(yield* problemsOf({ ...all, MESSAGING: "on" }), ["MESSAGING"])
      assert.deepStrictEqual(yield* problemsOf({ ...all, SERVICE_CREDENTIAL: "" }), ["SERVICE_CREDENTIAL"])
      assert.deepStrictEqual(yield* problemsOf({ ...all, PORT: "0" }), ["PORT"])
      assert.deepStrictEqual(yield* problemsOf({ ...all, PORT: "65535" }), ["PORT"])
      assert.deepStrictEqual(yield* problemsOf({ ...all, DATABASE_URL: "", EVENTFOLD_MASTER_KEY: "" }), [
        "EVENTFOLD_MASTER_KEY"
      ])
      yield* load({ ...all, PORT: "65534" })
    })
  )

  it.effect.each([
    { variable: "CONTEXTS", values: ["none", "orders", "ordering,", "ordering;inventory", "fulfilment"] },
    {
      variable: "SERVICES",
      values: ["inventory", "inventory=somewhere", "stock=http://one", "inventory=http://a:b@c"]
    },
    { variable: "SERVICE_REGISTRY", values: ["dns"] },
    { variable: "SERVICE_URL", values: ["ftp://one", "http://a:hunter2@one"] },
    { variable: "SERVICE_CREDENTIAL", values: ["short-hunter2", "with spaces in it, and long enough, hunter2"] },
    { variable: "SERVICE_CREDENTIAL_ALSO", values: ["short-hunter2"] },
    { variable: "SERVICE_TIME_LIMIT", values: ["0", "1 hour"] },
    { variable: "INVENTORY_DATABASE_URL", values: ["mysql://me:hunter2@one/db"] }
  ])("refuse a wrong $variable, with the rule it breaks", ({ values, variable }) =>
    Effect.gen(function* () {
      for (const value of values) {
        const error = yield* Effect.flip(load({ ...part, [variable]: value }))
        assert.deepStrictEqual(
          error.problems.map((problem) => problem.variable),
          [variable]
        )
        assert.include(error.message, `${variable} must be`)
        assert.notInclude(error.message, "hunter2")
      }
    })
  )
})
