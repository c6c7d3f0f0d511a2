/** Transfers between accounts over HTTP: begun by a request, and run to their end by the service. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { accountWith, eur, open, usd } from "./AccountSamples.ts"
import { reaches } from "./FulfilmentSamples.ts"
import { read, readyService } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }
const idOf = (path: string) => path.slice("/accounts/".length)

const begin = (body: object, headers: Record<string, string> = {}) => request("POST", "/transfers", { body, headers })

/** Begins a transfer and answers its path. */
const begun = Effect.fnUntraced(function* (from: string, to: string, money: object) {
  const { body, headers, status } = yield* begin({ from: idOf(from), to: idOf(to), money })
  assert.strictEqual(status, 202, JSON.stringify(body.value))
  return headers["location"] ?? "none"
})
const balances = (path: string) => Effect.map(read(path), (account) => account.at("balances"))

describe("a transfer between accounts", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("leaves the one and arrives on the other, and stands in the histories of both", () =>
      Effect.gen(function* () {
        const [from, to] = [yield* accountWith(eur(500)), yield* accountWith(eur(20))]
        const path = yield* begun(from, to, eur(300))
        const arrived = yield* reaches(path, "arrived")
        assert.deepInclude(arrived.value, { from: idOf(from), to: idOf(to), money: eur(300) })
        assert.deepStrictEqual([yield* balances(from), yield* balances(to)], [[eur(200)], [eur(320)]])
        const transferId = path.slice("/transfers/".length)
        const last = (path: string) =>
          Effect.map(read(`${path}/history`), (history) => history.all("entries").at(-1)?.value)
        const sent = { event: "MoneySent", money: eur(300), balance: eur(200), transferId }
        assert.deepInclude(yield* last(from), sent)
        const came = { event: "MoneyReceived", money: eur(300), balance: eur(320), transferId }
        assert.deepInclude(yield* last(to), came)
      })
    )

    it.effect("that the other account refuses comes back, and says why", () =>
      Effect.gen(function* () {
        const [from, { path: to }] = [yield* accountWith(eur(500)), yield* open()]
        yield* request("POST", `${to}/close`, { body: {} })
        const path = yield* begun(from, to, eur(300))
        const back = yield* reaches(path, "returned")
        assert.strictEqual(back.at("refusal", "_tag"), "AccountAlreadyClosed")
        assert.deepStrictEqual(yield* balances(from), [eur(500)])
      })
    )

    it.effect("that the first account refuses never leaves, and says why", () =>
      Effect.gen(function* () {
        const [from, to] = [yield* accountWith(eur(100)), yield* accountWith(eur(1))]
        for (const [other, money, reason] of [
          [to, eur(300), "InsufficientFunds"],
          [to, usd(1), "CurrencyNotHeld"],
          [from, eur(1), "TransferToSameAccount"]
        ] as const) {
          const refused = yield* reaches(yield* begun(from, other, money), "barred")
          assert.strictEqual(refused.at("refusal", "_tag"), reason)
        }
        assert.deepStrictEqual([yield* balances(from), yield* balances(to)], [[eur(100)], [eur(1)]])
      })
    )

    it.effect("is begun once by one key or one id, and not with something else", () =>
      Effect.gen(function* () {
        const [from, to] = [yield* accountWith(eur(500)), yield* accountWith(eur(1))]
        const [key, body] = [uuid(), { from: idOf(from), to: idOf(to), money: eur(100) }]
        const answers = yield* Effect.forEach([1, 2, 3], () => begin(body, { "idempotency-key": key }), {
          concurrency: 3
        })
        assert.deepStrictEqual(
          answers.map(({ headers, status }) => [status, headers["location"]]),
          answers.map(() => [202, `/transfers/transfer_${key}`])
        )
        yield* reaches(`/transfers/transfer_${key}`, "arrived")
        assert.deepStrictEqual(yield* balances(from), [eur(400)])
        for (const other of [
          yield* begin({ ...body, money: eur(101) }, { "idempotency-key": key }),
          yield* begin({ ...body, transferId: `transfer_${key}`, money: eur(101) })
        ]) {
          assert.strictEqual(other.status, 422)
          assert.strictEqual(other.body.at("type"), "urn:eventfold:problem:idempotency-key-reused")
        }
      })
    )

    it.effect("that nobody has begun is not there", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", `/transfers/transfer_${uuid()}`)
        assert.deepStrictEqual([status, body.at("type")], [404, "urn:eventfold:problem:transfer-not-begun"])
      })
    )
  })
})
