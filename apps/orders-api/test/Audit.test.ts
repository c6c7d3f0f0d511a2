import { assert, describe, layer } from "@effect/vitest"
import { Audit, StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import * as LongTests from "./LongTests.ts"
import type { Json } from "./Json.ts"
import { draft, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const audit = (query: string) => Effect.map(request("GET", `/audit?${query}`), ({ body }) => body)
const names = (body: Json) =>
  body.all("entries").map((entry) => (entry.at("kind") === "event" ? entry.text("type") : entry.text("action")))

/** An order that ada has drafted and bob has called off. */
const cancelled = Effect.gen(function* () {
  const correlation = `c-${uuid()}`
  const { answer, path } = yield* draft({}, { "x-actor": "ada", "x-correlation-id": correlation })
  const off = yield* request("POST", `${path}/cancel`, {
    body: { cancelledBy: "admin", reason: "fraud" },
    headers: { "x-actor": "bob", "x-reason": "ticket 4711", "x-correlation-id": correlation }
  })
  const id = path.slice("/orders/".length)
  return {
    correlation,
    id,
    path,
    stream: `order/${id}`,
    keys: [answer, off].map(({ headers }) => headers["idempotency-key"])
  }
})

for (const [where, ports] of [["in memory", undefined], ...LongTests.databases] as const) {
  describe(`the audit over HTTP, ${where}`, () => {
    layer(TestService.layer(ports === undefined ? {} : { ports }), {
      excludeTestServices: true,
      timeout: "60 seconds"
    })((it) => {
      it.effect("tells who did what, when, why, through which command and in which connection", () =>
        Effect.gen(function* () {
          const { correlation, id, keys, stream } = yield* cancelled
          const body = yield* audit(`correlationId=${correlation}&order=oldest`)
          const entries = body.all("entries")
          const who = entries.map((entry) => [
            entry.at("type"),
            entry.at("actor"),
            entry.at("reason"),
            entry.at("causationId")
          ])
          assert.deepStrictEqual(who[0], ["OrderDrafted", "ada", undefined, keys[0]])
          assert.deepStrictEqual(who.at(-1), ["OrderCancelled", "bob", "ticket 4711", keys[1]])
          for (const entry of entries) {
            assert.deepStrictEqual(entry.at("stream"), { tenant: "main", category: "order", id })
            assert.match(entry.text("recordedAt"), /^\d{4}-\d\d-\d\dT.*Z$/u)
            assert.isUndefined(entry.at("data"))
          }
          assert.deepStrictEqual(
            names(yield* audit(`stream=${stream}&order=oldest`)),
            who.map(([type]) => type)
          )
        })
      )

      it.effect("is narrowed by actor, stream, causation, names and time", () =>
        Effect.gen(function* () {
          const { keys, stream } = yield* cancelled
          assert.deepStrictEqual(names(yield* audit(`actor=bob&stream=${stream}`)), ["OrderCancelled"])
          assert.deepStrictEqual(names(yield* audit(`causationId=${keys[1]}`)), ["OrderCancelled"])
          assert.deepStrictEqual(names(yield* audit(`stream=${stream}&types=OrderCancelled,Other`)), ["OrderCancelled"])
          assert.deepStrictEqual(names(yield* audit(`stream=${stream}&to=2001-01-01`)), [])
          assert.deepStrictEqual(names(yield* audit(`stream=${stream}&from=9998-01-01`)), [])
          assert.deepStrictEqual(names(yield* audit("stream=account")), [])
          assert.deepStrictEqual(names(yield* audit("actor=nobody")), [])
        })
      )

      it.effect("goes on page by page, the newest first or the oldest", () =>
        Effect.gen(function* () {
          const { stream } = yield* cancelled
          const all = names(yield* audit(`stream=${stream}&order=oldest`))
          for (const order of ["newest", "oldest"]) {
            const found: Array<string> = []
            let cursor = ""
            while (found.length <= all.length) {
              const body = yield* audit(`stream=${stream}&order=${order}&limit=1${cursor}`)
              found.push(...names(body))
              const next = body.at("nextCursor")
              if (typeof next !== "string") break
              cursor = `&cursor=${next}`
            }
            assert.deepStrictEqual(found, order === "oldest" ? all : all.toReversed())
          }
        })
      )

      it.effect("shows what was done to the log itself, beside the events", () =>
        Effect.gen(function* () {
          const { id, stream } = yield* cancelled
          yield* Effect.flatMap(Audit, (port) =>
            port.record({
              tenant: "main",
              action: "EventRepaired",
              subject: StreamId.format(StreamId.make("main", "order", id)),
              actor: "eve",
              reason: "a typing mistake in the import",
              details: { version: "1" }
            })
          )
          const [newest] = (yield* audit(`stream=${stream}`)).all("entries")
          const told = Object.fromEntries(
            (newest?.entries() ?? [])
              .filter(([key]) => key !== "position" && key !== "recordedAt")
              .map(([key, { value }]) => [key, value])
          )
          assert.deepStrictEqual(told, {
            kind: "action",
            tenant: "main",
            action: "EventRepaired",
            subject: `main/order/${id}`,
            actor: "eve",
            reason: "a typing mistake in the import",
            details: { version: "1" }
          })
        })
      )

      it.effect("tells who forgot a person, when and why: once, and nothing about the person", () =>
        Effect.gen(function* () {
          const [subject, correlation] = [`customer_${uuid()}`, `c-${uuid()}`]
          const forget = (actor: string, id: string) =>
            request("POST", "/privacy/forgotten-subjects", {
              body: { subject, reason: "requested" },
              headers: { "x-actor": actor, "x-correlation-id": id }
            })
          assert.strictEqual((yield* forget("front-desk", correlation)).status, 200)
          assert.strictEqual((yield* forget("somebody else", `c-${uuid()}`)).status, 200)
          const found = (yield* audit("types=PersonForgotten"))
            .all("entries")
            .filter((entry) => entry.at("subject") === subject)
          const [entry] = found
          const details =
            entry
              ?.entries()
              .find(([key]) => key === "details")?.[1]
              .entries() ?? []
          assert.deepStrictEqual(
            [found.length, entry?.at("kind"), entry?.at("actor"), entry?.at("reason"), entry?.at("correlationId")],
            [1, "action", "front-desk", "requested", correlation]
          )
          assert.deepStrictEqual(
            details.map(([key]) => key),
            ["forgottenAt", "demandedBy"]
          )
          assert.match(entry?.text("details", "forgottenAt") ?? "", /^\d{4}-\d\d-\d\dT.*Z$/u)
          assert.deepStrictEqual(names(yield* audit(`correlationId=${correlation}`)), ["PersonForgotten"])
          assert.deepStrictEqual(names(yield* audit("actor=front-desk&stream=account")), [])
        })
      )

      it.effect("names every parameter that is wrong", () =>
        Effect.gen(function* () {
          const wrong = [
            ["stream=/x", "stream"],
            ["types=", "types"],
            ["from=2024-02-30", "from"],
            ["order=sideways", "order"],
            ["limit=501", "limit"],
            ["cursor=x", "cursor"],
            ["from=2024-02-02&to=2024-02-01", "to"],
            ["actor=", "actor"],
            ["who=ada", "who"]
          ] as const
          for (const [query, field] of wrong) {
            const { body, status } = yield* request("GET", `/audit?${query}`)
            assert.strictEqual(status, 400, query)
            assert.deepStrictEqual(
              body.all("errors").map((error) => error.at("field")),
              [field],
              query
            )
          }
          const { body } = yield* request("POST", "/orders", { body: {}, headers: { "x-reason": "\u00e9" } })
          assert.include(JSON.stringify(body.value), "x-reason")
        })
      )
    })
  })
}
