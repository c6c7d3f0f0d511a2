/** The past over HTTP: an order, an account, the events of a time, and every order as of a date. */
import { assert, describe, layer } from "@effect/vitest"
import { EventStore, ExpectedVersion } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { streamOf } from "../src/OrderStreamId.ts"
import { OrderId } from "@eventfold/shared-kernel"
import { deposit, eur, open } from "./AccountSamples.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

const fieldsOf = (answer: Answer) => {
  assert.strictEqual(answer.status, 400)
  return answer.body.all("errors").map((error) => `${error.text("in")} ${error.text("field")} ${error.text("rule")}`)
}

/** Drafted on 1 May, placed on the 3rd, approved on the 5th; the second item, of the 2nd, was told last of the draft. */
const order = Effect.gen(function* () {
  const { path } = yield* draft({ occurredAt: "2024-05-01" })
  const step = (name: "place" | "approve", occurredAt: string) =>
    request("POST", `${path}/${name}`, { body: { ...bodies[name], occurredAt } })
  yield* request("POST", `${path}/items`, { body: { ...mug, occurredAt: "2024-05-02" } })
  yield* step("place", "2024-05-03")
  yield* step("approve", "2024-05-05")
  return path
})

const isNotThere = (answer: Answer, name: string, detail: RegExp) => {
  assert.strictEqual(answer.status, 404)
  assert.deepInclude(answer.body.value, { status: 404, type: `urn:eventfold:problem:${name}` })
  assert.match(answer.body.text("detail"), detail)
}

const told = ({ body, headers, status }: Answer) => {
  assert.strictEqual(status, 200)
  assert.strictEqual(headers["etag"], `"${body.number("version")}"`)
  return [body.at("status"), body.at("version"), body.at("total", "amount")]
}

describe("an order as of the past", () => {
  layer(
    TestService.layer(),
    live
  )((it) => {
    it.effect("is told as of a version, like the order as it is now", () =>
      Effect.gen(function* () {
        const path = yield* order
        const now = yield* request("GET", path)
        assert.deepStrictEqual(told(now), ["approved", 5, 5000])
        assert.deepStrictEqual(told(yield* request("GET", `${path}?version=2`)), ["draft", 2, 2500])
        assert.deepStrictEqual((yield* request("GET", `${path}?version=5`)).body.value, now.body.value)
      })
    )

    it.effect("is told as of a time, by what had occurred and by what had been recorded then", () =>
      Effect.gen(function* () {
        const path = yield* order
        const occurred = (date: string) => request("GET", `${path}?asOf=${date}&asOfTime=occurred`)
        assert.deepStrictEqual(told(yield* occurred("2024-05-04")), ["placed", 4, 5000])
        assert.deepStrictEqual(told(yield* occurred("2024-05-03T00:00:00Z")), ["placed", 4, 5000])
        assert.deepStrictEqual(told(yield* occurred("2024-05-02T01:00:00%2B02:00")), ["draft", 2, 2500])
        const events = (yield* request("GET", `${path}/events`)).body
        const recordedAt = events.text("events", 4, "recordedAt")
        const now = yield* request("GET", path)
        assert.deepStrictEqual((yield* request("GET", `${path}?asOf=${recordedAt}`)).body.value, now.body.value)
        const tomorrow = yield* request("GET", `${path}?asOf=9999-01-01&asOfTime=recorded`)
        assert.deepStrictEqual(tomorrow.body.value, now.body.value)
      })
    )

    it.effect("is 404 when it was not there then, or never had that version", () =>
      Effect.gen(function* () {
        const path = yield* order
        isNotThere(
          yield* request("GET", `${path}?asOf=2024-05-06`),
          "order-not-found",
          /^there is no .* as of that time$/u
        )
        isNotThere(yield* request("GET", `${path}?asOf=2024-04-30&asOfTime=occurred`), "order-not-found", /time$/u)
        isNotThere(yield* request("GET", `${path}?version=6`), "order-not-found", /as of that version$/u)
        isNotThere(yield* request("GET", `/orders/${uuid()}?version=1`), "order-not-found", /as of that version$/u)
      })
    )

    it.effect("is 304 when the client has it", () =>
      Effect.gen(function* () {
        const path = `${yield* order}?version=2`
        const again = yield* request("GET", path, { headers: { "if-none-match": '"2"' } })
        assert.deepStrictEqual([again.status, again.headers["etag"]], [304, '"2"'])
      })
    )

    it.effect("is asked for in one way only, and in a form that is known", () =>
      Effect.gen(function* () {
        const path = yield* order
        assert.deepStrictEqual(fieldsOf(yield* request("GET", `${path}?asOf=2024-05-06&version=1`)), [
          "query version cannot be given together with asOf"
        ])
        assert.deepStrictEqual(fieldsOf(yield* request("GET", `${path}?asOfTime=occurred`)), [
          "query asOfTime says nothing without asOf"
        ])
        const wrong = fieldsOf(yield* request("GET", `${path}?asOf=soon&asOfTime=maybe&version=0&when=now`))
        assert.deepStrictEqual(wrong.map((field) => field.split(" ").slice(0, 2).join(" ")).toSorted(), [
          "query asOf",
          "query asOfTime",
          "query version",
          "query when"
        ])
        assert.include(wrong, "query version must be a whole number from 1")
      })
    )
  })
})

describe("the events of an order between two dates", () => {
  layer(
    TestService.layer(),
    live
  )((it) => {
    it.effect("are those from the first date to before the second, by either time, page by page", () =>
      Effect.gen(function* () {
        const path = yield* order
        const versions = (query: string) =>
          Effect.map(request("GET", `${path}/events?${query}`), ({ body }) => ({
            found: body.all("events").map((event) => event.number("version")),
            next: body.at("nextAfter")
          }))
        const whole = { found: [1, 2, 3, 4, 5], next: undefined }
        assert.deepStrictEqual(yield* versions("from=2024-05-01&by=occurred"), whole)
        assert.deepStrictEqual(yield* versions("from=2024-05-02&to=2024-05-05&by=occurred"), {
          found: [3, 4],
          next: undefined
        })
        assert.deepStrictEqual(yield* versions("from=2024-06-01"), whole)
        assert.deepStrictEqual(yield* versions("to=2024-06-01&by=recorded"), { found: [], next: undefined })
        const period = "to=2024-05-04&by=occurred&limit=3"
        assert.deepStrictEqual(yield* versions(period), { found: [1, 2, 3], next: 3 })
        assert.deepStrictEqual(yield* versions(`${period}&after=3`), { found: [4], next: undefined })
      })
    )

    it.effect("are refused when the dates are the wrong way round, together with what else is wrong", () =>
      Effect.gen(function* () {
        const path = yield* order
        assert.deepStrictEqual(fieldsOf(yield* request("GET", `${path}/events?from=2024-05-02&to=2024-05-01`)), [
          "query to must not be before from"
        ])
        const wrong = yield* request("GET", `${path}/events?from=x&to=y&by=z&limit=0`)
        assert.strictEqual(fieldsOf(wrong).length, 4)
      })
    )
  })
})

describe("every order as of a date", () => {
  layer(
    TestService.layer(),
    live
  )((it) => {
    it.effect("comes in pages, in the order of ids, each as it was then; what cannot be read is named", () =>
      Effect.gen(function* () {
        const id = (number: number) => `order_00000000-0000-4000-8000-00000000000${number}`
        const begin = (number: number, occurredAt: string) => draft({ orderId: id(number), occurredAt })
        for (const [number, day] of [
          [3, "2024-05-01"],
          [1, "2024-05-02"],
          [2, "2024-05-09"],
          [5, "2024-05-03"]
        ] as const) {
          yield* begin(number, day)
        }
        yield* request("POST", `/orders/${id(3)}/place`, { body: { ...bodies.place, occurredAt: "2024-05-04" } })
        yield* (yield* EventStore).append(streamOf("main", OrderId.make(id(4))), ExpectedVersion.NoStream, [
          {
            id: uuid(),
            type: "OrderForgotten",
            schemaVersion: 1,
            occurredAt: DateTime.makeUnsafe("2024-05-01T00:00:00Z"),
            data: {},
            metadata: {}
          }
        ])
        const asOf = (query: string) => request("GET", `/orders/as-of?${query}`)
        const whole = (yield* asOf("date=2024-05-04&by=occurred")).body
        assert.deepStrictEqual(
          [whole.at("date"), whole.at("by"), whole.at("unreadable"), whole.at("nextCursor")],
          ["2024-05-04T00:00:00.000Z", "occurred", [id(4)], undefined]
        )
        assert.deepStrictEqual(
          whole.all("orders").map((row) => [row.at("orderId"), row.at("status"), row.at("version")]),
          [
            [id(1), "draft", 2],
            [id(3), "placed", 3],
            [id(5), "draft", 2]
          ]
        )
        const seen: Array<unknown> = []
        let [cursor, pages] = ["", 0]
        do {
          const { body } = yield* asOf(`date=2024-05-04&by=occurred&limit=2${cursor}`)
          assert.isAtMost(body.all("orders").length, 2)
          seen.push(...body.all("orders").map((row) => row.value))
          cursor = body.at("nextCursor") === undefined ? "" : `&cursor=${body.text("nextCursor")}`
          pages += 1
        } while (cursor !== "" && pages < 9)
        assert.deepStrictEqual([seen, pages], [whole.at("orders"), 3])
        const recorded = (yield* asOf("date=2024-05-04")).body
        assert.deepStrictEqual([recorded.at("by"), recorded.at("orders")], ["recorded", []])
      })
    )

    it.effect("needs a date, and a cursor that an earlier answer gave", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(fieldsOf(yield* request("GET", "/orders/as-of")), ["query date is required"])
        const wrong = yield* request("GET", "/orders/as-of?date=2024-05-01&cursor=abc!&limit=101&by=now")
        assert.strictEqual(fieldsOf(wrong).length, 3)
        const foreign = yield* request("GET", "/orders/as-of?date=2024-05-01&cursor=MjphYmM")
        assert.deepStrictEqual(fieldsOf(foreign), ["query cursor must be the nextCursor of an earlier answer"])
      })
    )
  })
})

describe("an account as of the past", () => {
  layer(
    TestService.layer(),
    live
  )((it) => {
    it.effect("is told as of a version and of a time, and is 404 when it was not there", () =>
      Effect.gen(function* () {
        const { path } = yield* open({ occurredAt: "2024-05-01" })
        yield* deposit(path, eur(500), "2024-05-05")
        yield* deposit(path, eur(20), "2024-05-02")
        const balance = (query: string) =>
          Effect.map(request("GET", `${path}?${query}`), ({ body, headers }) => [body.at("balances"), headers["etag"]])
        assert.deepStrictEqual(yield* balance("version=2"), [[eur(500)], '"2"'])
        assert.deepStrictEqual(yield* balance("asOf=2024-05-03&asOfTime=occurred"), [[eur(20)], '"3"'])
        assert.deepStrictEqual(yield* balance("asOf=9999-01-01"), [[eur(520)], '"3"'])
        isNotThere(yield* request("GET", `${path}?asOf=2024-05-03`), "account-not-open", /as of that time$/u)
        isNotThere(yield* request("GET", `${path}?version=4`), "account-not-open", /as of that version$/u)
        assert.deepStrictEqual(fieldsOf(yield* request("GET", `${path}?version=x`)), [
          "query version must be a whole number from 1"
        ])
      })
    )
  })
})
