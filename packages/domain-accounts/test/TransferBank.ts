/**
 * Some accounts with transfers between them, all in memory. A command on a transfer and its move on an account are one
 * transaction, as the service runs them; nothing remembers the ids of commands, so each has to bear its repetition.
 */
import { Decider, Saga } from "@eventfold/decider"
import {
  Account,
  AccountCommands,
  type AccountErrors,
  AccountMoves,
  type AccountState,
  Transfer,
  TransferCommands,
  type TransferErrors,
  TransferId,
  TransferProcess,
  type TransferState
} from "@eventfold/domain-accounts"
import { AccountId, type Currency, type Money, PersonName } from "@eventfold/shared-kernel"
import { DateTime, Option, Result, Schema } from "effect"

/** What becomes of a command. `lost`: its answer; `late`: it takes effect when nobody waits any more. */
export type Fate = "heard" | "lost" | "late" | "doubled" | "not sent"

const uuid = (number: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(number).padStart(12, "0")}`
const accountIdOf = (number: number) => AccountId.fromUuid(uuid(number + 1))
const transferIdOf = (number: number) => TransferId.TransferId.fromUuid(uuid(number + 1))

const saga = TransferProcess.make()
const sagas = Saga.set([saga])
const sagaDecider = Saga.decider(sagas)
const decode = Schema.decodeUnknownSync(Schema.toCodecJson(TransferCommands.TransferCommand))

type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "occurredAt" | "sagaId"> : never

/** The accounts, the transfers, and the sagas that run. */
export class Bank {
  readonly #accounts = new Map<string, AccountState.AccountState>()
  readonly #transfers = new Map<string, TransferState.TransferState>()
  readonly #sagas = new Map<number, Saga.SagaState>()
  readonly #late: Array<TransferCommands.TransferCommand> = []
  readonly #paidOut: Array<Money.Money> = []
  #now = DateTime.makeUnsafe("2024-05-01T00:00:00Z")

  /** So many accounts, each with as much. */
  constructor(accounts: number, money: Money.Money) {
    for (let number = 0; number < accounts; number += 1) {
      const common = { accountId: accountIdOf(number), occurredAt: this.#now }
      const owner = PersonName.PersonName.make("Ada Lovelace")
      this.#ask(AccountCommands.OpenAccount.make({ ...common, owner, currency: money.currency }))
      this.#ask(AccountCommands.Deposit.make({ ...common, money }))
    }
  }

  /** Starts the saga of a transfer. */
  start(number: number, { from, money, to }: { from: number; to: number; money: Money.Money }) {
    const input = { transferId: transferIdOf(number), from: accountIdOf(from), to: accountIdOf(to), money }
    const { name, version } = saga
    this.#sagas.set(number, Saga.initial)
    const json = Result.getOrThrow(saga.encodeInput(input))
    this.#tell(number, { _tag: "Start", tenant: "main", saga: name, version, input: json })
  }

  /** Has the saga undone, if it still can be. */
  cancel(number: number) {
    if (this.#sagas.has(number)) this.#tell(number, { _tag: "Cancel", reason: "thought better of it" })
  }

  /** Pays out all that is in an account, and closes it. */
  close(number: number) {
    const common = { accountId: accountIdOf(number), occurredAt: this.#now }
    const account = this.#account(common.accountId)
    for (const money of account.status === "open" ? account.balances : []) {
      if (money.amount === 0) continue
      this.#ask(AccountCommands.Withdraw.make({ ...common, money }))
      this.#paidOut.push(money)
    }
    this.#ask(AccountCommands.CloseAccount.make(common))
  }

  /** Has one saga do what is next. */
  step(number: number, fateOf: (command: string) => Fate) {
    const state = this.#started(number)
    const next = Result.getOrThrow(Saga.next(sagas, state))
    this.#now = DateTime.add(next._tag === "Wait" ? next.until : this.#now, { seconds: 1 })
    if (next._tag === "Wait" || next._tag === "Proceed") return this.#tell(number, { _tag: "Proceed" })
    if (next._tag !== "Send") return
    const { attempt, commandId, payload, sending } = next
    const command = decode(payload)
    const fate = fateOf(command._tag)
    if (fate === "late") this.#late.push(command)
    if (fate === "doubled") this.#transact(command)
    const outcome = fate === "late" || fate === "not sent" ? undefined : this.#transact(command)
    if (outcome === undefined || fate === "lost") {
      return this.#tell(number, { _tag: "Fail", commandId, attempt, error: "no answer" })
    }
    const { Answer, Refusal } = sending.command
    this.#tell(
      number,
      Result.match(outcome, {
        onSuccess: (answer): Told => ({ _tag: "Answer", commandId, answer: json(Answer, answer) }),
        onFailure: (refusal) => ({ _tag: "Refuse", commandId, refusal: json(Refusal, refusal) })
      })
    )
  }

  /** Has every saga run to its end; those that are parked are tried again. */
  run(fateOf: (command: string) => Fate) {
    for (const number of this.#sagas.keys()) {
      for (let turn = 0; turn < 100 && !Saga.isEnded(this.#started(number)); turn += 1) {
        if (this.#started(number).status === "parked") this.#tell(number, { _tag: "Retry" })
        this.step(number, fateOf)
      }
    }
  }

  /** What nobody waits for any more takes effect now. */
  deliverLate() {
    for (const command of this.#late.splice(0)) this.#transact(command)
  }

  /** How each saga and its transfer stand. */
  ends(): ReadonlyArray<readonly [saga: string, transfer: string]> {
    return [...this.#sagas].map(([number, { status }]) => [status, this.#transfer(transferIdOf(number)).status])
  }

  /** What each account holds of a currency. */
  held(currency: Currency.Currency): ReadonlyArray<number> {
    return [...this.#accounts.values()].map((account) => amountIn(moneyOf(account), currency))
  }

  /** The money of transfers that has left and not arrived. */
  onItsWay(): ReadonlyArray<Money.Money> {
    return [...this.#transfers.values()].flatMap((transfer) => (transfer.status === "sent" ? [transfer.money] : []))
  }

  /** Everything there is: on accounts, on its way, and what was paid out. */
  total(): ReadonlyArray<number> {
    const all = [...[...this.#accounts.values()].flatMap(moneyOf), ...this.onItsWay(), ...this.#paidOut]
    return (["USD", "JPY"] as const).map((currency) => amountIn(all, currency))
  }

  #account(id: AccountId): AccountState.AccountState {
    return this.#accounts.get(id) ?? Account.initial
  }

  #transfer(id: TransferId.TransferId): TransferState.TransferState {
    return this.#transfers.get(id) ?? Transfer.initial
  }

  #started(number: number): Saga.Started {
    const state = this.#sagas.get(number)
    if (state === undefined || state.status === "none") throw new Error("it was not started")
    return state
  }

  #ask(command: AccountCommands.AccountCommand | AccountMoves.AccountMove) {
    const decided = Decider.decide(Account.Account, command, this.#account(command.accountId))
    if (Result.isSuccess(decided)) this.#accounts.set(command.accountId, decided.success.state)
    return decided
  }

  /** The transfer and the account change, or neither does. */
  #transact(
    command: TransferCommands.TransferCommand
  ): Result.Result<TransferCommands.TransferAnswer, TransferErrors.OwnRefusal | AccountErrors.AccountRefusal> {
    const before = this.#transfer(command.transferId)
    const decided = Decider.decide(Transfer.Transfer, command, before)
    if (Result.isFailure(decided)) return Result.fail(decided.failure)
    const { events, state } = decided.success
    for (const event of events) {
      const moved = Option.map(AccountMoves.of(event), (move) => this.#ask(move))
      if (Option.isSome(moved) && Result.isFailure(moved.value)) return Result.fail(moved.value.failure)
    }
    this.#transfers.set(command.transferId, state)
    return Result.succeed(Transfer.answerOf(state, 1))
  }

  #tell(number: number, told: Told) {
    const state = this.#sagas.get(number) ?? Saga.initial
    const decided = Decider.decide(sagaDecider, { ...told, sagaId: transferIdOf(number), occurredAt: this.#now }, state)
    // A saga that has ended cannot be cancelled: that is all that is refused here.
    if (Result.isSuccess(decided)) this.#sagas.set(number, decided.success.state)
  }
}

const json = <A>(schema: Schema.Codec<A, unknown>, value: unknown): Schema.Json =>
  Schema.decodeUnknownSync(Schema.Json)(
    JSON.parse(JSON.stringify(Schema.encodeUnknownSync(Schema.toCodecJson(schema))(value)))
  )

const moneyOf = (account: AccountState.AccountState) => (account.status === "none" ? [] : account.balances)

const amountIn = (all: ReadonlyArray<Money.Money>, wanted: Currency.Currency): number =>
  all.reduce((sum, { amount, currency }) => (currency === wanted ? sum + amount : sum), 0)
