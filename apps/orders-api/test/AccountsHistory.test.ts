import { assert, describe, layer } from "@effect/vitest"
import { Account, type AccountEvents } from "@eventfold/domain-accounts"
import { EventCodec, EventStore, ExpectedVersion } from "@eventfold/event-store"
import { AccountId } from "@eventfold/shared-kernel"
import { DateTime, Effect } from "effect"
import { streamOf } from "../src/AccountStreamId.ts"
import { deposit, eur, open, usd, withdraw } from "./AccountSamples.ts"
import { uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const versions = (answer: Answer) => answer.body.all("entries").map((entry) => entry.number("version"))

type Money = ReturnType<typeof eur>

const entry = (version: number, hour: string, event: string, money: Money, balance: Money) => ({
  version,
  occurredAt: `${hour}:00:00.000Z`,
  event,
  money,
  balance
})

/** An account with five movements, one of which is imported late. */
const moved = Effect.gen(function* () {
  const { path } = yield* open()
  yield* deposit(path, eur(500), "2024-05-02")
  yield* deposit(path, usd(300), "2024-05-03")
  yield* withdraw(path, eur(200), "2024-05-04")
  yield* deposit(path, eur(50), "2024-05-01")
  yield* withdraw(path, usd(300), "2024-05-05T10:00:00+02:00")
  return path
})

describe("the history of balances over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("tells what came in and went out, with the balance afterwards", () =>
      Effect.gen(function* () {
        const path = yield* moved
        const { body, status } = yield* request("GET", `${path}/history`)
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(body.value, {
          accountId: path.slice("/accounts/".length),
          version: 6,
          entries: [
            entry(2, "2024-05-02T00", "MoneyDeposited", eur(500), eur(500)),
            entry(3, "2024-05-03T00", "MoneyDeposited", usd(300), usd(300)),
            entry(4, "2024-05-04T00", "MoneyWithdrawn", eur(200), eur(300)),
            entry(5, "2024-05-01T00", "MoneyDeposited", eur(50), eur(350)),
            entry(6, "2024-05-05T08", "MoneyWithdrawn", usd(300), usd(0))
          ]
        })
      })
    )

    it.effect("is narrowed by currency and by time, from (included) to (not included)", () =>
      Effect.gen(function* () {
        const path = yield* moved
        const asked = (query: string) => Effect.map(request("GET", `${path}/history?${query}`), versions)
        assert.deepStrictEqual(yield* asked("currency=USD"), [3, 6])
        assert.deepStrictEqual(yield* asked("from=2024-05-02&to=2024-05-04"), [2, 3])
        assert.deepStrictEqual(yield* asked("to=2024-05-03&currency=EUR"), [2, 5])
        assert.deepStrictEqual(yield* asked("currency=JPY"), [])
      })
    )

    it.effect("comes in pages that join to the whole, whatever narrows it", () =>
      Effect.gen(function* () {
        const path = yield* moved
        for (const query of ["", "currency=EUR", "from=2024-05-02", "currency=GBP"]) {
          const whole = yield* request("GET", `${path}/history?${query}`)
          assert.isUndefined(whole.body.at("nextCursor"))
          for (const limit of [1, 2, 3]) {
            const seen: Array<unknown> = []
            let cursor = ""
            for (let pages = 0; pages < 9; pages++) {
              const page = yield* request("GET", `${path}/history?${query}&limit=${limit}${cursor}`)
              const entries = page.body.all("entries")
              assert.isAtMost(entries.length, limit)
              seen.push(...entries.map(({ value }) => value))
              if (page.body.at("nextCursor") === undefined) break
              assert.strictEqual(entries.length, limit)
              cursor = `&cursor=${page.body.text("nextCursor")}`
            }
            assert.deepStrictEqual(seen, whole.body.at("entries"), `${query} by ${limit}`)
          }
        }
      })
    )

    it.effect("tells what was stored before there were currencies in US dollars", () =>
      Effect.gen(function* () {
        const accountId = AccountId.fromUuid(uuid())
        const old = (type: string, day: number, data: object) => ({
          id: uuid(),
          type,
          schemaVersion: 1,
          occurredAt: DateTime.makeUnsafe(`2019-03-0${day}T00:00:00Z`),
          data: { accountId, ...data },
          metadata: {}
        })
        const store = yield* EventStore
        yield* store.append(streamOf("main", accountId), ExpectedVersion.at(0), [
          old("AccountOpened", 1, { owner: "Ada Jansen" }),
          old("MoneyDeposited", 2, { amount: 500 }),
          old("MoneyWithdrawn", 3, { amount: 200 })
        ])
        const path = `/accounts/${accountId}`
        yield* deposit(path, eur(100), "2024-05-01")
        const account = yield* request("GET", path)
        assert.deepInclude(account.body.value, { version: 4, owner: "Ada Jansen", balances: [usd(300), eur(100)] })
        const { body } = yield* request("GET", `${path}/history`)
        assert.deepStrictEqual(body.at("entries"), [
          entry(2, "2019-03-02T00", "MoneyDeposited", usd(500), usd(500)),
          entry(3, "2019-03-03T00", "MoneyWithdrawn", usd(200), usd(300)),
          entry(4, "2024-05-01T00", "MoneyDeposited", eur(100), eur(100))
        ])
      })
    )

    it.effect("of many events is read a page of the store at a time", () =>
      Effect.gen(function* () {
        const accountId = AccountId.fromUuid(uuid())
        const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
        const money = { amount: 1, currency: "EUR" } as const
        const events: ReadonlyArray<AccountEvents.AccountEvent> = Array.from({ length: 1_200 }, () => ({
          _tag: "MoneyDeposited",
          accountId,
          occurredAt,
          money
        }))
        const { path } = yield* open({ accountId })
        const store = yield* EventStore
        const encoded = yield* EventCodec.make(Account.Account.Event).encode(events, "main")
        const stored = encoded.map((event) => ({ ...event, id: uuid(), metadata: {} }))
        yield* store.append(streamOf("main", accountId), ExpectedVersion.at(1), stored)
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual([body.at("version"), body.at("balances")], [1_201, [eur(1_200)]])
        const first = yield* request("GET", `${path}/history?limit=1000`)
        assert.deepStrictEqual([versions(first).length, first.body.at("version")], [1_000, 1_201])
        const second = yield* request("GET", `${path}/history?cursor=${first.body.text("nextCursor")}`)
        assert.deepStrictEqual(
          second.body.all("entries").map((entry) => entry.number("balance", "amount")),
          Array.from({ length: 200 }, (_, index) => 1_001 + index)
        )
        assert.isUndefined(second.body.at("nextCursor"))
      })
    )
  })
})
