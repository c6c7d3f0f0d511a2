/** Consistency tokens: their text form, and what is collected for the commands that answer them. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { Base64Url } from "effect/encoding"
import { CommandBus, ConsistencyToken, EventStore, ExpectedVersion, Transaction } from "../src/index.ts"
import { deposit, depositMoney, open, openAccount, streamOf, withdraw, withdrawMoney } from "./Account.ts"
import { envelope, onFreshBus } from "./FreshBus.ts"
import { rawEvent } from "./FreshStore.ts"

const token = { tenant: "acme", position: 42, streams: [streamOf("acme", "a-1"), streamOf("acme", "ü-2")] }
const ruleOf = (text: string, tenant = "acme") => {
  const decoded = ConsistencyToken.decode(tenant, text)
  return Result.isFailure(decoded) ? decoded.failure.rule : "none"
}

describe("the text of a token", () => {
  it("stands for the token", () => {
    const text = ConsistencyToken.encode(token)
    assert.match(text, /^[A-Za-z0-9_-]+$/u)
    assert.deepStrictEqual(ConsistencyToken.decode("acme", text), Result.succeed(token))
  })

  it("leaves the streams out when there are too many to name", () => {
    const many = { ...token, streams: Array.from({ length: 5 }, (_, index) => streamOf("acme", `a-${index}`)) }
    const decoded = ConsistencyToken.decode("acme", ConsistencyToken.encode(many))
    assert.deepStrictEqual(decoded, Result.succeed({ ...many, streams: [] }))
  })

  it("is refused when it is garbage, changed, cut short, of another version or of another tenant", () => {
    const text = ConsistencyToken.encode(token)
    assert.strictEqual(ruleOf(""), "a-token")
    assert.strictEqual(ruleOf("not a token!"), "a-token")
    assert.strictEqual(ruleOf("a".repeat(9000)), "a-token")
    assert.strictEqual(ruleOf(text.slice(0, -4)), "a-token")
    assert.strictEqual(ruleOf(text.replace(/.$/u, (last) => (last === "A" ? "B" : "A"))), "a-token")
    assert.strictEqual(ruleOf(text, "other"), "of-this-tenant")
    const plain = Result.getOrThrow(Base64Url.decodeString(text))
    assert.strictEqual(ruleOf(Base64Url.encode(`2${plain.slice(1)}`)), "of-a-known-version")
  })

  it("is refused where it is of another log: its position means nothing there", () => {
    const named = { ...token, log: "ordering" }
    const text = ConsistencyToken.encode(named)
    assert.deepStrictEqual(ConsistencyToken.decode("acme", text, "ordering"), Result.succeed(named))
    const rules = [
      [text, "inventory"],
      [text, undefined],
      [ConsistencyToken.encode(token), "ordering"]
    ].map(([of = "", log]) => Result.mapError(ConsistencyToken.decode("acme", of, log), ({ rule }) => rule))
    assert.deepStrictEqual(rules, Array(3).fill(Result.fail("of-this-log")))
  })

  it.prop("never throws, whatever it is", [Schema.String], ([text]) => {
    assert.strictEqual(ruleOf(text), "a-token")
    assert.strictEqual(ruleOf(Base64Url.encode(text)), "a-token")
  })
})

describe("the token of a command", () => {
  it.effect("is the position of its last event and its stream", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const [answer, found] = yield* ConsistencyToken.collect(
        "acme",
        bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      )
      assert.strictEqual(answer.version, 2)
      assert.deepStrictEqual(found, { tenant: "acme", position: 2, streams: [streamOf("acme", "a-1")] })
    }).pipe(onFreshBus())
  )

  it.effect("is the present end of the log when it was repeated, or recorded nothing", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      yield* bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      const [, repeated] = yield* ConsistencyToken.collect("acme", bus.dispatch(openAccount, envelope(1, open())))
      const [, nothing] = yield* ConsistencyToken.collect("acme", bus.dispatch(openAccount, envelope(3, open())))
      const end = { tenant: "acme", position: 2, streams: [] }
      assert.deepStrictEqual([repeated, nothing], [end, end])
    }).pipe(onFreshBus())
  )

  it.effect("is not answered when it is refused", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const refused = ConsistencyToken.collect("acme", bus.dispatch(withdrawMoney, envelope(1, withdraw(1n))))
      assert.strictEqual((yield* Effect.flip(refused))._tag, "AccountNotOpen")
    }).pipe(onFreshBus())
  )
})

describe("what is collected", () => {
  const opened = (number: number) =>
    Effect.flatMap(EventStore, (store) =>
      store.append(streamOf("acme", `a-${number}`), ExpectedVersion.NoStream, [rawEvent(number)])
    )

  it.effect("leaves out what a transaction took back, and joins what forks and inner collections have stored", () =>
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const [inner, outer] = yield* ConsistencyToken.collect(
        "acme",
        Effect.gen(function* () {
          yield* Effect.ignore(transaction.run(Effect.andThen(opened(1), Effect.fail("no"))))
          yield* transaction.run(opened(2))
          yield* Effect.all([opened(3), opened(4)], { concurrency: 2 })
          const [, token] = yield* ConsistencyToken.collect("acme", opened(5))
          return token
        })
      )
      assert.deepStrictEqual(
        inner.streams.map(({ id }) => id),
        ["a-5"]
      )
      assert.deepStrictEqual(outer.streams.map(({ id }) => id).toSorted(), ["a-2", "a-3", "a-4", "a-5"])
      assert.strictEqual(outer.position, inner.position)
    }).pipe(onFreshBus())
  )
})
