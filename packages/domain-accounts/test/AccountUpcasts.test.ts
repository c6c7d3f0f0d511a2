import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Personal } from "@eventfold/decider"
import { AccountEvents, AccountUpcasts } from "@eventfold/domain-accounts"
import { DateTime, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { accountId, eur, given, owner, usd } = Scenario

// As they were written: this text is history and is not adjusted to new code.
const stored = [
  `{"_tag":"AccountOpened","occurredAt":"2019-03-01T09:00:00.000Z","accountId":"${accountId}","owner":"Ada Lovelace"}`,
  `{"_tag":"MoneyDeposited","occurredAt":"2019-03-02T09:00:00.000Z","accountId":"${accountId}","amount":500}`,
  `{"_tag":"MoneyWithdrawn","occurredAt":"2019-03-03T09:00:00.000Z","accountId":"${accountId}","amount":200}`
] as const

const read = <A>(schema: Schema.Codec<A, unknown>, text: string) =>
  Schema.decodeUnknownSync(Schema.toCodecJson(schema))(JSON.parse(text))

describe("events of the time before currencies", () => {
  const opened = read(AccountUpcasts.AccountOpenedV1, stored[0])
  const deposited = read(AccountUpcasts.MoneyDepositedV1, stored[1])
  const withdrawn = read(AccountUpcasts.MoneyWithdrawnV1, stored[2])

  it("are about US dollars", () => {
    assert.deepStrictEqual(AccountUpcasts.accountOpened(opened), {
      accountId,
      owner: Personal.of(accountId, owner),
      currency: "USD"
    })
    assert.deepStrictEqual(AccountUpcasts.moneyDeposited(deposited), { accountId, money: usd(500) })
    assert.deepStrictEqual(AccountUpcasts.moneyWithdrawn(withdrawn), { accountId, money: usd(200) })
  })

  it("make an account of today, to which money of any currency can come", () => {
    const { AccountOpened, MoneyDeposited, MoneyWithdrawn } = AccountEvents
    const account = given(
      AccountOpened.make({ ...AccountUpcasts.accountOpened(opened), occurredAt: opened.occurredAt }),
      MoneyDeposited.make({ ...AccountUpcasts.moneyDeposited(deposited), occurredAt: deposited.occurredAt }),
      MoneyWithdrawn.make({ ...AccountUpcasts.moneyWithdrawn(withdrawn), occurredAt: withdrawn.occurredAt })
    )
    const more = Scenario.recorded(account.when(Scenario.deposit(eur(100))))
    assert.deepStrictEqual(Scenario.balances(given(...account.events, ...more)), [usd(300), eur(100)])
    assert.strictEqual(DateTime.formatIso(opened.occurredAt), "2019-03-01T09:00:00.000Z")
  })

  it("are the first of the versions that each event has", () => {
    const versions = AccountEvents.AccountEvent.members.map((event) =>
      DomainEvent.versionsOf(event).map(({ schema, version }) => [version, DomainEvent.nameOf(schema)])
    )
    assert.deepStrictEqual(versions, [
      [
        [1, "AccountOpened"],
        [2, "AccountOpened"]
      ],
      [
        [1, "MoneyDeposited"],
        [2, "MoneyDeposited"]
      ],
      [
        [1, "MoneyWithdrawn"],
        [2, "MoneyWithdrawn"]
      ],
      [[1, "MoneySent"]],
      [[1, "MoneyReceived"]],
      [[1, "MoneyReturned"]],
      [[1, "AccountClosed"]]
    ])
  })
})
