import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { deposit, eur, open, usd, withdraw } from "./AccountSamples.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { request } from "./TestService.ts"

const idOf = (path: string) => path.replace("/accounts/", "")

/** An account that was opened and closed in January, a high one used in February, a low one used in March. */
const threeAccounts = Effect.gen(function* () {
  const owner = "Philippa Unparalleled"
  const closed = yield* open({ owner: "Ada Jansen", occurredAt: "2024-01-01T09:00:00Z" })
  yield* request("POST", `${closed.path}/close`, { body: { occurredAt: "2024-01-02T09:00:00Z" } })
  const high = yield* open({ owner, occurredAt: "2024-01-03T09:00:00Z" })
  yield* deposit(high.path, eur(1_000_001), "2024-02-01T09:00:00Z")
  const low = yield* open({ owner: "Grace de Boer", occurredAt: "2024-01-04T09:00:00Z" })
  yield* deposit(low.path, usd(2_000), "2024-02-02T09:00:00Z")
  const last = yield* withdraw(low.path, usd(500), "2024-03-01T09:00:00Z")
  return { owner, headers: after(last), closed: idOf(closed.path), high: idOf(high.path), low: idOf(low.path) }
})

describe("the list of accounts", () => {
  layer(readyService(), { excludeTestServices: true })((it) => {
    it.effect("is filtered, searched and added up, and names nobody", () =>
      Effect.gen(function* () {
        const { closed, headers, high, low, owner } = yield* threeAccounts
        for (const [query, wanted] of [
          ["", [low, high, closed]],
          [`owner=${encodeURIComponent(owner)}`, [high]],
          [`owner=${encodeURIComponent("philippa unparalleled")}`, [high]],
          ["owner=Philippa", []],
          ["status=closed", [closed]],
          ["status=open", [low, high]],
          ["highBalance=true", [high]],
          ["highBalance=false", [low, closed]],
          ["activeSince=2024-02-01T09:00:00Z", [low, high]],
          ["activeSince=2024-02-01T09:00:01Z&status=open", [low]]
        ] as const) {
          const page = yield* read(`/accounts?${query}`, headers)
          assert.deepStrictEqual(
            [each(page, "accounts", "accountId"), page.at("total")],
            [wanted, wanted.length],
            query
          )
        }
        const found = Effect.fnUntraced(function* (query: string) {
          return each(yield* read(`/accounts/search?${query}`, headers), "accounts", "accountId")
        })
        assert.deepStrictEqual(yield* found("q=unparalleled"), [high])
        assert.deepStrictEqual(yield* found("q=unparall"), [])
        assert.deepStrictEqual(yield* found(`q=${low}`), [low])
        assert.deepStrictEqual(yield* found("tag=high-balance"), [high])
        assert.deepStrictEqual(yield* found("tag=closed&q=jansen"), [closed])
        assert.deepStrictEqual(yield* found("tag=open&q=jansen"), [])
        assert.sameMembers(Array.from(yield* found("tag=open")), [low, high])

        const first = yield* read("/accounts?limit=2", headers)
        const rest = yield* read(`/accounts?limit=2&cursor=${first.text("nextCursor")}`, headers)
        assert.deepStrictEqual([each(rest, "accounts", "accountId"), rest.at("nextCursor")], [[closed], undefined])
        assert.deepStrictEqual(first.at("accounts", 0), {
          accountId: low,
          status: "open",
          currency: "EUR",
          balances: [eur(0), usd(1_500)],
          highBalance: false,
          openedAt: "2024-01-04T09:00:00.000Z",
          lastActivityAt: "2024-03-01T09:00:00.000Z"
        })
        assert.notInclude(JSON.stringify(first.value), "Philippa")

        const { body, headers: told } = yield* request("GET", "/accounts/volume")
        assert.strictEqual(told["up-to-date"], "true")
        assert.sameDeepMembers(Array.from(each(body, "volumes")), [
          { deposited: eur(1_000_001), withdrawn: eur(0), deposits: 1, withdrawals: 0 },
          { deposited: usd(2_000), withdrawn: usd(500), deposits: 1, withdrawals: 1 }
        ])
      })
    )
  })
})
