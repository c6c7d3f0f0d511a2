import { AccountProblems, Api, Problems } from "../src/index.ts"
import { CustomerId, OrderId, Percentage, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { assert, describe, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { FetchHttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { mug, shippingAddress, uuid } from "./Samples.ts"
import { TestService } from "./TestService.ts"

const client = Effect.flatMap(TestService, ({ url }) => HttpApiClient.make(Api, { baseUrl: url })).pipe(
  Effect.provide(FetchHttpClient.layer)
)

const item = {
  productId: ProductId.fromUuid(uuid()),
  productName: mug.productName,
  quantity: Quantity.Quantity.make(2),
  unitPrice: { amount: 1250, currency: "EUR" },
  discount: Percentage.zero,
  priceReason: mug.priceReason
} as const

const draft = {
  headers: { "x-role": "operator" },
  payload: { customerId: CustomerId.fromUuid(uuid()), currency: "EUR", items: [item] }
} as const

describe("a typed client of the API", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("gets answers with their versions as numbers", () =>
      Effect.gen(function* () {
        const { orders } = yield* client
        const { body, headers } = yield* orders.draft(draft)
        assert.deepStrictEqual([body.status, body.version, headers.etag], ["draft", 2, 2])
        const placed = yield* orders.place({
          params: { id: body.orderId },
          headers: { "if-match": headers.etag },
          payload: { shippingAddress }
        })
        assert.strictEqual(placed.headers.etag, 3)
        const page = yield* orders.list({
          headers: { "consistency-token": placed.headers["consistency-token"] },
          query: { customerId: draft.payload.customerId, limit: 1 }
        })
        assert.deepStrictEqual([page.body.orders[0]?.status, page.headers["up-to-date"]], ["placed", "true"])
        const { events } = yield* orders.history({
          headers: {},
          params: { id: body.orderId },
          query: { after: 0, limit: 10 }
        })
        assert.strictEqual(events.length, 3)
      })
    )

    it.effect("gets problems as typed errors", () =>
      Effect.gen(function* () {
        const { orders } = yield* client
        const id = OrderId.fromUuid(uuid())
        const unknown = yield* Effect.flip(orders.get({ headers: {}, params: { id }, query: {} }))
        assert.instanceOf(unknown, Problems.UnknownOrder)
        const { body } = yield* orders.draft(draft)
        const params = { id: body.orderId }
        const refused = yield* Effect.flip(orders.approve({ headers: {}, params, payload: { approvedBy: "M." } }))
        assert.instanceOf(refused, Problems.OrderRefused)
        if (!(refused instanceof Problems.OrderRefused)) return
        assert.strictEqual(refused.refusal._tag, "OrderNotPlaced")
        const late = yield* Effect.flip(
          orders.place({ headers: { "if-match": 9 }, params, payload: { shippingAddress } })
        )
        assert.instanceOf(late, Problems.VersionMismatch)
      })
    )

    it.effect("is told that an order has not changed", () =>
      Effect.gen(function* () {
        const { orders } = yield* client
        const { body } = yield* orders.draft(draft)
        const params = { id: body.orderId }
        const { headers } = yield* orders.get({ headers: {}, params, query: {} })
        const again = yield* orders.get({ headers: { "if-none-match": `"${headers.etag}"` }, params, query: {} })
        assert.deepStrictEqual([again.body, again.headers.etag], [undefined, 2])
      })
    )

    it.effect("opens an account and gets its refusals as typed errors", () =>
      Effect.gen(function* () {
        const { accounts } = yield* client
        const owner = PersonName.PersonName.make("Ada Jansen")
        const { body } = yield* accounts.open({ headers: {}, payload: { owner, currency: "EUR" } })
        const params = { id: body.accountId }
        const money = (amount: number) => ({ amount, currency: "EUR" }) as const
        yield* accounts.deposit({ headers: { "if-match": body.version }, params, payload: { money: money(500) } })
        const refused = yield* Effect.flip(accounts.withdraw({ headers: {}, params, payload: { money: money(501) } }))
        assert.instanceOf(refused, AccountProblems.AccountRefused)
        if (!(refused instanceof AccountProblems.AccountRefused)) return
        assert.strictEqual(refused.refusal._tag, "InsufficientFunds")
        const { entries } = yield* accounts.history({ headers: {}, params, query: { limit: 10, currency: "EUR" } })
        assert.deepStrictEqual(entries[0]?.balance, money(500))
      })
    )

    it.effect("forgets a person, and is told so where their name stood", () =>
      Effect.gen(function* () {
        const { accounts, privacy } = yield* client
        const owner = PersonName.PersonName.make("Ada Jansen")
        const { body } = yield* accounts.open({ headers: {}, payload: { owner, currency: "EUR" } })
        const subject = body.accountId
        const account = accounts.get({ headers: {}, params: { id: subject }, query: {} })
        assert.strictEqual((yield* account).body?.owner, owner)
        const headers = { "x-actor": "dpo-7" }
        const forgotten = yield* privacy.forget({ headers, payload: { subject, reason: "requested" } })
        assert.deepStrictEqual(forgotten, { subject, forgotten: true })
        assert.deepStrictEqual(yield* privacy.status({ headers: {}, params: { subject } }), forgotten)
        assert.strictEqual((yield* account).body?.owner, "[REDACTED]")
      })
    )

    it.effect("asks for the past with dates and versions, and gets problems as typed errors", () =>
      Effect.gen(function* () {
        const { orders } = yield* client
        const { body } = yield* orders.draft(draft)
        const params = { id: body.orderId }
        const first = yield* orders.get({ headers: {}, params, query: { version: 1 } })
        assert.deepStrictEqual([first.headers.etag, first.body?.lines], [1, []])
        const date = DateTime.makeUnsafe("2000-01-01T00:00:00Z")
        const early = yield* Effect.flip(orders.get({ headers: {}, params, query: { asOf: date } }))
        assert.instanceOf(early, Problems.UnknownOrder)
        const none = yield* orders.asOf({ headers: {}, query: { date, by: "recorded", limit: 1 } })
        assert.deepStrictEqual([none.date, none.orders], [date, []])
        const cursor = none.nextCursor ?? assert.fail("there are more orders than one")
        const next = yield* orders.asOf({ headers: {}, query: { date, by: "occurred", limit: 1, cursor } })
        assert.deepStrictEqual(next.orders, [])
      })
    )

    it.effect("asks for the health", () =>
      Effect.gen(function* () {
        const { health } = yield* client
        assert.strictEqual((yield* health.health({})).status, "up")
      })
    )
  })
})
