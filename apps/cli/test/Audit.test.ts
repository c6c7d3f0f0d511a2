import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { eventId, many, orderId, shipped, store } from "./StoredOrders.ts"
import { directory, embedded, eventfold, failing, server, serving } from "./Stores.ts"

const parse = Schema.decodeSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** Without positions and times. */
const brief = (lines: ReadonlyArray<string>) => lines.map((line) => line.split("  ").slice(2).join("  "))

describe("eventfold audit", () => {
  it.live("lists the audit, the newest first, by every filter and page by page", () =>
    Effect.gen(function* () {
      const env = yield* server
      yield* serving(env, store)
      const repair = ["--position", "2", "--data", JSON.stringify(shipped()), "--actor", "eve", "--reason", "so it was"]
      yield* eventfold(env, "repair", ...repair)
      const list = (...words: ReadonlyArray<string>) => eventfold(env, "audit", ...words)

      const all = yield* list()
      assert.deepStrictEqual(
        all.map((line) => line.split("  ")[0]),
        ["7", "5", "4", "3", "2", "1"]
      )
      assert.match(all.at(-1) ?? "", /^1 {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}ada {2}OrderDrafted {2}/u)
      const order = `order/${orderId}`
      const drafted = `ada  OrderDrafted  ${order} version 1, because: an order by phone (correlation call-1)`
      assert.deepStrictEqual(brief(yield* list("--actor", "ada")), [drafted])
      assert.deepStrictEqual(brief(yield* list("--correlation", "call-1")), [drafted])
      const action = (yield* list("--type", "EventRepaired", "--type", "OrderDrafted"))[0]
      assert.include(action, `eve  EventRepaired  main/${order}, because: so it was (position 2, version 2, `)
      assert.strictEqual((yield* list("--stream", order)).length, 4)
      assert.strictEqual((yield* list("--stream", "order")).length, 3)
      assert.strictEqual((yield* list("--tenant", "acme")).length, 1)
      assert.deepStrictEqual(yield* list("--causation", "none"), ["nothing like that is in the audit of tenant main"])
      assert.strictEqual((yield* list("--from", "2020-01-01", "--to", "9999-01-01T00:00:00+02:00")).length, 6)
      assert.strictEqual((yield* list("--to", "2020-01-01")).length, 1)

      const [first, second, more] = yield* list("--limit", "2")
      assert.deepStrictEqual([first, second, more], [all[0], all[1], "there is more: --cursor 5"])
      assert.strictEqual((yield* list("--limit", "2", "--cursor", "5"))[0], all[2])

      const [json] = yield* list("--json", "--actor", "ada")
      const { recordedAt, ...entry } = parse(json ?? "")
      assert.deepStrictEqual(entry, {
        kind: "event",
        position: 1,
        eventId: eventId(1),
        stream: { tenant: "main", category: "order", id: orderId },
        version: 1,
        type: "OrderDrafted",
        occurredAt: "2026-03-02T09:00:00.000Z",
        actor: "ada",
        reason: "an order by phone",
        correlationId: "call-1"
      })
      assert.match(JSON.stringify(recordedAt), /^"\d{4}-.*Z"$/u)
      assert.strictEqual(parse((yield* list("--json", "--actor", "eve"))[0] ?? "")["kind"], "action")
    })
  )

  it.live("lists that of the embedded database", () =>
    Effect.gen(function* () {
      const env = yield* embedded
      yield* serving(env, store)
      assert.strictEqual((yield* eventfold(env, "audit", "--actor", "ada")).length, 1)
    })
  )

  it.live("goes on over pages that show nothing, until there is enough", () =>
    Effect.gen(function* () {
      const env = yield* server
      yield* serving(env, Effect.andThen(store, many(2_500)))
      const asked = ["audit", "--stream", "thing/t-1", "--correlation"]
      assert.strictEqual((yield* eventfold(env, ...asked, "call-5")).length, 1)
      const [first, more] = yield* eventfold(env, ...asked, "bulk", "--limit", "1200")
      assert.include(first, "ThingHappened  thing/t-1 version 2501")
      assert.notInclude(more, "there is more")
      const all = yield* eventfold(env, ...asked, "bulk", "--limit", "10000")
      assert.strictEqual(all.length, 2_500)
    })
  )

  it.live("refuses in one line that names the option and the rule", () =>
    Effect.gen(function* () {
      const env = { DATA_DIR: yield* directory }
      const cases: ReadonlyArray<readonly [words: ReadonlyArray<string>, line: RegExp]> = [
        [["--from", "2026-02-30"], /^--from: must be a point in time that exists/u],
        [["--to", "yesterday"], /^--to: must be a point in time that exists/u],
        [["--from", "2026-03-02", "--to", "2026-03-02"], /^--to: must be later than --from$/u],
        [["--limit", "0"], /^--limit: must be a whole number from 1 to 10000$/u],
        [["--cursor", "0"], /^--cursor: must be a number that a page told$/u],
        [["--actor", ""], /^--actor: /u],
        [["--stream", "1"], /^--stream: a category must be/u],
        [["--stream", "order/"], /^--stream: /u],
        [[], /^there is no database in /u]
      ]
      for (const [words, line] of cases) {
        const message = yield* failing(env, "audit", ...words)
        assert.match(message, line)
        assert.notInclude(message, "\n")
      }
    })
  )
})
