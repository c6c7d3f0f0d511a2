/**
 * E61, the event store: a bank account that is nothing but its events.
 *
 * Shows: events appended under an expected version, all or none; a conflict that says what was expected and what was
 * found; a repeated append that changes nothing; an account rebuilt from its stream.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import { CommandHandler, EventStore, ExpectedVersion, type NewEvent, StreamId } from "@eventfold/event-store"
import { Console, DateTime, Effect, Result, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Event store: a bank account that is nothing but its events"

const Cents = Schema.Int.check(Schema.isGreaterThan(0))
const Opened = DomainEvent.make("AccountOpened", { owner: Schema.String })
const Deposited = DomainEvent.make("MoneyDeposited", { cents: Cents })
const Withdrawn = DomainEvent.make("MoneyWithdrawn", { cents: Cents })
const AccountEvent = Schema.Union([Opened, Deposited, Withdrawn])

class AlreadyOpen extends Schema.TaggedError<AlreadyOpen>()("AlreadyOpen", { owner: Schema.String }) {}
class NotOpen extends Schema.TaggedError<NotOpen>()("NotOpen", {}) {}
class InsufficientFunds extends Schema.TaggedError<InsufficientFunds>()("InsufficientFunds", {
  balance: Schema.Int,
  requested: Schema.Int
}) {}

type Command = { readonly occurredAt: DateTime.Utc } & (
  | { readonly _tag: "Open"; readonly owner: string }
  | { readonly _tag: "Deposit" | "Withdraw"; readonly cents: number }
)
type Decision = Result.Result<ReadonlyArray<typeof AccountEvent.Type>, AlreadyOpen | NotOpen | InsufficientFunds>

const account = Decider.make({
  category: "example-account",
  State: Schema.Struct({ owner: Schema.NullOr(Schema.String), balance: Schema.Int }),
  Event: AccountEvent,
  initial: { owner: null, balance: 0 },
  evolve: (state, event) => {
    switch (event._tag) {
      case "AccountOpened":
        return { ...state, owner: event.owner }
      case "MoneyDeposited":
        return { ...state, balance: state.balance + event.cents }
      case "MoneyWithdrawn":
        return { ...state, balance: state.balance - event.cents }
    }
  },
  decide: (command: Command, { balance, owner }): Decision => {
    const { occurredAt } = command
    if (command._tag === "Open") {
      return owner === null
        ? Result.succeed([Opened.make({ occurredAt, owner: command.owner })])
        : Result.fail(new AlreadyOpen({ owner }))
    }
    if (owner === null) return Result.fail(new NotOpen())
    const { cents } = command
    if (command._tag === "Deposit") return Result.succeed([Deposited.make({ occurredAt, cents })])
    return cents <= balance
      ? Result.succeed([Withdrawn.make({ occurredAt, cents })])
      : Result.fail(new InsufficientFunds({ balance, requested: cents }))
  }
})

const accounts = CommandHandler.make(account)

// Business time comes with the command or the event; a decision never asks a clock.
const onDay = (day: number) => DateTime.makeUnsafe(`2026-03-0${day}T09:00:00Z`)
const amount = (cents: number) => (cents / 100).toFixed(2)

/** The story. */
export const program = Effect.gen(function* () {
  const store = yield* EventStore
  const stream = StreamId.make("main", account.category, SecureRandom.uuidV7Unsafe())

  yield* Console.log("An account is opened and used")
  yield* accounts.handle(stream, { _tag: "Open", owner: "Ada", occurredAt: onDay(1) })
  yield* accounts.handle(stream, { _tag: "Deposit", cents: 100_00, occurredAt: onDay(2) })
  const used = yield* accounts.handle(stream, { _tag: "Withdraw", cents: 30_00, occurredAt: onDay(3) })
  yield* Console.log(`  version ${used.version}, balance ${amount(used.state.balance)}`)

  yield* Console.log("A refusal is a typed value, and records nothing")
  yield* accounts
    .handle(stream, { _tag: "Withdraw", cents: 500_00, occurredAt: onDay(3) })
    .pipe(
      Effect.catchTag("InsufficientFunds", ({ balance, requested }) =>
        Console.log(`  InsufficientFunds: balance ${amount(balance)}, requested ${amount(requested)}`)
      )
    )
  yield* Console.log(`  still version ${(yield* accounts.load(stream)).version}`)

  yield* Console.log("Two withdrawals of 50.00 at the same moment: the later one is decided again, on the new balance")
  const withdraw = accounts.handle(stream, { _tag: "Withdraw", cents: 50_00, occurredAt: onDay(4) })
  const outcomes = yield* Effect.all([Effect.result(withdraw), Effect.result(withdraw)], { concurrency: 2 })
  const refused = outcomes.filter(Result.isFailure).map(({ failure }) => failure._tag)
  yield* Console.log(`  ${outcomes.length - refused.length} withdrawn, ${refused.length} refused: ${refused.join()}`)

  yield* Console.log("Two clerks read version 4; each appends two deposits to just that version")
  const mine = [deposited(1_00), deposited(2_00)]
  const stored = yield* store.append(stream, ExpectedVersion.Exact(4), mine)
  yield* Console.log(`  the first: stored, version ${stored.version}`)
  yield* store
    .append(stream, ExpectedVersion.Exact(4), [deposited(8_00), deposited(9_00)])
    .pipe(
      Effect.catchTag("VersionConflict", ({ actual, expected }) =>
        Console.log(`  the second: VersionConflict, expected ${ExpectedVersion.format(expected)}, actual ${actual}`)
      )
    )
  const again = yield* store.append(stream, ExpectedVersion.Exact(4), mine)
  yield* Console.log(`  the first repeats its append, with the same event ids: still version ${again.version}`)

  yield* Console.log("The stream holds all of the first append and nothing of the second")
  yield* store
    .read(stream)
    .pipe(
      Stream.runForEach(({ data, occurredAt, type, version }) =>
        Console.log(`  ${version}  ${DateTime.formatIsoDateUtc(occurredAt)}  ${type} ${JSON.stringify(data)}`)
      )
    )

  yield* Console.log("The account, rebuilt from its stream")
  const now = yield* accounts.load(stream)
  const then = yield* accounts.load(stream, 2)
  yield* Console.log(`  as of now: ${now.state.owner} has ${amount(now.state.balance)}`)
  yield* Console.log(`  as of version 2: ${then.state.owner} had ${amount(then.state.balance)}`)
})

/** A deposit in the form the store takes; a repeated append is known by these ids. */
const deposited = (cents: number): NewEvent => ({
  id: SecureRandom.uuidV7Unsafe(),
  type: "MoneyDeposited",
  schemaVersion: 1,
  occurredAt: onDay(5),
  data: { cents },
  metadata: { actor: "clerk" }
})
