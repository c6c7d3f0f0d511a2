/** A bank account: open, deposit, withdraw, and what is refused. The aggregate of the tests in this package. */
import { Decider, DomainEvent, Message } from "@eventfold/decider"
import { DateTime, Option, Result, Schema } from "effect"
import { CommandBus, CommandHandler, StreamId } from "../src/index.ts"

export const Opened = DomainEvent.make("AccountOpened", { owner: Schema.String })
export const Deposited = DomainEvent.make("MoneyDeposited", { cents: Schema.BigInt })
const WithdrawnV1 = DomainEvent.make("MoneyWithdrawn", { cents: Schema.BigInt })
export const Withdrawn = DomainEvent.nextVersion(
  WithdrawnV1,
  { cents: Schema.BigInt, by: Schema.Option(Schema.String) },
  ({ cents }) => ({ cents, by: Option.none() })
)
export const Event = Schema.Union([Opened, Deposited, Withdrawn])
export type Event = typeof Event.Type

export class AccountNotOpen extends Schema.TaggedError<AccountNotOpen>()("AccountNotOpen", {}) {}
export class NotEnoughMoney extends Schema.TaggedError<NotEnoughMoney>()("NotEnoughMoney", {
  asked: Schema.BigInt,
  balance: Schema.BigInt
}) {}
const Refusal = Schema.Union([AccountNotOpen, NotEnoughMoney])

const common = { account: Schema.NonEmptyString, occurredAt: Schema.DateTimeUtc }
export const Open = Schema.TaggedStruct("OpenAccount", { ...common, owner: Schema.NonEmptyString })
export const Deposit = Schema.TaggedStruct("DepositMoney", { ...common, cents: Schema.BigInt })
export const Withdraw = Schema.TaggedStruct("WithdrawMoney", { ...common, cents: Schema.BigInt })
export type Command = typeof Open.Type | typeof Deposit.Type | typeof Withdraw.Type

const State = Schema.Struct({ open: Schema.Boolean, balance: Schema.BigInt })

/** The decider of the account. Opening an open account records nothing. */
export const Account = Decider.make({
  category: "account",
  State,
  Event,
  initial: { open: false, balance: 0n },
  evolve: (state, event: Event) => {
    switch (event._tag) {
      case "AccountOpened":
        return { ...state, open: true }
      case "MoneyDeposited":
        return { ...state, balance: state.balance + event.cents }
      case "MoneyWithdrawn":
        return { ...state, balance: state.balance - event.cents }
    }
  },
  decide: (command: Command, state): Result.Result<ReadonlyArray<Event>, typeof Refusal.Type> => {
    const { occurredAt } = command
    if (command._tag === "OpenAccount") {
      return Result.succeed(state.open ? [] : [Opened.make({ occurredAt, owner: command.owner })])
    }
    if (!state.open) return Result.fail(new AccountNotOpen())
    const { cents } = command
    if (command._tag === "DepositMoney") return Result.succeed([Deposited.make({ occurredAt, cents })])
    return state.balance < cents
      ? Result.fail(new NotEnoughMoney({ asked: cents, balance: state.balance }))
      : Result.succeed([Withdrawn.make({ occurredAt, cents, by: Option.none() })])
  }
})

const Answer = Schema.Struct({ balance: Schema.BigInt, version: Schema.Int })
const bank = { context: "bank", answer: Answer, refusal: Refusal } as const

export const openAccount = Message.command({ ...bank, payload: Open })
export const depositMoney = Message.command({ ...bank, payload: Deposit })
export const withdrawMoney = Message.command({ ...bank, payload: Withdraw })

export const streamOf = (tenant: string, account: string) => StreamId.make(tenant, "account", account)

/** The handlers of the commands of the account. */
export const handlers = CommandBus.aggregate(CommandHandler.make(Account), {
  commands: [openAccount, depositMoney, withdrawMoney],
  stream: (tenant, command) => streamOf(tenant, command.account),
  answer: (state, version) => ({ balance: state.balance, version })
})

/** A business time like any other. */
export const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00.123Z")

export const open = (account = "a-1") => Open.make({ account, owner: "Ada", occurredAt })
export const deposit = (cents: bigint, account = "a-1") => Deposit.make({ account, cents, occurredAt })
export const withdraw = (cents: bigint, account = "a-1") => Withdraw.make({ account, cents, occurredAt })
