/** Reservations that nobody ends: their timers are listed page by page, and when their time is over they end by themselves. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Base64Url } from "effect/encoding"
import { counts, end, pathOf, reserve, stocked } from "./InventorySamples.ts"
import { each, read, until } from "./Reading.ts"
import { request, TestService } from "./TestService.ts"

const timers = "/timers?manager=reservation-expiry"

describe("reservations that are held until a time", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("have timers, which are listed page by page, the one that is due first, first", () =>
      Effect.gen(function* () {
        const lines = [{ productId: yield* stocked(10), quantity: 1 }]
        const occurredAt = "2099-05-01T00:00:00Z"
        const hold = (holdForSeconds: number) => reserve(lines, { holdForSeconds, occurredAt })
        const paths: Array<string> = []
        // Two are due at the same moment.
        for (const seconds of [300, 60, 120, 60, 600]) paths.push(pathOf(yield* hold(seconds)))
        const all = yield* until(timers, (body) => body.all("timers").length === paths.length)
        const [third = "", first = "", second = "", other = "", last = ""] = paths.map((path) => path.slice(14))
        const order = [...[first, other].toSorted(), second, third, last]
        assert.deepStrictEqual(each(all, "timers", "process"), order)
        assert.deepStrictEqual(all.value, {
          timers: order.map((process, index) => ({
            manager: "reservation-expiry",
            process,
            timer: "expiry",
            dueAt: `2099-05-01T00:${["01", "01", "02", "05", "10"][index]}:00.000Z`,
            attempts: 0
          }))
        })

        const found: Array<unknown> = []
        let [next, pages] = ["", 0]
        do {
          const page = yield* read(`${timers}&limit=1${next === "" ? "" : `&cursor=${next}`}`)
          found.push(...each(page, "timers", "process"))
          pages += 1
          next = page.at("nextCursor") === undefined ? "" : page.text("nextCursor")
        } while (next !== "" && pages < 10)
        assert.deepStrictEqual([found, pages], [order, 5])
        const rest = yield* read(`${timers}&limit=2&cursor=${(yield* read(`${timers}&limit=3`)).text("nextCursor")}`)
        assert.deepStrictEqual([each(rest, "timers", "process"), rest.at("nextCursor")], [[third, last], undefined])

        yield* end(paths[0] ?? "", "release")
        const left = yield* until(timers, (body) => body.all("timers").length === 4)
        assert.deepStrictEqual(
          each(left, "timers", "process"),
          order.filter((process) => process !== third)
        )
      })
    )

    it.effect.each([
      "x",
      "no cursor",
      Base64Url.encode("1:2"),
      Base64Url.encode(JSON.stringify({ dueAt: "soon", manager: "a", process: "b", timer: "c" })),
      Base64Url.encode(JSON.stringify({ dueAt: "2024-05-01T00:00:00Z", manager: "a\0", process: "b", timer: "c" }))
    ])("have a list that takes its own cursors only: %s", (cursor) =>
      Effect.gen(function* () {
        const answer = yield* request("GET", `${timers}&cursor=${encodeURIComponent(cursor)}`)
        assert.strictEqual(answer.status, 400)
        assert.deepStrictEqual(answer.body.at("errors"), [
          { in: "query", field: "cursor", rule: "must be the nextCursor of an earlier answer" }
        ])
      })
    )

    it.effect("end by themselves when the time is over: what they held is available again", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        const reserved = yield* reserve([{ productId, quantity: 4 }], { holdForSeconds: 1 })
        assert.strictEqual(reserved.body.at("status"), "held")
        const expired = yield* until(pathOf(reserved), (body) => body.at("status") !== "held")
        assert.deepStrictEqual([expired.at("status"), expired.at("version")], ["expired", 2])
        assert.deepInclude(yield* counts(productId), { available: 10, reserved: 0 })
      })
    )
  })
})
