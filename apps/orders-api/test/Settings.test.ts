import { assert, describe, it } from "@effect/vitest"
import { EmailAddress } from "@eventfold/shared-kernel"
import { ByteSize, ConfigProvider, Duration, Effect, Redacted } from "effect"
import * as EnvironmentSettings from "../src/EnvironmentSettings.ts"
import { Settings } from "../src/Settings.ts"

const from = (env: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
const load = (env: Record<string, string>) => from(env)(EnvironmentSettings.load)

const [masterKey, another] = [Buffer.alloc(32, 7).toString("base64"), Buffer.alloc(32, 8).toString("base64")]
const url = "postgres://u:hunter2@localhost/db"

describe("the settings", () => {
  it.effect("have defaults for everything, and an empty variable counts as unset", () =>
    Effect.gen(function* () {
      const expected = Settings.make({
        port: 3000,
        host: "127.0.0.1",
        logLevel: "Info",
        logFormat: "pretty",
        maxBodySize: ByteSize.mebibytes(1),
        requestTimeout: Duration.seconds(30),
        shutdownTimeout: Duration.seconds(30),
        commandRetention: Duration.days(30),
        tenant: "main",
        fulfilment: "orchestrated",
        messaging: true
      })
      assert.deepStrictEqual(yield* load({}), expected)
      assert.deepStrictEqual(yield* load({ PORT: "", LOG_FORMAT: "", TENANT: "", DATABASE_URL: "" }), expected)
    })
  )

  it.effect("are read from the environment", () =>
    Effect.gen(function* () {
      const settings = yield* load({
        PORT: "0",
        HOST: "::1",
        LOG_LEVEL: "debug",
        LOG_FORMAT: "JSON",
        MAX_BODY_SIZE: "500 kB",
        REQUEST_TIMEOUT: "5 seconds",
        SHUTDOWN_TIMEOUT: "10 seconds",
        COMMAND_RETENTION: "2 days",
        TENANT: "shop-7",
        DATABASE_URL: url,
        EVENTFOLD_MASTER_KEY: masterKey,
        EVENTFOLD_MASTER_KEYS_OLD: `${another}, ${masterKey},`,
        DATABASE_POOL_MAX: "20",
        CARD_GATEWAY_URL: "https://gateway.example",
        CARD_GATEWAY_KEY: "sk_live_hunter2",
        CARD_GATEWAY_WEBHOOK_SECRET: "whsec_hunter2",
        CARD_GATEWAY_TIMEOUT: "3 seconds",
        BREAKER_FAILURES: "3",
        BREAKER_OPEN: "2 minutes",
        STOCK_TIME_LIMIT: "20 seconds",
        PAYMENT_TIME_LIMIT: "15 seconds",
        PAYMENT_ATTEMPTS: "99",
        PAYMENT_OUTAGE_EVERY: "10 minutes",
        PAYMENT_OUTAGE_LONGEST: "2 days",
        CONTEXT_OUTAGE_LONGEST: "3 days",
        FULFILMENT: "choreographed",
        MESSAGING: "off",
        NOTIFICATIONS: "off",
        SMTP_URL: "smtps://shop:hunter2@mail.example?from=shop@mail.example"
      })
      assert.deepStrictEqual(
        settings,
        Settings.make({
          port: 0,
          host: "::1",
          logLevel: "Debug",
          logFormat: "json",
          maxBodySize: ByteSize.kilobytes(500),
          requestTimeout: Duration.seconds(5),
          shutdownTimeout: Duration.seconds(10),
          commandRetention: Duration.days(2),
          tenant: "shop-7",
          cardGatewayUrl: "https://gateway.example",
          cardGatewayKey: Redacted.make("sk_live_hunter2"),
          cardGatewayWebhookSecret: Redacted.make("whsec_hunter2"),
          cardGatewayTimeout: Duration.seconds(3),
          breakerFailures: 3,
          breakerOpen: Duration.minutes(2),
          fulfilmentLimits: {
            stock: Duration.seconds(20),
            payment: Duration.seconds(15),
            paymentAttempts: 99,
            outageEvery: Duration.minutes(10),
            outageLongest: Duration.days(2),
            contextOutageLongest: Duration.days(3)
          },
          fulfilment: "choreographed",
          notifications: "off",
          smtpServer: {
            host: "mail.example",
            port: 465,
            tls: "implicit",
            credentials: { user: "shop", password: Redacted.make("hunter2") },
            from: EmailAddress.EmailAddress.make("shop@mail.example")
          }
        })
      )
    })
  )

  it.effect.each([
    { variable: "MESSAGING", values: ["yes", "true", "rabbit"] },
    { variable: "NATS_PREFIX", values: ["A", "a.b", "-a", "a".repeat(33)] },
    { variable: "ARCHIVE_AFTER", values: ["1 hour", "40000 days", "7"] },
    { variable: "ARCHIVE_AT", values: ["nightly", "61 3 * * *", "* * *"] },
    { variable: "DATABASE_ROLE", values: ["Service", "pg_monitor", "a b", 'x"'] },
    { variable: "PORT", values: ["65536", "-1", "80.5", "http", " 80", "1e3"] },
    { variable: "HOST", values: ["a b", "http://localhost"] },
    { variable: "LOG_LEVEL", values: ["loud", "information"] },
    { variable: "LOG_FORMAT", values: ["xml"] },
    { variable: "MAX_BODY_SIZE", values: ["1", "0 kB", "1 GB", "-1 MiB", "big"] },
    { variable: "SHUTDOWN_TIMEOUT", values: ["30", "0 seconds", "2 hours"] },
    { variable: "REQUEST_TIMEOUT", values: ["30", "0 seconds", "-5 seconds", "2 hours", "Infinity"] },
    { variable: "COMMAND_RETENTION", values: ["30", "1 minute", "forever"] },
    { variable: "TENANT", values: ["Main", "a/b", "-a", "a".repeat(64)] },
    { variable: "DATABASE_POOL_MAX", values: ["0", "201", "ten"] },
    { variable: "CARD_GATEWAY_TIMEOUT", values: ["10", "1 milli", "2 minutes"] },
    { variable: "BREAKER_FAILURES", values: ["0", "1001", "few"] },
    { variable: "BREAKER_OPEN", values: ["60", "1 milli", "2 hours"] },
    { variable: "STOCK_TIME_LIMIT", values: ["60", "1 milli", "2 hours"] },
    { variable: "PAYMENT_TIME_LIMIT", values: ["30", "1 milli", "2 hours"] },
    { variable: "PAYMENT_ATTEMPTS", values: ["0", "100", "some"] },
    { variable: "PAYMENT_OUTAGE_EVERY", values: ["1", "1 milli", "2 days"] },
    { variable: "PAYMENT_OUTAGE_LONGEST", values: ["1", "1 milli", "31 days"] },
    { variable: "CONTEXT_OUTAGE_LONGEST", values: ["1", "1 milli", "31 days"] },
    { variable: "LOG_NOTIFY", values: ["yes", "0"] },
    { variable: "NOTIFICATIONS", values: ["yes", "0"] }
  ])("refuse a wrong $variable, with the rule it breaks and what it is", ({ values, variable }) =>
    Effect.gen(function* () {
      for (const value of values) {
        const error = yield* Effect.flip(load({ [variable]: value }))
        const [problem, ...others] = error.problems
        assert.deepStrictEqual([problem?.variable, problem?.value, others], [variable, value, []])
        assert.include(error.message, `${variable} must be`)
        assert.include(error.message, JSON.stringify(value))
      }
    })
  )

  it.effect("are reported wrong all at once, without showing what may be secret", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        load({ PORT: "x", TENANT: "?", REQUEST_TIMEOUT: "soon", DATABASE_URL: "mysql://root:hunter2@db/orders" })
      )
      assert.deepStrictEqual(
        error.problems.map(({ variable }) => variable),
        ["PORT", "REQUEST_TIMEOUT", "TENANT", "DATABASE_URL", "EVENTFOLD_MASTER_KEY"]
      )
      assert.notInclude(error.message, "hunter2")
      assert.notInclude(error.message, "mysql")
    })
  )

  it.effect("demand a key for a card gateway, and an address without secrets in it", () =>
    Effect.gen(function* () {
      const keyless = yield* Effect.flip(load({ CARD_GATEWAY_URL: "https://gateway.example" }))
      assert.include(keyless.message, "CARD_GATEWAY_KEY must be set when CARD_GATEWAY_URL is")
      for (const address of ["gateway", "ftp://gateway", "https://me:hunter2@gateway", "https://gateway?key=hunter2"]) {
        const error = yield* Effect.flip(load({ CARD_GATEWAY_URL: address, CARD_GATEWAY_KEY: "hunter2 and more" }))
        assert.deepStrictEqual(
          error.problems.map(({ variable }) => variable),
          ["CARD_GATEWAY_URL", "CARD_GATEWAY_KEY"]
        )
        assert.notInclude(error.message, "hunter2")
      }
    })
  )

  it.effect("demand the address of a NATS that is to carry the messages, and never show it", () =>
    Effect.gen(function* () {
      const natsUrl = "nats://me:hunter2@one:4222,nats://two"
      const settings = yield* load({ MESSAGING: "nats", NATS_URL: natsUrl, NATS_PREFIX: "shop-7" })
      assert.deepInclude(settings, { messaging: true, messageBroker: "nats", natsPrefix: "shop-7" })
      assert.deepStrictEqual(settings.natsUrl, Redacted.make(natsUrl))
      const missing = yield* Effect.flip(load({ MESSAGING: "nats" }))
      assert.include(missing.message, "NATS_URL must be set when MESSAGING is nats")
      for (const address of ["hunter2:4222", "http://me:hunter2@a", "nats://", "nats://me:hunter2@a,tls://b"]) {
        const error = yield* Effect.flip(load({ MESSAGING: "nats", NATS_URL: address }))
        assert.deepStrictEqual(
          error.problems.map(({ variable }) => variable),
          ["NATS_URL"]
        )
        assert.notInclude(error.message, "hunter2")
      }
    })
  )

  it.effect("demand a master key on a server, and say how to make one", () =>
    Effect.gen(function* () {
      for (const env of [{ DATABASE_URL: url }, { DATABASE_URL: url, EVENTFOLD_MASTER_KEY: "" }]) {
        const error = yield* Effect.flip(load(env))
        assert.deepStrictEqual(error.message.split("\n").slice(1), [
          "  EVENTFOLD_MASTER_KEY must be set when DATABASE_URL is: personal data is stored under this key. " +
            "Make one with `openssl rand -base64 32`, and keep it as long as the data; it is not set"
        ])
        yield* from(env)(EnvironmentSettings.loadForCommand)
      }
      // One of before only opens: nothing could be stored.
      const old = { DATABASE_URL: url, EVENTFOLD_MASTER_KEYS_OLD: another }
      assert.include((yield* Effect.flip(load(old))).message, "EVENTFOLD_MASTER_KEY must be set")
    })
  )

  it.effect("refuse a master key that is none, wherever the data is, without showing it", () =>
    Effect.gen(function* () {
      for (const wrong of ["hunter2", masterKey.slice(0, -2), Buffer.alloc(31).toString("base64")]) {
        const env = { EVENTFOLD_MASTER_KEY: wrong, EVENTFOLD_MASTER_KEYS_OLD: `${another},${wrong}` }
        for (const more of [{}, { DATABASE_URL: url }]) {
          const error = yield* Effect.flip(load({ ...env, ...more }))
          assert.deepStrictEqual(
            error.problems.map(({ variable }) => variable),
            Object.keys(env)
          )
          assert.notInclude(error.message, wrong)
        }
      }
    })
  )
})
