/** The read models of accounts: summaries, search, total volume. */
import { assert, describe, it } from "@effect/vitest"
import { type Decider, type DomainEvent, Personal, Projection, Specification } from "@eventfold/decider"
import {
  type AccountCommands,
  type AccountEvents,
  AccountSearch,
  AccountSummaries,
  TotalVolume
} from "@eventfold/domain-accounts"
import { AccountId, PersonName } from "@eventfold/shared-kernel"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { Arbitrary, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { after, balances, close, day, deposit, eur, given, money, occurredAt, open, usd, withdraw } = Scenario
const options = { arbitrary: { runs: 40 * effort, size: 30 } }
const id = (last: number) => AccountId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`)
const hash = (word: string) => `h${Array.from(word, (letter) => letter.charCodeAt(0).toString(16)).join("")}z`
const summaries = AccountSummaries.make(hash)
const search = AccountSearch.make(hash)

type History = ReadonlyArray<AccountEvents.AccountEvent>

/** The events a projection wants, each history in its stream. */
const inStreams = <Event extends DomainEvent.DomainEvent>(
  { events }: { readonly events: Decider.EventUnion<Event> },
  ...histories: ReadonlyArray<History>
) => {
  const isWanted = Schema.is(events)
  return histories.flatMap((history) =>
    ProjectionSpec.inStream<Event>(
      "account",
      history[0]?.accountId ?? "",
      history.flatMap((event: unknown) => (isWanted(event) ? [event] : []))
    )
  )
}
const forgotten = (history: History): History =>
  history.map((event) =>
    event._tag === "AccountOpened" ? { ...event, owner: Personal.redacted(event.accountId) } : event
  )
const Histories = Arbitrary.map(Arbitrary.array(Walk, { maxLength: 4 }), (walks) =>
  walks
    .map((commands, index): History =>
      (walk(commands).at(-1)?.after.events ?? []).map((event, place) => ({
        ...event,
        accountId: id(index),
        occurredAt: day(1 + ((place * 3 + index) % 28))
      }))
    )
    .filter((history) => history.length > 0)
)

const summary = {
  accountId: Scenario.accountId,
  status: "open",
  currency: "USD",
  balances: [usd(300)],
  highBalance: false,
  ownerHash: hash("ada lovelace"),
  openedAt: occurredAt,
  lastActivityAt: day(3)
} as const

describe("the summaries of accounts", () => {
  it("tell balances, status and the last activity, and no name", () => {
    const { events } = after(open, deposit(usd(500), day(2)), withdraw(usd(200), day(3)))
    ProjectionSpec.given(summaries).when(inStreams(summaries, events)).thenRows([summary])
    const { ownerHash: _, ...nameless } = summary
    ProjectionSpec.given(summaries)
      .when(inStreams(summaries, forgotten(events)))
      .thenRows([nameless])
    ProjectionSpec.given(summaries, [summary])
      .when(inStreams(summaries, events.slice(0, 1)))
      .thenNothing()
    assert.isUndefined(Projection.inlineProblem(summaries))
  })

  it("tag a balance above 10,000 major units of its currency, as long as it is", () => {
    const highAfter = (...commands: ReadonlyArray<AccountCommands.AccountCommand>) => {
      const events = inStreams(summaries, after(open, ...commands).events)
      const happened = events.map(({ category, event, id, recordedAt }, index) => ({
        event,
        recorded: { stream: { tenant: "main", category, id }, version: index + 1, position: index + 1, recordedAt }
      }))
      return Projection.foldBatch(summaries)(new Map(), happened).changes.map(
        (change) => change._tag === "Upsert" && change.row.highBalance
      )
    }
    assert.deepStrictEqual(highAfter(deposit(usd(10_000_00))), [false])
    assert.deepStrictEqual(highAfter(deposit(usd(10_000_01))), [true])
    assert.deepStrictEqual(highAfter(deposit(money(10_001, "JPY"))), [true])
    assert.deepStrictEqual(highAfter(deposit(usd(10_000_01)), withdraw(usd(1))), [false])
    assert.deepStrictEqual(highAfter(deposit(usd(9_000_00)), deposit(eur(9_000_00))), [false])
  })

  it("are asked for by owner, by being active, since when, and by the tag", () => {
    const rows = [
      summary,
      { ...summary, accountId: id(2), status: "closed", ownerHash: hash("grace hopper") },
      { ...summary, accountId: id(3), highBalance: true, lastActivityAt: day(9) }
    ] as const
    const found = (where: Specification.Specification<AccountSummaries.AccountSummary>) =>
      rows.filter(Specification.matches(where)).map((row) => rows.indexOf(row))
    assert.deepStrictEqual(found(AccountSummaries.ownedBy(hash, PersonName.PersonName.make("ADA Lovelace"))), [0, 2])
    assert.deepStrictEqual(found(AccountSummaries.ownedBy(hash, PersonName.PersonName.make("Ada"))), [])
    assert.deepStrictEqual(found(AccountSummaries.active), [0, 2])
    assert.deepStrictEqual(found(AccountSummaries.inactive), [1])
    assert.deepStrictEqual(found(AccountSummaries.activeSince(day(3))), [0, 2])
    assert.deepStrictEqual(found(AccountSummaries.activeSince(day(4))), [2])
    assert.deepStrictEqual(found(AccountSummaries.highBalance), [2])
    assert.deepStrictEqual(AccountSummaries.balanceIn(summary, "USD"), usd(300))
    assert.isUndefined(AccountSummaries.balanceIn(summary, "EUR"))
  })

  it.prop(
    "are the state of each account, for any commands to any accounts",
    { histories: Histories },
    ({ histories }) => {
      ProjectionSpec.given(summaries)
        .when(inStreams(summaries, ...histories))
        .thenRows(
          histories.flatMap((history) => {
            const { state } = given(...history)
            const [first, last] = [history[0], history.at(-1)]
            if (state.status === "none" || first === undefined || last === undefined) return []
            const { accountId, balances, currency, status } = state
            const highBalance = balances.some(
              ({ amount, currency }) => amount / (currency === "JPY" ? 1 : 100) > 10_000
            )
            const times = { openedAt: first.occurredAt, lastActivityAt: last.occurredAt }
            const ownerHash = Personal.match(state.owner, {
              onKnown: (name) => hash(name.toLowerCase()),
              onRedacted: () => ""
            })
            return [{ accountId, status, currency, balances, highBalance, ownerHash, ...times }]
          })
        )
    },
    options
  )
})

describe("the search for accounts", () => {
  const rowsAfter = (...histories: ReadonlyArray<History>) => {
    const happened = inStreams(search, ...histories).map(({ category, event, id, recordedAt }, index) => ({
      event,
      recorded: { stream: { tenant: "main", category, id }, version: index + 1, position: index + 1, recordedAt }
    }))
    return Projection.foldBatch(search)(new Map(), happened).changes.flatMap((change) =>
      change._tag === "Upsert" ? [change.row] : []
    )
  }
  const histories = [
    after(open, deposit(usd(10_000_01))).events,
    after({ ...open, owner: Scenario.otherOwner }, close).events
  ].map((events, index): History => events.map((event) => ({ ...event, accountId: id(index) })))

  it("finds accounts by id, tag and whole words of the owner's name, and holds no such word", () => {
    const rows = rowsAfter(...histories)
    const found = (where: Specification.Specification<AccountSearch.AccountSearchRow>) =>
      rows.filter(Specification.matches(where)).map(({ accountId }) => accountId)
    assert.deepStrictEqual(found(AccountSearch.withWords(id(1))), [id(1)])
    assert.deepStrictEqual(found(AccountSearch.withTag("high-balance")), [id(0)])
    assert.deepStrictEqual(found(AccountSearch.withTag("closed")), [id(1)])
    assert.deepStrictEqual(found(AccountSearch.withOwner(hash, "lovelace ADA")), [id(0)])
    assert.deepStrictEqual(found(AccountSearch.withOwner(hash, "love")), [])
    assert.notInclude(JSON.stringify(rows).toLowerCase(), "lovelace")
    assert.deepStrictEqual(
      rowsAfter(...histories.map(forgotten)).map(({ ownerWords }) => ownerWords),
      [[], []]
    )
  })

  it("forgets the tag of an account whose balance goes down", () => {
    const { events } = after(open, deposit(usd(10_000_01)), withdraw(usd(10_000_01)), close)
    ProjectionSpec.given(search)
      .when(inStreams(search, events))
      .thenRows([
        {
          accountId: Scenario.accountId,
          tags: ["closed"],
          balances: [usd(0)],
          words: ["account", ...AccountId.uuidOf(Scenario.accountId).split("-"), "closed"],
          ownerWords: ["ada", "lovelace"].map(hash)
        }
      ])
  })

  it.prop(
    "has the balances of each account, for any commands to any accounts",
    { histories: Histories },
    ({ histories }) => {
      const rows = rowsAfter(...histories)
      ProjectionSpec.given(search)
        .when(inStreams(search, ...histories))
        .thenRows(rows)
      assert.deepStrictEqual(
        rows.map((row) => [row.accountId, row.balances, row.tags.includes("closed")]),
        histories.map((history) => [
          history[0]?.accountId,
          balances(given(...history)),
          given(...history).state.status === "closed"
        ])
      )
    },
    options
  )
})

describe("the total volume", () => {
  const volume = TotalVolume.TotalVolume

  it("adds up what was paid in and out, per currency", () => {
    const { events } = after(open, deposit(usd(500)), deposit(eur(70)), withdraw(usd(200)), deposit(usd(1)))
    ProjectionSpec.given(volume)
      .when(inStreams(volume, events))
      .thenRows([
        { currency: "USD", deposited: 501, withdrawn: 200, deposits: 2, withdrawals: 1 },
        { currency: "EUR", deposited: 70, withdrawn: 0, deposits: 1, withdrawals: 0 }
      ])
    assert.isUndefined(Projection.inlineProblem(volume))
  })

  it.prop(
    "is what adding up the whole history says",
    { histories: Histories },
    ({ histories }) => {
      const rows = new Map<string, TotalVolume.TotalVolumeRow>()
      for (const event of histories.flat()) {
        if (event._tag !== "MoneyDeposited" && event._tag !== "MoneyWithdrawn") continue
        const { amount, currency } = event.money
        const row = rows.get(currency) ?? { currency, deposited: 0, withdrawn: 0, deposits: 0, withdrawals: 0 }
        const deposited = event._tag === "MoneyDeposited"
        rows.set(
          currency,
          deposited
            ? { ...row, deposited: row.deposited + amount, deposits: row.deposits + 1 }
            : { ...row, withdrawn: row.withdrawn + amount, withdrawals: row.withdrawals + 1 }
        )
      }
      const exact = Array.from(rows.values()).every(
        ({ deposited, withdrawn }) => Number.isSafeInteger(deposited) && Number.isSafeInteger(withdrawn)
      )
      // What leaves the exact whole numbers is refused, and never rounded: see the laws of increments.
      if (!exact) return
      ProjectionSpec.given(volume)
        .when(inStreams(volume, ...histories))
        .thenRows(Array.from(rows.values()))
    },
    options
  )
})
