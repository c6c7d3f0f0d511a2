/** What would have been: another fold, other events, and what differs; and every account as of a date. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type EventNotDecodable, EventStore, ExpectedVersion, History } from "../src/index.ts"
import { Account, type Event, streamOf } from "./Account.ts"
import { onFreshStore, opened, rawEvent, stream } from "./FreshStore.ts"

const history = History.make(Account)

/** The account as it should have been folded: whoever withdraws pays a fee of a cent. */
const withFee: typeof Account = {
  ...Account,
  evolve: (state, event) => {
    const next = Account.evolve(state, event)
    return event._tag === "MoneyWithdrawn" ? { ...next, balance: next.balance - 1n } : next
  }
}

let made = 0
const event = (type: string, cents: number) => {
  made += 1
  return rawEvent(1000 + made, { type, data: { cents: String(cents) } })
}
const begin = () => ({ ...opened, id: event("", 0).id })

/** Begins an account with these events in it. */
const account = (id: string, ...events: ReadonlyArray<ReturnType<typeof rawEvent>>) =>
  Effect.flatMap(EventStore, (store) =>
    store.append(streamOf("acme", id), ExpectedVersion.NoStream, [begin(), ...events])
  )

const deposit = (cents: number) => event("MoneyDeposited", cents)
const withdrawal = (cents: number) => event("MoneyWithdrawn", cents)

const idOf = <A extends { readonly stream: { readonly id: string } }>(result: Result.Result<A, EventNotDecodable>) =>
  Result.isSuccess(result) ? result.success.stream.id : `cannot read ${result.failure.stream.id}`

describe("what if", () => {
  it.effect("another fold had been right: tells both states and where they differ", () =>
    Effect.gen(function* () {
      yield* account("a-1", deposit(100), withdrawal(30))
      const { corrected, current, differences, version } = yield* history.whatIf(stream, { fold: withFee })
      assert.deepStrictEqual(
        [current, corrected],
        [
          { open: true, balance: 70n },
          { open: true, balance: 69n }
        ]
      )
      assert.deepStrictEqual(differences, [{ path: ["balance"], before: 70n, after: 69n }])
      assert.strictEqual(version, 3)
    }).pipe(onFreshStore)
  )

  it.effect("the states are of another shape: a fold of any kind over the same events", () =>
    Effect.gen(function* () {
      yield* account("a-1", deposit(100), withdrawal(30))
      const counted = {
        initial: { moves: 0 },
        evolve: ({ moves }: { readonly moves: number }) => ({ moves: moves + 1 })
      }
      const { differences } = yield* history.whatIf(stream, { fold: counted })
      assert.deepStrictEqual(differences.map(History.formatDifference), [
        "open: true → nothing",
        "balance: 70n → nothing",
        "moves: nothing → 3"
      ])
    }).pipe(onFreshStore)
  )

  it.effect("an event had not happened, had been another one, or had been several", () =>
    Effect.gen(function* () {
      yield* account("a-1", deposit(100), withdrawal(30))
      const balanceIf = (instead: (event: Event, version: number) => ReadonlyArray<Event>) =>
        Effect.map(
          history.whatIf(stream, { instead: (event, { version }) => instead(event, version) }),
          ({ corrected }) => corrected.balance
        )
      assert.strictEqual(yield* balanceIf((event) => (event._tag === "MoneyWithdrawn" ? [] : [event])), 100n)
      assert.strictEqual(
        yield* balanceIf((event) => [event._tag === "MoneyDeposited" ? { ...event, cents: 500n } : event]),
        470n
      )
      assert.strictEqual(yield* balanceIf((event, version) => (version === 2 ? [event, event] : [event])), 170n)
    }).pipe(onFreshStore)
  )

  it.effect("it is asked as of a version: later events are left out on both sides", () =>
    Effect.gen(function* () {
      yield* account("a-1", deposit(100), withdrawal(30))
      const asOf = History.atVersion(2)
      const { current, differences, version } = yield* history.whatIf(stream, { fold: withFee, asOf })
      assert.deepStrictEqual([current.balance, differences, version], [100n, [], 2])
    }).pipe(onFreshStore)
  )

  it.effect("of all accounts: answers those that would be different, and names those that cannot be read", () =>
    Effect.gen(function* () {
      yield* account("a-1", deposit(100), withdrawal(30))
      yield* account("a-2", deposit(100))
      yield* account("a-3", event("SomethingUnknown", 0))
      yield* account("a-4", deposit(5), withdrawal(2), withdrawal(2))
      const found = yield* Stream.runCollect(history.eachWhatIf({ tenant: "acme" }, { fold: withFee }))
      assert.deepStrictEqual(found.map(idOf), ["a-1", "cannot read a-3", "a-4"])
      const same = yield* Stream.runCollect(history.eachWhatIf({ tenant: "acme", after: "a-3" }, {}))
      assert.deepStrictEqual(same, [])
    }).pipe(onFreshStore)
  )
})

describe("every account as of a date", () => {
  const first = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
  const second = DateTime.add(first, { days: 1 })

  it.effect("comes in the order of ids; what had not begun is left out, what cannot be read is named", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(first.epochMilliseconds)
      yield* account("b", deposit(1))
      yield* account("a", deposit(2))
      yield* account("c", event("SomethingUnknown", 0))
      yield* TestClock.setTime(second.epochMilliseconds)
      yield* account("aa", deposit(3))
      const asOf = (date: DateTime.Utc, tenant = "acme") =>
        Effect.map(Stream.runCollect(history.eachAsOf({ tenant }, History.recordedBy(date))), (found) =>
          found.map(idOf)
        )
      assert.deepStrictEqual(yield* asOf(first), ["a", "b", "cannot read c"])
      assert.deepStrictEqual(yield* asOf(second), ["a", "aa", "b", "cannot read c"])
      assert.deepStrictEqual(yield* asOf(DateTime.subtract(first, { milliseconds: 1 })), [])
      assert.deepStrictEqual(yield* asOf(second, "globex"), [])
    }).pipe(onFreshStore)
  )

  it.effect("is read in pages that join to the whole, also where a page has nothing to tell", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 600 }, (_, index) => `a-${String(index).padStart(3, "0")}`)
      yield* Effect.forEach(ids, (id) => account(id, deposit(1)), { discard: true })
      const all = yield* Stream.runCollect(history.eachAsOf({ tenant: "acme" }, History.latest))
      assert.deepStrictEqual(all.map(idOf), ids)
      const seen: Array<string> = []
      let after: string | undefined
      for (let pages = 0; pages < 4; pages++) {
        const page = yield* history.pageAsOf({ tenant: "acme", limit: 200, after }, History.latest)
        seen.push(...page.found.map(idOf))
        after = page.next
      }
      // The last page was full, so only the one after it, which is empty, can tell that it was the last.
      assert.deepStrictEqual([seen, after], [ids, undefined])
      const before = History.recordedBy(DateTime.makeUnsafe(-1))
      const empty = yield* history.pageAsOf({ tenant: "acme", limit: 2 }, before)
      assert.deepStrictEqual(empty, { found: [], next: "a-001" })
      assert.deepStrictEqual(yield* Stream.runCollect(history.eachAsOf({ tenant: "acme" }, before)), [])
    }).pipe(onFreshStore)
  )

  it.effect.each([0, 1_001, 1.5])("of %s streams at a time is refused", (limit) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(history.pageAsOf({ tenant: "acme", limit }, History.latest))
      assert.strictEqual(error.message, "limit: must be a whole number from 1 to 1000")
    }).pipe(onFreshStore)
  )

  it.effect("reads a few streams at the same time and no more", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 20 }, (_, index) => `a-${index + 10}`)
      yield* Effect.forEach(ids, (id) => account(id), { discard: true })
      let [now, most] = [0, 0]
      const watched = Effect.updateService(EventStore, (store) => ({
        ...store,
        readPage: (stream, page) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              now += 1
              most = Math.max(most, now)
            }),
            () => Effect.andThen(Effect.yieldNow, store.readPage(stream, page)),
            () => Effect.sync(() => void (now -= 1))
          )
      }))
      yield* watched(history.pageAsOf({ tenant: "acme", limit: 20 }, History.recordedBy(first)))
      assert.strictEqual(most, 4)
    }).pipe(onFreshStore)
  )
})

describe("the differences between two states", () => {
  const told = (before: unknown, after: unknown) =>
    History.differencesBetween(before, after).map(History.formatDifference)

  it("are told part by part: keys, places, what is gone and what is new", () => {
    const before = { lines: [{ quantity: 2 }, { quantity: 1 }], note: "a", gone: 1 }
    const after = { lines: [{ quantity: 3 }], note: "a", fresh: { deep: true } }
    assert.deepStrictEqual(told(before, after), [
      "lines[0].quantity: 2 → 3",
      'lines[1]: {"quantity":1} → nothing',
      "gone: 1 → nothing",
      'fresh: nothing → {"deep":true}'
    ])
  })

  it("take dates, options and maps as one value", () => {
    const at = (text: string) => ({ at: DateTime.makeUnsafe(text) })
    assert.deepStrictEqual(told(at("2024-05-01"), at("2024-05-01")), [])
    assert.strictEqual(told(at("2024-05-01"), at("2024-05-02")).length, 1)
    assert.deepStrictEqual(told({ by: Option.some(1) }, { by: Option.some(1) }), [])
    assert.strictEqual(told({ by: Option.some(1) }, { by: Option.none() }).length, 1)
    assert.deepStrictEqual(told(new Map([["a", 1]]), new Map([["a", 1]])), [])
  })

  it("of states that are no objects, or of another kind, are the whole", () => {
    assert.deepStrictEqual(told(1, 2), ["(all of it): 1 → 2"])
    assert.strictEqual(told([1], { 0: 1 }).length, 1)
    assert.deepStrictEqual(told([], []), [])
  })
})
