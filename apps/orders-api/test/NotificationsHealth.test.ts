/** How telling customers gets on is a part of the health: what was sent and waits, and a mail server that is away. */
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { SmtpUrl } from "@eventfold/smtp"
import type { HandlerStatus } from "@eventfold/subscriptions"
import { DateTime, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as NotificationsHealth from "../src/health/NotificationsHealth.ts"
import { Post } from "../src/notifications/Post.ts"
import * as CustomerSamples from "./CustomerSamples.ts"
import { handlerStatus } from "./LiveConsumer.ts"
import { until } from "./Reading.ts"
import { bodies, draft } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const now = DateTime.makeUnsafe("2026-03-01T09:00:00Z")

const teller = (differing: Partial<HandlerStatus> = {}) => handlerStatus("notifying", differing)

const well = { sent: 3, refused: 1, troubles: [], waiting: 2, teller: teller() }
const letters = { sent: 3, refused: 1, failed: 0, waiting: 2 }

describe("the health of notifications", () => {
  const cases: ReadonlyArray<readonly [what: string, findings: NotificationsHealth.Findings, expected: object]> = [
    ["is up with its figures when nothing is wrong", well, { status: "up", letters }],
    [
      "leaves out what nobody can count",
      { ...well, waiting: undefined },
      { status: "up", letters: { sent: 3, refused: 1, failed: 0 } }
    ],
    [
      "counts what was given up, about which nobody has to do anything",
      { ...well, givenUp: 2 },
      { status: "up", letters: { ...letters, failed: 2 } }
    ],
    [
      "is up, and says so, where nobody is told anything",
      { ...well, teller: undefined },
      { status: "up", detail: "this process tells nobody: NOTIFICATIONS is off", letters }
    ],
    [
      "is degraded while nothing takes letters over, since when and why",
      { ...well, troubles: [{ way: "mail", problem: "unreachable", since: now }] },
      { status: "degraded", detail: "no mail since 2026-03-01T09:00:00.000Z: unreachable", letters }
    ],
    [
      "is degraded by what was given up, by one who was stopped, and by one who is late",
      {
        ...well,
        teller: teller({ letters: { failed: 2, waiting: 1, discarded: 0 }, state: "stopped", lagMillis: 61_000 })
      },
      {
        status: "degraded",
        detail: "2 events could not be dealt with, 1 wait behind; stopped; 61 seconds behind",
        letters: { ...letters, failed: 2 }
      }
    ]
  ]
  it.each(cases)("%s", (_, findings, expected) => {
    assert.deepStrictEqual({ ...NotificationsHealth.of(findings) }, expected)
  })
})

describe("how sending gets on", () => {
  it.effect(
    "is known since the first failure, until somebody answers; one recipient that must wait is no trouble",
    () =>
      Effect.gen(function* () {
        const post = yield* Post
        const failing = (problem: string) =>
          Effect.flip(post.watch("mail", Effect.fail({ _tag: "Down", retryable: true, problem })))
        yield* failing("busy")
        assert.deepStrictEqual((yield* post.status).troubles, [])
        yield* failing("unreachable")
        const since = yield* DateTime.now
        yield* TestClock.adjust("1 minute")
        yield* failing("timeout")
        yield* post.watch("text messages", Effect.void)
        assert.deepStrictEqual(yield* post.status, {
          sent: 1,
          refused: 0,
          troubles: [{ way: "mail", problem: "timeout", since }]
        })
        yield* Effect.flip(post.watch("mail", Effect.fail({ _tag: "Refused", retryable: false })))
        assert.deepStrictEqual(yield* post.status, { sent: 1, refused: 1, troubles: [] })
      }).pipe(Effect.provide(Post.layer))
  )
})

/** A port nobody listens on: one that was free just now. */
const deadPort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

describe("a service whose mail server is away", () => {
  it.live("is degraded and names it, works on, and counts who waits", () =>
    Effect.gen(function* () {
      const port = yield* deadPort
      const smtpServer = yield* Effect.fromResult(
        SmtpUrl.parse(Redacted.make(`smtp://127.0.0.1:${port}?from=orders@example.org&tls=never`))
      )
      const service = TestService.layer({ settings: { messaging: true, smtpServer } })
      yield* Effect.gen(function* () {
        const customerId = (yield* CustomerSamples.registered(CustomerSamples.newEmail())).slice("/customers/".length)
        const { path } = yield* draft({ customerId })
        yield* request("POST", `${path}/place`, { body: bodies.place })
        yield* request("POST", `${path}/approve`, { body: bodies.approve })
        const health = yield* until(
          "/health",
          (body) => body.at("components", "notifications", "status") === "degraded"
        )
        const part = ["components", "notifications"]
        assert.match(health.text(...part, "detail"), /^no mail since \S+Z: unreachable$/u)
        assert.deepInclude(health.at(...part, "letters"), { sent: 0, failed: 0, waiting: 1 })
        assert.strictEqual(health.at("status"), "degraded")
        assert.strictEqual((yield* request("POST", `${path}/ship`, { body: bodies.ship })).status, 200)
      }).pipe(Effect.provide(service), Effect.scoped)
    })
  )
})
