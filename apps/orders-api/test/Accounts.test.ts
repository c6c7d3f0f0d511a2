import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { accountWith, deposit, eur, open, usd, withdraw } from "./AccountSamples.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
}

describe("accounts over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are opened, and say where they are and not whose", () =>
      Effect.gen(function* () {
        const accountId = `account_${uuid()}`
        const { answer } = yield* open({ accountId })
        assert.strictEqual(answer.status, 201)
        assert.deepStrictEqual(answer.body.value, { accountId, status: "open", version: 1, balances: [eur(0)] })
        assert.strictEqual(answer.headers["location"], `/accounts/${accountId}`)
        assert.strictEqual(answer.headers["etag"], '"1"')
      })
    )

    it.effect("hold one balance per currency, and tell it", () =>
      Effect.gen(function* () {
        const { path } = yield* open({ occurredAt: "2024-05-01" })
        yield* deposit(path, eur(500))
        yield* deposit(path, usd(300))
        const paid = yield* withdraw(path, eur(200))
        assert.deepStrictEqual([paid.status, paid.headers["etag"]], [200, '"4"'])
        assert.deepInclude(paid.body.value, { status: "open", version: 4, balances: [eur(300), usd(300)] })
        const { body, headers } = yield* request("GET", path)
        assert.strictEqual(headers["etag"], '"4"')
        assert.deepStrictEqual(body.value, {
          accountId: path.slice("/accounts/".length),
          owner: "Ada Jansen",
          status: "open",
          version: 4,
          balances: [eur(300), usd(300)],
          openedAt: "2024-05-01T00:00:00.000Z"
        })
      })
    )

    it.effect("are closed when nothing is left, and tell when", () =>
      Effect.gen(function* () {
        const path = yield* accountWith(eur(500))
        isProblem(yield* request("POST", `${path}/close`, { body: {} }), 409, "account-not-empty")
        yield* withdraw(path, eur(500))
        const closed = yield* request("POST", `${path}/close`, { body: { occurredAt: "2024-05-31T16:00:00Z" } })
        assert.deepStrictEqual([closed.status, closed.body.at("status")], [200, "closed"])
        const { body } = yield* request("GET", path)
        assert.deepInclude(body.value, { status: "closed", closedAt: "2024-05-31T16:00:00.000Z" })
        isProblem(yield* deposit(path, eur(1)), 409, "account-already-closed")
      })
    )

    it.effect("refuse with the reason and its facts", () =>
      Effect.gen(function* () {
        const path = yield* accountWith(eur(500))
        const refused = yield* withdraw(path, eur(501))
        isProblem(refused, 409, "insufficient-funds")
        const accountId = path.slice("/accounts/".length)
        assert.deepInclude(refused.body.value, {
          title: "Insufficient funds",
          detail: `account ${accountId} holds 5.00 EUR, 5.01 EUR were requested`,
          refusal: { _tag: "InsufficientFunds", accountId, balance: eur(500), requested: eur(501) }
        })
        const foreign = yield* withdraw(path, usd(1))
        isProblem(foreign, 409, "currency-not-held")
        assert.deepStrictEqual(foreign.body.at("refusal", "held"), ["EUR"])
        isProblem(yield* deposit(path, eur(Number.MAX_SAFE_INTEGER)), 409, "balance-too-large")
        const { answer } = yield* open({ accountId, owner: "Somebody Else" })
        isProblem(answer, 409, "account-already-open")
        assert.notInclude(answer.text, "Jansen")
      })
    )

    it.effect("that nobody has opened are answered with 404, whatever is asked of them", () =>
      Effect.gen(function* () {
        const accountId = `account_${uuid()}`
        const path = `/accounts/${accountId}`
        const answers = yield* Effect.all([
          request("GET", path),
          request("GET", `${path}/history`),
          deposit(path, eur(1)),
          withdraw(path, eur(1)),
          request("POST", `${path}/close`, { body: {} })
        ])
        for (const answer of answers) {
          isProblem(answer, 404, "account-not-open")
          assert.strictEqual(answer.body.at("accountId"), accountId)
        }
      })
    )

    it.effect("move money once for one Idempotency-Key", () =>
      Effect.gen(function* () {
        const path = yield* accountWith(eur(500))
        const once = { body: { money: eur(200) }, headers: { "idempotency-key": uuid() } }
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, () => request("POST", `${path}/withdrawals`, once)),
          { concurrency: "unbounded" }
        )
        for (const { body, status } of answers) {
          assert.deepStrictEqual([status, body.at("version"), body.at("balances")], [200, 3, [eur(300)]])
        }
        const other = yield* request("POST", `${path}/withdrawals`, { ...once, body: { money: eur(201) } })
        isProblem(other, 422, "idempotency-key-reused")
        assert.deepStrictEqual((yield* request("GET", path)).body.at("balances"), [eur(300)])
      })
    )

    it.effect("are named after the key when they are opened without an id", () =>
      Effect.gen(function* () {
        const key = uuid()
        const first = yield* open({}, { "idempotency-key": key })
        const again = yield* open({}, { "idempotency-key": key })
        assert.strictEqual(first.answer.body.at("accountId"), `account_${key}`)
        assert.deepStrictEqual([again.answer.status, again.answer.body.value], [201, first.answer.body.value])
      })
    )

    it.effect("are guarded by If-Match, and told once per version", () =>
      Effect.gen(function* () {
        const path = yield* accountWith(eur(500))
        const at = (version: number) =>
          request("POST", `${path}/withdrawals`, {
            body: { money: eur(100) },
            headers: { "if-match": `"${version}"` }
          })
        const late = yield* at(1)
        isProblem(late, 412, "version-mismatch")
        assert.strictEqual(late.body.at("currentVersion"), 2)
        assert.strictEqual((yield* at(2)).status, 200)
        const unchanged = yield* request("GET", path, { headers: { "if-none-match": '"3"' } })
        assert.deepStrictEqual([unchanged.status, unchanged.text], [304, ""])
      })
    )

    it.effect("tell every wrong field at once", () =>
      Effect.gen(function* () {
        const fieldsOf = (answer: Answer) =>
          answer.body.all("errors").map((error) => `${error.text("in")} ${error.text("field")}`)
        const { answer } = yield* open({ owner: " ", currency: "EURO", iban: "1", accountId: "7" })
        isProblem(answer, 400, "invalid-request")
        assert.sameMembers(fieldsOf(answer), ["body owner", "body currency", "body iban", "body accountId"])
        const nothing = yield* deposit("/accounts/7", eur(0))
        isProblem(nothing, 400, "invalid-request")
        assert.sameMembers(fieldsOf(nothing), ["path id", "body money.amount"])
        const history = yield* request("GET", "/accounts/7/history?from=soon&to=1&currency=X&limit=0&cursor=a&of=1")
        assert.sameMembers(fieldsOf(history), [
          "path id",
          ...["from", "to", "currency", "limit", "cursor", "of"].map((name) => `query ${name}`)
        ])
      })
    )

    it.effect("leave no trace of their owner in the log", () =>
      Effect.gen(function* () {
        const { path } = yield* open({ owner: "Wilhelmina Unmistakable" })
        yield* withdraw(path, eur(1))
        const { log } = yield* TestService
        assert.isAbove(log.length, 0)
        assert.isFalse(log.some((line) => line.includes("Unmistakable")))
      })
    )
  })
})

describe("accounts on an embedded database", () => {
  layer(TestService.layer({ ports: EmbeddedPorts.layer }), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("let as many of many withdrawals at the same moment through as the balance covers", () =>
      Effect.gen(function* () {
        const path = yield* accountWith(eur(500), usd(1))
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, () => withdraw(path, eur(100))),
          { concurrency: "unbounded" }
        )
        const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other)
        assert.deepStrictEqual(statuses, [200, 200, 200, 200, 200, 409, 409, 409])
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual([body.at("version"), body.at("balances")], [8, [eur(0), usd(1)]])
        const history = yield* request("GET", `${path}/history?currency=EUR&limit=4`)
        assert.deepStrictEqual(
          history.body.all("entries").map((entry) => entry.number("balance", "amount")),
          [500, 400, 300, 200]
        )
        const rest = yield* request("GET", `${path}/history?currency=EUR&cursor=${history.body.text("nextCursor")}`)
        assert.deepStrictEqual(
          rest.body.all("entries").map((entry) => entry.number("balance", "amount")),
          [100, 0]
        )
      })
    )

    it.effect("stay out of the list of orders", () =>
      Effect.gen(function* () {
        yield* accountWith(eur(500))
        const { body } = yield* request("GET", "/orders")
        assert.deepInclude(body.value, { orders: [], upToDate: true })
      })
    )
  })
})
