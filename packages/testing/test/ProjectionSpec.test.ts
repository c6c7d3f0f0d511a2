/** Given/when/then for projections: what it accepts, and what it says when something is not as expected. */
import { assert, describe, it } from "@effect/vitest"
import { Projection, ReadModel } from "@eventfold/decider"
import { DateTime, Option, Schema } from "effect"
import { AssertionError, ProjectionSpec } from "../src/index.ts"
import { AccountOpened, MoneyDeposited, MoneyWithdrawn } from "./Account.ts"

const { inStream } = ProjectionSpec
const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")
const euros = (amount: number) => ({ amount, currency: "EUR" })
const opened = AccountOpened.make({ occurredAt, owner: { name: "Ada", email: "a@example.org" }, limit: Option.none() })
const deposited = (amount: number) => MoneyDeposited.make({ occurredAt, amount: euros(amount) })
const withdrawn = (amount: number) => MoneyWithdrawn.make({ occurredAt, amount: euros(amount) })

const Row = Schema.Struct({ account: Schema.String, balance: Schema.Int, version: Schema.Int })
const readModel = ReadModel.make({ name: "balances", key: ["account"], row: Row })
const row = (account: string, balance: number, version: number) => ({ account, balance, version })
const total = row("all", 0, 0)

/** The balance of each account; withdrawing more than there is cannot be folded. Counts what was deposited in all. */
const Balances = Projection.make({
  readModel,
  events: Schema.Union([AccountOpened, MoneyDeposited, MoneyWithdrawn]),
  counters: ["balance"],
  initial: ({ account }) => row(account, 0, 0),
  keys: (_, { stream }) => [{ account: stream.id }],
  project: (event, [found], { stream, version }) => {
    if (event._tag === "AccountOpened") return [Projection.upsert(row(stream.id, 0, version))]
    if (found === undefined) throw new Error("no such account")
    if (event._tag === "MoneyDeposited") {
      const { amount } = event.amount
      return [
        Projection.upsert({ ...found, balance: found.balance + amount, version }),
        Projection.increment({ account: "all" }, "balance", amount)
      ]
    }
    if (found.balance < event.amount.amount) throw new Error("not enough")
    return found.balance === event.amount.amount
      ? [Projection.remove({ account: stream.id })]
      : [Projection.upsert({ ...found, balance: found.balance - event.amount.amount, version })]
  }
})

/** The message of the error that an expectation throws. */
const messageOf = (expectation: () => unknown): string => {
  try {
    expectation()
  } catch (error) {
    assert.instanceOf(error, AssertionError)
    return error.message
  }
  return assert.fail("the expectation holds, though it should not")
}

describe("an expectation that holds", () => {
  it("is one of the rows, in any order, and of the changes", () => {
    ProjectionSpec.given(Balances, [row("b", 5, 2)])
      .when([
        ...inStream("account", "a", [opened, deposited(3), deposited(4)]),
        ...inStream("account", "b", [withdrawn(5)])
      ])
      .thenRows([{ ...total, balance: 7 }, row("a", 7, 3)])
      .thenChanges([
        Projection.remove({ account: "b" }),
        { _tag: "Increment", key: { account: "all" }, by: { balance: 7 } },
        Projection.upsert(row("a", 7, 3))
      ])
  })

  it("is one that nothing changes", () => {
    ProjectionSpec.given(Balances, [row("a", 0, 1)])
      .when(inStream("account", "a", [opened]))
      .thenNothing()
      .thenRows([row("a", 0, 1)])
    ProjectionSpec.given(Balances).when([]).thenNothing().thenFailedAt()
  })

  it("is one that it fails, and of the rows and changes then", () => {
    ProjectionSpec.given(Balances)
      .when([
        ...inStream("account", "a", [opened, withdrawn(1), deposited(9)]),
        ...inStream("account", "b", [deposited(1)]),
        ...inStream("account", "c", [opened])
      ])
      .thenFailedAt(2, 4)
      .thenRows([row("a", 0, 1), row("c", 0, 1)])
      .thenChanges([Projection.upsert(row("a", 0, 1)), Projection.upsert(row("c", 0, 1))])
  })
})

describe("a projection that remembers something of each stream", () => {
  const Day = Schema.Struct({ account: Schema.String, paidIn: Schema.Int })
  const memory = ReadModel.make({ name: "paid_in", key: ["account"], row: Day })
  /** What was deposited in all; a withdrawal takes out again whatever that account has deposited. */
  const Deposits = Projection.countersWithMemory({
    readModel,
    events: Schema.Union([MoneyDeposited, MoneyWithdrawn]),
    memory: {
      category: "account",
      readModel: memory,
      remember: (before, event, { stream }) =>
        event._tag === "MoneyDeposited"
          ? { account: stream.id, paidIn: (before?.paidIn ?? 0) + event.amount.amount }
          : undefined
    },
    counters: ["balance"],
    initial: ({ account }) => row(account, 0, 0),
    count: (event, before) => [
      Projection.increment(
        { account: "all" },
        "balance",
        event._tag === "MoneyDeposited" ? event.amount.amount : -(before?.paidIn ?? 0)
      )
    ]
  })
  const when = ProjectionSpec.given(Deposits, [row("all", 5, 0)], [{ account: "a", paidIn: 5 }]).when([
    ...inStream("account", "a", [withdrawn(1)]),
    ...inStream("account", "b", [deposited(3), deposited(4)])
  ])

  it("is given what it remembers, and expected to remember", () => {
    when.thenRows([row("all", 7, 0)]).thenRemembers([{ account: "b", paidIn: 7 }])
    ProjectionSpec.given(Deposits).when([]).thenNothing().thenRemembers([])
  })

  it("shows what it remembers in place of what was expected", () => {
    const message = messageOf(() => when.thenRemembers([{ account: "b", paidIn: 8 }]))
    assert.include(message, "The events led to other memory.\n\nGiven rows\n")
    assert.include(message, '\n\nGiven memory\n  { account: "a", paidIn: 5 }\n\nWhen\n')
    assert.match(message, /-.*paidIn: 8[^]*\+.*paidIn: 7/u)
    const noted = Projection.countersWithMemory({
      ...Deposits,
      initial: ({ account }) => row(account, 0, 0),
      memory: {
        category: "account",
        readModel: memory,
        remember: (_, __, { stream }) => ({ account: stream.id, paidIn: 1 })
      },
      count: () => []
    })
    assert.include(
      messageOf(() =>
        ProjectionSpec.given(noted)
          .when(inStream("account", "a", [deposited(1)]))
          .thenNothing()
      ),
      "The events changed what is remembered."
    )
  })
})

describe("an expectation that does not hold", () => {
  it("shows the rows, the events and where they differ", () => {
    assert.strictEqual(
      messageOf(() =>
        ProjectionSpec.given(Balances, [row("a", 1, 1)])
          .when(inStream("account", "a", [deposited(2)]))
          .thenRows([{ ...total, balance: 2 }, row("a", 4, 1)])
      ),
      `The events led to other rows.

Given rows
  { account: "a", balance: 1, version: 1 }

When
  {
    at: 1
    stream: "account/a"
    event: MoneyDeposited {
      occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)
      amount: { amount: 2, currency: "EUR" }
    }
  }

Difference (- expected, + found)
    [
  -   { account: "a", balance: 4, version: 1 }
  +   { account: "a", balance: 3, version: 1 }
      { account: "all", balance: 2, version: 0 }
    ]`
    )
  })

  it("shows other changes, one too many, and a row that is expected twice", () => {
    const when = ProjectionSpec.given(Balances).when(inStream("account", "a", [opened]))
    const changes = messageOf(() => when.thenChanges([Projection.upsert(row("a", 1, 1))]))
    assert.include(changes, "The events led to other changes.\n\nGiven no rows\n\nWhen\n")
    assert.include(
      messageOf(() => when.thenNothing()),
      "The events changed rows."
    )
    assert.include(
      messageOf(() => when.thenRows([row("a", 0, 1), row("a", 0, 1)])),
      "The events led to other rows."
    )
  })

  it("shows a failure that was not expected, whatever else holds", () => {
    const when = ProjectionSpec.given(Balances).when(inStream("account", "a", [withdrawn(1)]))
    for (const expectation of [() => when.thenNothing(), () => when.thenRows([]), () => when.thenChanges([])]) {
      const message = messageOf(expectation)
      assert.match(message, /^The projection failed\.\n\nGiven no rows\n\nWhen\n/u)
      assert.include(message, "could not fold MoneyWithdrawn at position 1, and holds account/a of tenant main back:")
      assert.include(message, "no such account")
    }
  })

  it("shows where it failed instead", () => {
    const when = ProjectionSpec.given(Balances).when(inStream("account", "a", [opened, withdrawn(1)]))
    assert.include(
      messageOf(() => when.thenFailedAt(1)),
      "Expected the projection to fail at position 1, but it failed at position 2."
    )
    assert.include(
      messageOf(() => when.thenFailedAt()),
      "Expected the projection to fail at no event, but"
    )
  })

  it("shows a projection whose rows depend on how events are batched", () => {
    let calls = 0
    const counting = Projection.make({
      readModel,
      events: Schema.Union([AccountOpened]),
      keys: () => [{ account: "a" }],
      project: () => {
        calls += 1
        return [Projection.upsert(row("a", calls, 1))]
      }
    })
    const message = messageOf(() =>
      ProjectionSpec.given(counting)
        .when(inStream("account", "a", [opened]))
        .thenRows([row("a", 1, 1)])
    )
    assert.include(message, "One by one the events led to other rows (+) than in one batch (-).")
  })

  it("points at the line of the test", () => {
    try {
      ProjectionSpec.given(Balances)
        .when(inStream("account", "a", [opened]))
        .thenNothing()
      assert.fail("the expectation holds, though it should not")
    } catch (error) {
      assert.instanceOf(error, AssertionError)
      const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
      assert.include(frames[0], "ProjectionSpec.test.ts")
    }
  })
})

describe("a projection that breaks the rules", () => {
  it("fails when it changes an event of the past", () => {
    const careless = Projection.make({
      readModel,
      events: Schema.Union([MoneyDeposited]),
      keys: () => [],
      project: ({ amount }) => {
        Object.assign(amount, { amount: 0 })
        return []
      }
    })
    ProjectionSpec.given(careless)
      .when(inStream("account", "a", [deposited(1)]))
      .thenFailedAt(1)
  })
})
