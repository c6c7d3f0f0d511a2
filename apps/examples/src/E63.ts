/**
 * E63, temporal queries: what an account held in March, and what it would hold if a fee had been folded right.
 *
 * Shows: the state at a date, by what was known then and by what is known now, and at a version; the events between two
 * dates; the history of balances; every order as of a date; a corrected fold and another past tried on history, with the
 * differences reported and nothing written.
 */
import { Account, AccountCommands, type AccountState, BalanceHistory } from "@eventfold/domain-accounts"
import { Order } from "@eventfold/domain-ordering"
import { CommandHandler, History, StreamId } from "@eventfold/event-store"
import { AccountId, CustomerId, Money, OrderId } from "@eventfold/shared-kernel"
import { Console, DateTime, Effect, Result, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Temporal queries: what an account held in March, and what it would have held"

const accounts = CommandHandler.make(Account.Account)
const orders = CommandHandler.make(Order.Order)

// #region history
const history = History.make(Account.Account)
// #endregion history
const orderHistory = History.make(Order.Order)

const march = (day: number) => DateTime.makeUnsafe(`2026-03-0${day}T09:00:00Z`)
const eur = (euros: number) => ({ amount: euros * 100, currency: "EUR" }) as const

// Every run has a tenant of its own, so the ids in it can be the same.
const uuid = (number: number) => `00000000-0000-4000-8000-00000000000${number}`
const [adas, graces] = [AccountId.fromUuid(uuid(1)), AccountId.fromUuid(uuid(2))]
const streamOf = (tenant: string, accountId: AccountId) => StreamId.make(tenant, Account.Account.category, accountId)

const holds = (account: AccountState.AccountState) =>
  account.status === "none" ? "nothing" : account.balances.map(Money.format).join(" and ")

/** Opens an account and moves money in (above zero) and out of it, on these days of March. */
const account = Effect.fnUntraced(function* (
  tenant: string,
  accountId: AccountId,
  owner: string,
  ...moves: ReadonlyArray<readonly [day: number, euros: number]>
) {
  const stream = streamOf(tenant, accountId)
  const opening = {
    owner: AccountCommands.OpenAccount.fields.owner.make(owner),
    currency: "EUR",
    occurredAt: march(1)
  } as const
  yield* accounts.handle(stream, { _tag: "OpenAccount", accountId, ...opening })
  for (const [day, euros] of moves) yield* move(stream, accountId, day, euros)
  return stream
})

const move = (stream: StreamId.StreamId, accountId: AccountId, day: number, euros: number) =>
  accounts.handle(stream, {
    _tag: euros > 0 ? "Deposit" : "Withdraw",
    accountId,
    money: eur(Math.abs(euros)),
    occurredAt: march(day)
  })

/** The states of one account at points of its history. */
const past = Effect.fnUntraced(function* (stream: StreamId.StreamId, beforeImport: DateTime.Utc) {
  yield* Console.log("The account at a version, and at a date")
  // #region as-of
  const second = yield* history.asOf(stream, History.atVersion(2))
  const known = yield* history.asOf(stream, History.recordedBy(beforeImport))
  const third = yield* history.asOf(stream, History.occurredBy(march(3)))
  // #endregion as-of
  yield* Console.log(`  at version 2: ${holds(second.state)}`)
  yield* Console.log(`  as recorded before the import: ${holds(known.state)}, version ${known.version}`)
  yield* Console.log(
    `  as it occurred by 3 March: ${holds(third.state)}, version ${third.version}, ${third.events} events`
  )

  yield* Console.log("What occurred on 3 and 4 March, in the order in which it was told")
  // #region between
  const between = history.events(stream, { from: march(3), to: march(5), by: "occurred" })
  // #endregion between
  yield* Stream.runForEach(between, ({ event, recorded }) =>
    Console.log(`  ${recorded.version}  ${DateTime.formatIsoDateUtc(event.occurredAt)}  ${event._tag}`)
  )

  yield* Console.log("Its balances")
  // #region balances
  const events = yield* Stream.runCollect(history.events(stream, {}))
  const balances = BalanceHistory.of(events.map(({ event }) => event))
  // #endregion balances
  yield* Effect.forEach(balances, ({ balance, event, money, occurredAt }) =>
    Console.log(
      `  ${DateTime.formatIsoDateUtc(occurredAt)}  ${event} ${Money.format(money)}, then ${Money.format(balance)}`
    )
  )
})

// #region corrected
/** The fold as it should have been: whoever withdraws pays a fee of 25 cents. */
const withFee: typeof Account.Account = {
  ...Account.Account,
  evolve: (state, event) =>
    event._tag === "MoneyWithdrawn"
      ? Account.evolve(state, { ...event, money: { ...event.money, amount: event.money.amount + 25 } })
      : Account.evolve(state, event)
}
// #endregion corrected

/** What would have been, of one account and of all. */
const otherwise = Effect.fnUntraced(function* (tenant: string, stream: StreamId.StreamId) {
  yield* Console.log("What if every withdrawal had cost a fee? The accounts that would differ")
  // #region what-if
  const different = history.eachWhatIf({ tenant }, { fold: withFee })
  // #endregion what-if
  yield* Stream.runForEach(different, (result) =>
    Result.isFailure(result)
      ? Console.log(`  not readable: ${result.failure.message}`)
      : Console.log(
          `  ${result.success.stream.id.slice(-1)}: ${result.success.differences.map(History.formatDifference).join("; ")}`
        )
  )

  yield* Console.log("What if the withdrawal had never happened?")
  // #region instead
  const { corrected, current } = yield* history.whatIf(stream, {
    instead: (event) => (event._tag === "MoneyWithdrawn" ? [] : [event])
  })
  // #endregion instead
  yield* Console.log(`  ${holds(corrected)} in place of ${holds(current)}`)
  const { version } = yield* accounts.load(stream)
  yield* Console.log(`  Nothing was written: the account is still at version ${version}`)
})

/** Three orders, drafted on 1, 2 and 4 March; the first is cancelled on the 3rd. */
const ordered = Effect.fnUntraced(function* (tenant: string) {
  const handle = (number: number, command: (orderId: OrderId) => Parameters<typeof orders.handle>[1]) => {
    const orderId = OrderId.fromUuid(uuid(number))
    return orders.handle(StreamId.make(tenant, Order.Order.category, orderId), command(orderId))
  }
  const customerId = CustomerId.fromUuid(uuid(9))
  for (const [index, day] of [1, 2, 4].entries()) {
    const occurredAt = march(day)
    yield* handle(index + 1, (orderId) => ({ _tag: "DraftOrder", orderId, customerId, currency: "EUR", occurredAt }))
  }
  const reason = { cancelledBy: "customer", reason: "Ordered twice", occurredAt: march(3) } as const
  yield* handle(1, (orderId) => ({ _tag: "CancelOrder", orderId, ...reason }))
})

/** Every order as of a date. */
const ordersAsOf = Effect.fnUntraced(function* (tenant: string, day: number) {
  yield* Console.log(`Every order as of ${day} March`)
  // #region every
  const every = orderHistory.eachAsOf({ tenant }, History.occurredBy(march(day)))
  // #endregion every
  yield* Stream.runForEach(every, (result) =>
    Result.isFailure(result)
      ? Console.log(`  not readable: ${result.failure.message}`)
      : Console.log(`  order ${result.success.stream.id.slice(-1)}: ${result.success.state.status}`)
  )
})

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = `e63-${SecureRandom.uuidV7Unsafe()}`
  const stream = yield* account(tenant, adas, "Ada", [2, 100], [4, -30])
  yield* account(tenant, graces, "Grace", [2, 10])
  const { recordedAt: beforeImport } = yield* history.asOf(stream, History.latest)
  if (beforeImport === undefined) return
  // The clock goes on before the import, however fast the store is.
  yield* Effect.sleep("5 millis")
  yield* Console.log("Ada's deposit of 3 March is imported late, as version 4")
  yield* move(stream, adas, 3, 50)

  yield* past(stream, beforeImport)
  yield* ordered(tenant)
  yield* ordersAsOf(tenant, 2)
  yield* ordersAsOf(tenant, 4)
  yield* otherwise(tenant, stream)
})
