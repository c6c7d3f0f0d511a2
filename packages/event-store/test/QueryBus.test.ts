/** The query bus: queries are typed both ways, and cannot write. */
import { assert, describe, it } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { Cause, Context, Effect, Exit, Layer, Schema } from "effect"
import {
  CommandBus,
  CommandLog,
  EventStore,
  MalformedMessage,
  QueryBus,
  QueryRefused,
  ReadModelFailure,
  Transaction,
  UnknownMessage
} from "../src/index.ts"

class NoSuchAccount extends Schema.TaggedError<NoSuchAccount>()("NoSuchAccount", { account: Schema.String }) {}

const FindBalance = Schema.TaggedStruct("FindBalance", { account: Schema.NonEmptyString, limit: Schema.Int })
const findBalance = Message.query({
  context: "bank",
  payload: FindBalance,
  answer: Schema.Struct({ cents: Schema.BigInt }),
  refusal: NoSuchAccount
})
const find = (account: string) => FindBalance.make({ account, limit: 1 })

/** What the handlers read. */
class Balances extends Context.Service<Balances, ReadonlyMap<string, bigint>>()("test/Balances") {}

const handler = QueryBus.handler(findBalance, ({ account }) =>
  Effect.gen(function* () {
    if (account === "broken") return yield* new ReadModelFailure({ readModel: "balances", cause: "no disk" })
    const cents = (yield* Balances).get(account)
    return cents === undefined ? yield* new NoSuchAccount({ account }) : { cents }
  })
)

const onBus = Effect.provide(
  QueryBus.layer([handler]).pipe(Layer.provide(Layer.succeed(Balances, new Map([["a-1", 70n]]))))
)

describe("a query", () => {
  it.effect("is answered by its handler", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* (yield* QueryBus).ask(findBalance, find("a-1")), { cents: 70n })
    }).pipe(onBus)
  )

  it.effect("that is refused fails with the typed refusal", () =>
    Effect.gen(function* () {
      const refusal = yield* Effect.flip((yield* QueryBus).ask(findBalance, find("a-2")))
      assert.deepStrictEqual(refusal, new NoSuchAccount({ account: "a-2" }))
      assert.instanceOf(refusal, NoSuchAccount)
    }).pipe(onBus)
  )

  it.effect("whose read model fails says which", () =>
    Effect.gen(function* () {
      const bus = yield* QueryBus
      for (const failure of [
        yield* Effect.flip(bus.ask(findBalance, find("broken"))),
        yield* Effect.flip(bus.askJson("bank.FindBalance", { _tag: "FindBalance", account: "broken", limit: 1 }))
      ]) {
        assert.instanceOf(failure, ReadModelFailure)
        assert.strictEqual(failure.message, "the read model balances could not be read")
      }
    }).pipe(onBus)
  )

  it.effect("that nobody handles is a typed error that names those that are known", () =>
    Effect.gen(function* () {
      const bus = yield* QueryBus
      const other = Message.query({ context: "shop", payload: FindBalance, answer: Schema.Int })
      const unknown = (name: string) => new UnknownMessage({ name, known: ["bank.FindBalance"] })
      assert.deepStrictEqual(yield* Effect.flip(bus.ask(other, find("a-1"))), unknown("shop.FindBalance"))
      assert.deepStrictEqual(yield* Effect.flip(bus.askJson("bank.FindOwner", {})), unknown("bank.FindOwner"))
    }).pipe(onBus)
  )

  it.effect("whose content does not fit is a typed error that names every wrong field", () =>
    Effect.gen(function* () {
      const bus = yield* QueryBus
      const json = yield* Effect.flip(bus.askJson("bank.FindBalance", { _tag: "FindBalance", account: "", limit: 1.5 }))
      assert.instanceOf(json, MalformedMessage)
      assert.deepStrictEqual(
        json.problems.map(({ field }) => field),
        ["account", "limit"]
      )
      const typed = yield* Effect.flip(bus.ask(findBalance, { ...find("a-1"), account: "", limit: 0.5 }))
      assert.instanceOf(typed, MalformedMessage)
      assert.deepStrictEqual(
        typed.problems.map(({ field }) => field),
        ["account", "limit"]
      )
    }).pipe(onBus)
  )
})

describe("a query known by its name", () => {
  const json = { _tag: "FindBalance", account: "a-1", limit: 1 }

  it.effect("is answered, and refused, in JSON", () =>
    Effect.gen(function* () {
      const bus = yield* QueryBus
      assert.deepStrictEqual(yield* bus.askJson("bank.FindBalance", json), { cents: "70" })
      const refused = yield* Effect.flip(bus.askJson("bank.FindBalance", { ...json, account: "a-2" }))
      const refusal = { _tag: "NoSuchAccount", account: "a-2" }
      assert.deepStrictEqual(refused, new QueryRefused({ name: "bank.FindBalance", refusal }))
    }).pipe(onBus)
  )
})

describe("a bus", () => {
  it.effect("with two handlers for one query stops at start", () =>
    Effect.gen(function* () {
      const twice = QueryBus.layer([handler, handler]).pipe(Layer.provide(Layer.succeed(Balances, new Map())))
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(twice)))
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isSuccess(exit)) return
      assert.include(String(Cause.squash(exit.cause)), "Two handlers for bank.FindBalance")
    })
  )
})

describe("the handler of a query", () => {
  // Checked by the compiler: each line that it must refuse says so, and an unused expectation is an error itself.
  it("does not compile when it needs something with which it could write", () => {
    const answer = { cents: 1n }
    const refused = [
      // @ts-expect-error: it could append.
      () => QueryBus.handler(findBalance, () => Effect.as(EventStore, answer)),
      // @ts-expect-error: it could store things together.
      () => QueryBus.handler(findBalance, () => Effect.as(Transaction, answer)),
      // @ts-expect-error: it could send a command.
      () => QueryBus.handler(findBalance, () => Effect.as(CommandBus, answer)),
      // @ts-expect-error: it could remember a command.
      () => QueryBus.handler(findBalance, () => Effect.as(CommandLog, answer)),
      // @ts-expect-error: it needs something harmless, too, and could append all the same.
      () => QueryBus.handler(findBalance, () => Effect.as(Effect.andThen(Balances, EventStore), answer))
    ]
    const accepted = QueryBus.handler(findBalance, () => Effect.as(Balances, answer))
    assert.lengthOf(refused, 5)
    assert.strictEqual(accepted.name, "bank.FindBalance")
  })
})
