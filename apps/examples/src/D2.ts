/**
 * D2, domain services: what belongs to no single aggregate. A transfer between two accounts, as a process of two steps; and the
 * price of an order, by rules (`PricedOrders.ts`).
 *
 * Shows: money that leaves one account and arrives on another; a transfer that the other account refuses, so that the money
 * goes back; one that nothing is in the account for; and that what all accounts hold stays the same. Then an order that is priced when it is placed, and a price that is given.
 */
import {
  Account,
  AccountCommands,
  AccountMoves,
  Transfer,
  TransferCommands,
  TransferProcess
} from "@eventfold/domain-accounts"
import { TransferId } from "@eventfold/domain-accounts/TransferId"
import { CommandBus, type CommandEnvelope, CommandHandler, StreamId } from "@eventfold/event-store"
import { Breakers, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import { AccountId, Money } from "@eventfold/shared-kernel"
import { ManagedProjection } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import * as PricedOrders from "./PricedOrders.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Domain services: a transfer between accounts as a process, and the price of an order by rules"

const accounts = CommandHandler.make(Account.Account)
const transfers = CommandHandler.make(Transfer.Transfer)
const transfer = TransferProcess.make()

// #region handle
/** The transfer and the account change in one transaction: the bus opens it, and takes it back when either refuses. */
const handle = Effect.fnUntraced(function* (envelope: CommandEnvelope<TransferCommands.TransferCommand>) {
  const { payload, tenant } = envelope
  const stream = StreamId.make(tenant, Transfer.Transfer.category, payload.transferId)
  const { events, state, version } = yield* transfers.handle(stream, payload)
  for (const move of events.flatMap((event) => Option.toArray(AccountMoves.of(event)))) {
    yield* accounts
      .handle(StreamId.make(tenant, Account.Account.category, move.accountId), move)
      .pipe(Effect.catchTags({ AccountAlreadyOpen: Effect.die, AccountNotEmpty: Effect.die }))
  }
  return Transfer.answerOf(state, version)
})
// #endregion handle

const bus = CommandBus.layer([
  CommandBus.handler(TransferCommands.sendTransfer, handle),
  CommandBus.handler(TransferCommands.receiveTransfer, handle),
  CommandBus.handler(TransferCommands.cancelTransfer, handle)
])
const process = SagaRunner.layer([transfer], { leaseTime: "1 second" }).pipe(
  Layer.provide([Breakers.layer(), CommandSender.layer.pipe(Layer.provide(bus))]),
  Layer.provideMerge(ReadSide.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])),
  Layer.fresh
)

const eur = (euros: number) => ({ amount: euros * 100, currency: "EUR" }) as const

const transferred = Effect.gen(function* () {
  const runner = yield* SagaRunner
  const tenant = `example-${SecureRandom.uuidV7Unsafe()}`
  const newAccount = Effect.fnUntraced(function* (owner: string, euros: number) {
    const accountId = AccountId.fromUuid(SecureRandom.uuidV7Unsafe())
    const [stream, occurredAt] = [StreamId.make(tenant, Account.Account.category, accountId), yield* DateTime.now]
    const name = AccountCommands.OpenAccount.fields.owner.make(owner)
    yield* accounts.handle(stream, { _tag: "OpenAccount", accountId, owner: name, currency: "EUR", occurredAt })
    if (euros > 0) yield* accounts.handle(stream, { _tag: "Deposit", accountId, money: eur(euros), occurredAt })
    return { accountId, stream, owner }
  })
  type Owned = Effect.Success<ReturnType<typeof newAccount>>
  const tell = Effect.fnUntraced(function* (...all: ReadonlyArray<Owned>) {
    for (const { owner, stream } of all) {
      const { state } = yield* accounts.load(stream)
      if (state.status === "none") continue
      yield* Console.log(`  ${owner}: ${state.balances.map(Money.format).join(", ")}, ${state.status}`)
    }
  })
  // #region begin
  const move = Effect.fnUntraced(function* (from: Owned, to: Owned, euros: number) {
    const transferId = TransferId.fromUuid(SecureRandom.uuidV7Unsafe())
    const saga = { tenant, id: TransferProcess.idOf(transferId) }
    const input = { transferId, from: from.accountId, to: to.accountId, money: eur(euros) }
    yield* runner.start(transfer, { ...saga, input })
    // #endregion begin
    const ended = Effect.map(
      runner.state(saga),
      Option.exists(({ endedAt }) => endedAt !== undefined)
    )
    yield* ReadSide.until("the transfer has ended", ended)
    const { state } = yield* transfers.load(StreamId.make(tenant, Transfer.Transfer.category, transferId))
    yield* Console.log(`  the transfer is ${state.status}`)
  })

  const [ada, grace, old] = [
    yield* newAccount("Ada", 500),
    yield* newAccount("Grace", 20),
    yield* newAccount("An old account", 0)
  ]
  yield* accounts.handle(old.stream, {
    _tag: "CloseAccount",
    accountId: old.accountId,
    occurredAt: yield* DateTime.now
  })

  yield* Console.log("Ada sends Grace 300 euros")
  yield* move(ada, grace, 300)
  yield* tell(ada, grace)

  yield* Console.log("Grace sends 100 to an account that is closed: it refuses, and the money goes back")
  yield* move(grace, old, 100)
  yield* tell(grace, old)

  yield* Console.log("Ada sends Grace 300 more, and has only 200")
  yield* move(ada, grace, 300)
  yield* tell(ada, grace)
}).pipe(Effect.provide(process), Effect.scoped)

/** The story. */
export const program = Effect.andThen(transferred, PricedOrders.program)
