/** A transfer in every state, and what each command leads to. */
import { assert, describe, it } from "@effect/vitest"
import { AccountMoves, Transfer, type TransferCommands, TransferErrors } from "@eventfold/domain-accounts"
import { told } from "@eventfold/testing/DeciderScenario"
import { Option, Result, Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"
import * as Transfers from "./Transfers.ts"

const { accountId, eur, otherId, transferId, usd } = Scenario
const { after, cancel, commands, receive, send, transfers } = Transfers

describe("a transfer", () => {
  const table: Record<keyof typeof commands, Record<keyof typeof transfers, string>> = {
    send: {
      none: "TransferSent",
      sent: "nothing",
      arrived: "nothing",
      returned: "TransferCancelled",
      barred: "TransferCancelled"
    },
    receive: {
      none: "TransferNotSent",
      sent: "TransferArrived",
      arrived: "nothing",
      returned: "TransferCancelled",
      barred: "TransferCancelled"
    },
    cancel: {
      none: "TransferBarred",
      sent: "TransferReturned",
      arrived: "nothing",
      returned: "nothing",
      barred: "nothing"
    }
  }
  for (const name of Struct.keys(table)) {
    for (const state of Struct.keys(transfers)) {
      it(`that is ${state}: ${name} leads to ${table[name][state]}`, () => {
        assert.strictEqual(told(transfers[state].when(commands[name])), table[name][state])
        assert.strictEqual(transfers[state].state.status, state)
      })
    }
  }

  it("is between two accounts, and is about one thing only", () => {
    assert.strictEqual(told(transfers.none.when({ ...send, to: accountId })), "TransferToSameAccount")
    const difference = (other: Partial<typeof send>) =>
      Result.match(transfers.sent.when({ ...send, ...other }), {
        onFailure: (refusal) => refusal._tag === "TransferDiffers" && refusal.differs,
        onSuccess: () => undefined
      })
    assert.deepStrictEqual(
      [difference({ from: otherId, to: accountId }), difference({ money: eur(500) }), difference({ money: usd(1) })],
      ["from", "money", "money"]
    )
    assert.strictEqual(told(transfers.arrived.when({ ...send, money: { currency: "USD", amount: 500 } })), "nothing")
  })

  it("moves its money out, in, and back, and nothing when it is barred", () => {
    const moves = (...commands: ReadonlyArray<TransferCommands.TransferCommand>) =>
      after(...commands).events.map((event) =>
        Option.map(AccountMoves.of(event), ({ _tag, accountId, money }) => [_tag, accountId, money])
      )
    const out = Option.some(["SendMoney", accountId, usd(500)])
    assert.deepStrictEqual(moves(send, receive), [out, Option.some(["ReceiveMoney", otherId, usd(500)])])
    assert.deepStrictEqual(moves(send, cancel), [out, Option.some(["ReturnMoney", accountId, usd(500)])])
    assert.deepStrictEqual(moves(cancel), [Option.none()])
  })

  it("answers what it moves and where that stands", () => {
    const answer = (of: keyof typeof transfers) => Transfer.answerOf(transfers[of].state, transfers[of].events.length)
    const whole = { transferId, from: accountId, to: otherId, money: usd(500), status: "arrived", version: 2 }
    assert.deepEqual<unknown>(answer("arrived"), whole)
    assert.deepEqual<unknown>(answer("barred"), { transferId, status: "barred", version: 1 })
    assert.throws(() => answer("none"), RangeError)
  })

  it("says why it refuses, in JSON too", () => {
    const Refusal = Schema.toCodecJson(TransferErrors.TransferRefusal)
    const refusals = [
      transfers.none.when({ ...send, to: accountId }),
      transfers.sent.when({ ...send, money: usd(1) }),
      transfers.none.when(receive),
      transfers.returned.when(receive),
      transfers.barred.when(send)
    ].map((outcome) => Result.getOrThrow(Result.flip(outcome)))
    assert.deepStrictEqual(
      refusals.map(({ message }) => message.replace(transferId, "T").replace(accountId, "A")),
      [
        "transfer T is from account A to itself",
        "transfer T is there already, of another amount",
        "no money has been sent for transfer T",
        "transfer T was cancelled: its money went back",
        "transfer T was cancelled before any money left"
      ]
    )
    for (const refusal of refusals) {
      const back = Schema.decodeUnknownSync(Refusal)(JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refusal))))
      assert.deepStrictEqual(back, refusal)
    }
  })
})
