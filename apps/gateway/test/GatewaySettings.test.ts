/** The settings of the gateway, as its environment has them. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect } from "effect"
import { GatewaySettings } from "../src/index.ts"

const load = (env: Record<string, string>) =>
  Effect.provideService(GatewaySettings.load, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

describe("the settings of the gateway", () => {
  it.effect("have defaults for all but where the services are", () =>
    Effect.gen(function* () {
      const { services, ...settings } = yield* load({ SERVICES: "inventory=http://127.0.0.1:3002", PORT: "" })
      const { services: none, ...defaults } = GatewaySettings.make()
      assert.deepStrictEqual(settings, defaults)
      assert.deepStrictEqual([services.length, none.length, settings.port], [1, 0, 3000])
      const { problems } = yield* Effect.flip(load({}))
      assert.deepStrictEqual(
        problems.map(({ value, variable }) => [variable, value]),
        [["SERVICES", null]]
      )
    })
  )

  it.effect("are read", () =>
    Effect.gen(function* () {
      const settings = yield* load({
        SERVICE_REGISTRY: "nats",
        NATS_URL: "nats://127.0.0.1:4222",
        GATEWAY_TIME_LIMIT: "2 seconds",
        GATEWAY_BREAKER_FAILURES: "7",
        GATEWAY_BREAKER_OPEN_FOR: "1 minute",
        GATEWAY_TRUST_FORWARDED: "on"
      })
      assert.strictEqual(settings.serviceRegistry, "nats")
      assert.deepStrictEqual(Duration.toMillis(settings.timeLimit), 2_000)
      assert.deepStrictEqual([settings.breakerFailures, settings.trustsForwarded], [7, true])
      assert.deepStrictEqual(Duration.toMillis(settings.breakerOpenFor), 60_000)
    })
  )

  it.effect("that are wrong are named all at once", () =>
    Effect.gen(function* () {
      const { message, problems } = yield* Effect.flip(
        load({
          PORT: "-1",
          SERVICE_REGISTRY: "nats",
          GATEWAY_TIME_LIMIT: "soon",
          GATEWAY_BREAKER_FAILURES: "0",
          GATEWAY_BREAKER_OPEN_FOR: "-",
          GATEWAY_TRUST_FORWARDED: "maybe"
        })
      )
      assert.sameMembers(
        problems.map(({ variable }) => variable),
        [
          "PORT",
          "GATEWAY_TIME_LIMIT",
          "GATEWAY_BREAKER_FAILURES",
          "GATEWAY_BREAKER_OPEN_FOR",
          "GATEWAY_TRUST_FORWARDED",
          "NATS_URL"
        ]
      )
      assert.include(message, "GATEWAY_BREAKER_FAILURES must be a whole number from 1 to 1000")
    })
  )
})
