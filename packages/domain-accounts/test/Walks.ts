/** Random walks: sequences of commands to one account, and what becomes of it on the way. */
import type { AccountCommands, AccountMoves } from "@eventfold/domain-accounts"
import { Arbitrary, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

export { walk } from "./Scenario.ts"

const { close, deposit, giveBack, largest, open, receive, send, withdraw } = Scenario

/** What is asked of an account, by people or by transfers. */
type Asked = AccountCommands.AccountCommand | AccountMoves.AccountMove

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

// Few currencies and small amounts, so that commands meet each other; now and then an amount that is too much.
const Money = Arbitrary.map(
  Arbitrary.all([
    Arbitrary.schema(Schema.Union([whole(1, 9), whole(1, 9), whole(1, 9), whole(largest - 9, largest)])),
    Arbitrary.schema(Schema.Literals(["USD", "USD", "EUR", "JPY"]))
  ]),
  ([amount, currency]) => Scenario.money(amount, currency)
)
const Flag = Arbitrary.schema(Schema.Literals([true, true, true, false]))

const kinds = {
  OpenAccount: Arbitrary.map(Arbitrary.all([Flag, Flag]), ([sameOwner, sameCurrency]) => ({
    ...open,
    owner: sameOwner ? Scenario.owner : Scenario.otherOwner,
    currency: sameCurrency ? ("USD" as const) : ("EUR" as const)
  })),
  Deposit: Arbitrary.map(Money, (money) => deposit(money)),
  Withdraw: Arbitrary.map(Money, (money) => withdraw(money)),
  CloseAccount: Arbitrary.Constant(close),
  SendMoney: Arbitrary.map(Money, send),
  ReceiveMoney: Arbitrary.map(Money, receive),
  ReturnMoney: Arbitrary.map(Money, giveBack)
} satisfies Record<Asked["_tag"], Arbitrary.Arbitrary<Asked>>

const tags = [
  "OpenAccount",
  ...Array.from({ length: 5 }, () => "Deposit" as const),
  ...Array.from({ length: 6 }, () => "Withdraw" as const),
  "SendMoney",
  "SendMoney",
  "ReceiveMoney",
  "ReturnMoney",
  "CloseAccount"
] as const

/** Commands in any order; mostly on an account that was opened first. */
export const Walk = Arbitrary.map(
  Arbitrary.all([
    Flag,
    Arbitrary.array(
      Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(tags)), (tag): Arbitrary.Arbitrary<Asked> => kinds[tag]),
      { maxLength: 30 }
    )
  ]),
  ([opened, rest]): ReadonlyArray<Asked> => [...(opened ? [open] : []), ...rest]
)
