/**
 * Transfers as sagas: the laws of every saga; and over random transfers between accounts that are paid into, paid out of
 * and closed meanwhile, while answers are lost and commands come twice or late, no money is made or lost.
 */
import { assert, describe, it } from "@effect/vitest"
import { TransferProcess } from "@eventfold/domain-accounts"
import { effort, SagaLaws } from "@eventfold/testing"
import { Effect, Random } from "effect"
import { Bank, type Fate } from "./TransferBank.ts"
import * as Scenario from "./Scenario.ts"

const { accountId, otherId, transferId, usd } = Scenario

describe("the saga of a transfer", () => {
  const input = { transferId, from: accountId, to: otherId, money: usd(500) }
  for (const law of SagaLaws.of(TransferProcess.make(), { runs: 40 * effort, inputs: [input] })) {
    it.effect(law.name, () => law.check)
  }
})

const always = (fate: Fate) => () => fate

describe("a transfer", () => {
  const money = usd(300)

  it("leaves the one account and arrives on the other", () => {
    const bank = new Bank(2, usd(500))
    bank.start(0, { from: 0, to: 1, money })
    bank.run(always("heard"))
    assert.deepStrictEqual(bank.held("USD"), [200, 800])
    assert.deepStrictEqual(bank.ends(), [["completed", "arrived"]])
  })

  it("that is refused by the account it leaves is over, and nothing has moved", () => {
    const bank = new Bank(2, usd(200))
    bank.start(0, { from: 0, to: 1, money })
    bank.run(always("heard"))
    assert.deepStrictEqual(bank.held("USD"), [200, 200])
    assert.deepStrictEqual(bank.ends(), [["compensated", "barred"]])
  })

  it("that the other account refuses, being closed, comes back", () => {
    const bank = new Bank(2, usd(500))
    bank.close(1)
    bank.start(0, { from: 0, to: 1, money })
    bank.run(always("heard"))
    assert.deepStrictEqual(bank.held("USD"), [500, 0])
    assert.deepStrictEqual(bank.ends(), [["compensated", "returned"]])
  })

  it("whose arrival nobody hears of has arrived once; what cannot be sent comes back", () => {
    const unheard = new Bank(2, usd(500))
    unheard.start(0, { from: 0, to: 1, money })
    unheard.run((command) => (command === "ReceiveTransfer" ? "lost" : "heard"))
    assert.deepStrictEqual(unheard.held("USD"), [200, 800])
    assert.deepStrictEqual(unheard.ends(), [["compensated", "arrived"]])

    const unsent = new Bank(2, usd(500))
    unsent.start(0, { from: 0, to: 1, money })
    unsent.run((command) => (command === "ReceiveTransfer" ? "late" : "heard"))
    unsent.deliverLate()
    assert.deepStrictEqual(unsent.held("USD"), [500, 500])
    assert.deepStrictEqual(unsent.ends(), [["compensated", "returned"]])
  })

  it("that was cancelled before it was heard of never leaves", () => {
    const bank = new Bank(2, usd(500))
    bank.start(0, { from: 0, to: 1, money })
    bank.run((command) => (command === "SendTransfer" ? "late" : "heard"))
    bank.deliverLate()
    assert.deepStrictEqual(bank.held("USD"), [500, 500])
    assert.deepStrictEqual(bank.ends(), [["compensated", "barred"]])
  })
})

const oneOf = <A>(all: readonly [A, ...ReadonlyArray<A>]) =>
  Effect.map(Random.nextIntBetween(0, all.length - 1), (index) => all[index] ?? all[0])
const fates = ["heard", "heard", "heard", "heard", "lost", "late", "doubled", "not sent"] as const

const randomRun = Effect.gen(function* () {
  const accounts = 4
  const bank = new Bank(accounts, usd(1_000))
  const total = bank.total()
  let number = 0
  for (let turn = 0; turn < 120; turn += 1) {
    const [odds, from, to] = [
      yield* Random.next,
      yield* Random.nextIntBetween(0, accounts - 1),
      yield* Random.nextIntBetween(0, accounts - 1)
    ]
    if (odds < 0.2) {
      const amount = yield* Random.nextIntBetween(1, 1_200)
      bank.start(number, { from, to, money: Scenario.money(amount, odds < 0.03 ? "JPY" : "USD") })
      number += 1
    } else if (odds < 0.22) bank.close(from)
    else if (odds < 0.25) bank.cancel(yield* Random.nextIntBetween(0, number))
    else if (odds < 0.3) bank.deliverLate()
    else if (number > 0) {
      const fate = yield* oneOf(fates)
      bank.step(yield* Random.nextIntBetween(0, number - 1), () => fate)
    }
    assert.deepStrictEqual(bank.total(), total, `turn ${turn}`)
  }
  bank.run(always("heard"))
  bank.deliverLate()
  assert.deepStrictEqual(bank.total(), total)
  assert.deepStrictEqual(bank.onItsWay(), [])
  for (const [saga, transfer] of bank.ends()) {
    assert.include(saga === "completed" ? ["arrived"] : ["barred", "returned", "arrived"], transfer)
  }
})

describe("any transfers, whatever fails", () => {
  for (const seed of Array.from({ length: 60 * effort }, (_, index) => `transfers-${index}`)) {
    it.effect(`make and lose no money (seed ${seed})`, () => randomRun.pipe(Random.withSeed(seed)))
  }
})
