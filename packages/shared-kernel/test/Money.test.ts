import { assert, describe, it } from "@effect/vitest"
import { Currency, Money, Percentage, Rounding } from "@eventfold/shared-kernel"
import { Arbitrary, Equal, Result, Schema } from "effect"
import * as Amounts from "./Amounts.ts"

const usd = (amount: number): Money.Money => ({ amount, currency: "USD" })
const yen = (amount: number): Money.Money => ({ amount, currency: "JPY" })
const largest = Number.MAX_SAFE_INTEGER

const ok = <A, E>(result: Result.Result<A, E>): A => Result.getOrThrowWith(result, (error) => error)
const refused = <A, E>(result: Result.Result<A, E>): E => ok(Result.flip(result))

const AnyMoney = Arbitrary.schema(Schema.Struct({ amount: Amounts.Signed, currency: Currency.Currency }))
const AnyPrice = Arbitrary.schema(Schema.Struct({ amount: Amounts.NonNegative, currency: Currency.Currency }))
const Dollars = Arbitrary.map(AnyMoney, ({ amount }) => usd(amount))
const Everyday = Arbitrary.filter(Dollars, ({ amount }) => Math.abs(amount) < 2 ** 50)
const Discount = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))),
  (percent) => Percentage.Percentage.make(percent * 100 + (percent % 7) * (percent === 100 ? 0 : 1))
)
const Ratio = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })))
const Ratios = Arbitrary.array(Ratio, { minLength: 1, maxLength: 12 }).pipe(
  Arbitrary.filter((ratios) => ratios.some((ratio) => ratio > 0))
)

describe("adding and subtracting", () => {
  it("is exact", () => {
    assert.deepStrictEqual(ok(Money.add(usd(10), usd(20))), usd(30))
    assert.deepStrictEqual(ok(Money.subtract(usd(10), usd(30))), usd(-20))
  })

  it("refuses to mix currencies and names both", () => {
    for (const operation of [Money.add, Money.subtract, Money.compare]) {
      const error = refused<unknown, Money.CurrencyMismatch | Money.AmountTooLarge>(operation(usd(1), yen(1)))
      assert.deepInclude(error, { _tag: "CurrencyMismatch", left: "USD", right: "JPY" })
      assert.strictEqual(error.message, "USD and JPY cannot be mixed")
    }
  })

  it("refuses a result that is too large and tells it in full", () => {
    const error = refused(Money.add(usd(largest), usd(1)))
    assert.deepInclude(error, { _tag: "AmountTooLarge", minorUnits: 9007199254740992n, currency: "USD" })
    assert.strictEqual(error.message, "9007199254740992 minor units of USD are more than an amount of money can hold")
    assert.strictEqual(refused(Money.subtract(usd(-largest), usd(1)))._tag, "AmountTooLarge")
  })

  it.prop("does not depend on the order or the grouping", [Everyday, Everyday, Everyday], ([a, b, c]) => {
    assert.deepStrictEqual(ok(Money.add(a, b)), ok(Money.add(b, a)))
    assert.deepStrictEqual(ok(Money.add(ok(Money.add(a, b)), c)), ok(Money.add(a, ok(Money.add(b, c)))))
  })

  it.prop("subtracting undoes adding", [Everyday, Everyday], ([a, b]) => {
    assert.deepStrictEqual(ok(Money.subtract(ok(Money.add(a, b)), b)), a)
  })

  it.prop("either answers the exact sum or says that it does not fit", [Dollars, Dollars], ([a, b]) => {
    const exact = BigInt(a.amount) + BigInt(b.amount)
    const result = Money.add(a, b)
    if (Result.isSuccess(result)) assert.strictEqual(BigInt(result.success.amount), exact)
    else assert.isTrue(exact > BigInt(largest) || exact < -BigInt(largest))
  })
})

describe("sum", () => {
  it("of nothing is zero of the currency asked for", () => {
    assert.deepStrictEqual(ok(Money.sum([], "JPY")), yen(0))
  })

  it("refuses an amount of another currency", () => {
    assert.deepInclude(refused(Money.sum([usd(1), yen(2)], "USD")), { left: "USD", right: "JPY" })
  })

  it("needs only its end result to fit", () => {
    assert.deepStrictEqual(ok(Money.sum([usd(largest), usd(largest), usd(-largest)], "USD")), usd(largest))
    assert.strictEqual(refused(Money.sum([usd(largest), usd(1)], "USD"))._tag, "AmountTooLarge")
  })
})

describe("comparing, negating, multiplying", () => {
  it.prop("orders amounts as numbers are ordered", [Dollars, Dollars], ([a, b]) => {
    assert.strictEqual(ok(Money.compare(a, b)), Math.sign(a.amount - b.amount))
  })

  it("has no negative zero", () => {
    assert.isTrue(Object.is(Money.negate(usd(0)).amount, 0))
    assert.isTrue(Object.is(ok(Money.multiply(usd(0), -3)).amount, 0))
    assert.isTrue(Object.is(Money.percentageOf(usd(-1), Percentage.Percentage.make(1)).amount, 0))
  })

  it.prop("negating twice changes nothing", [AnyMoney], ([money]) => {
    assert.deepStrictEqual(Money.negate(Money.negate(money)), money)
    assert.strictEqual(ok(Money.add(money, Money.negate(money))).amount, 0)
  })

  it("multiplies by whole numbers only", () => {
    assert.deepStrictEqual(ok(Money.multiply(usd(1250), 3)), usd(3750))
    const error = refused(Money.multiply(usd(1), 1.5))
    assert.deepInclude(error, { _tag: "FactorNotWhole", factor: 1.5 })
    assert.strictEqual(error.message, "money is multiplied by whole numbers only, got 1.5")
    assert.strictEqual(refused(Money.multiply(usd(largest), 2))._tag, "AmountTooLarge")
  })

  it("takes a percentage, halves to the even minor unit", () => {
    const half = Percentage.Percentage.make(5_000)
    assert.deepStrictEqual(
      [1, 3, 5, -1, -3].map((amount) => Money.percentageOf(usd(amount), half).amount),
      [0, 2, 2, 0, -2]
    )
  })
})

describe("discounted", () => {
  const discounted = (unit: number, quantity: number, basisPoints: number) =>
    ok(Money.discounted(usd(unit), quantity, Percentage.Percentage.make(basisPoints))).amount

  it("rounds once, at the end", () => {
    // 3 × 1.50 less 15 % is 3.825: half-even 3.82. Rounding each piece first would give 3 × 1.28 = 3.84.
    assert.strictEqual(discounted(150, 3, 1_500), 382)
    assert.strictEqual(discounted(150, 1, 1_500), 128)
    assert.strictEqual(discounted(1_860, 9, 0), 16_740)
    assert.strictEqual(discounted(1_860, 9, 10_000), 0)
  })

  it("is exact where the intermediate product is far beyond the largest amount", () => {
    assert.strictEqual(discounted(largest, 1, 1), Number(BigInt(largest) - 900719925474n))
    assert.strictEqual(refused(Money.discounted(usd(largest), 2, Percentage.zero))._tag, "AmountTooLarge")
    assert.strictEqual(refused(Money.discounted(usd(1), 0.5, Percentage.zero))._tag, "FactorNotWhole")
  })

  it.prop(
    "is the exact fraction, rounded half-even",
    [AnyPrice, Amounts.Count, Discount],
    ([price, quantity, discount]) => {
      const exact = BigInt(price.amount) * BigInt(quantity) * BigInt(10_000 - discount)
      const rounded = Rounding.divideHalfEven(exact, 10_000n)
      Result.match(Money.discounted(price, quantity, discount), {
        onSuccess: (money) => assert.deepStrictEqual([BigInt(money.amount), money.currency], [rounded, price.currency]),
        onFailure: (error) => assert.deepInclude(error, { _tag: "AmountTooLarge", minorUnits: rounded })
      })
    }
  )
})

describe("allocate", () => {
  const shares = (amount: number, ratios: ReadonlyArray<number>) =>
    ok(Money.allocate(usd(amount), ratios)).map((share) => share.amount)

  it("gives what is left over to the largest remainders, the earlier of equal ones first", () => {
    assert.deepStrictEqual(shares(100, [1, 1, 1]), [34, 33, 33])
    assert.deepStrictEqual(shares(-100, [1, 1, 1]), [-34, -33, -33])
    assert.deepStrictEqual(shares(5, [3, 7]), [2, 3])
    assert.deepStrictEqual(shares(101, [50, 30, 20]), [51, 30, 20])
    assert.deepStrictEqual(shares(7, [0, 1, 0]), [0, 7, 0])
  })

  it("refuses ratios that share nothing out, and says why", () => {
    const rule = (ratios: ReadonlyArray<number>) => refused(Money.allocate(usd(1), ratios)).message
    assert.strictEqual(rule([]), "there must be at least one ratio")
    assert.strictEqual(rule([0, 0]), "at least one ratio must be more than zero")
    assert.strictEqual(rule([2, -1]), "ratios must not be negative")
    assert.strictEqual(rule([0.5, 0.5]), "ratios must be whole numbers")
    assert.strictEqual(rule([Number.NaN]), "ratios must be whole numbers")
  })

  it.prop("sums exactly to what was shared out", [AnyMoney, Ratios], ([money, ratios]) => {
    const parts = ok(Money.allocate(money, ratios))
    assert.strictEqual(parts.length, ratios.length)
    assert.deepStrictEqual(ok(Money.sum(parts, money.currency)), money)
  })

  it.prop("keeps every share within one minor unit of its exact part", [AnyMoney, Ratios], ([money, ratios]) => {
    const all = BigInt(ratios.reduce((total, ratio) => total + ratio, 0))
    ok(Money.allocate(money, ratios)).forEach((share, index) => {
      const error = BigInt(share.amount) * all - BigInt(money.amount) * BigInt(ratios[index] ?? 0)
      assert.isTrue(error < all && error > -all)
    })
  })

  it.prop(
    "gives equal ratios shares that differ by one minor unit at most",
    [AnyMoney, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))],
    ([money, people]) => {
      const amounts = ok(
        Money.allocate(
          money,
          Array.from({ length: people }, () => 1)
        )
      ).map((share) => share.amount)
      assert.isAtMost(Math.max(...amounts) - Math.min(...amounts), 1)
    }
  )
})

describe("format and parse", () => {
  it("shows as many decimals as the currency has", () => {
    const shown = (
      [
        ["USD", 1840],
        ["USD", -5],
        ["USD", 0],
        ["JPY", 1840],
        ["KWD", 1],
        ["UYW", -12345]
      ] as const
    ).map(([currency, amount]) => Money.format({ amount, currency }))
    assert.deepStrictEqual(shown, ["18.40 USD", "-0.05 USD", "0.00 USD", "1840 JPY", "0.001 KWD", "-1.2345 UYW"])
  })

  it("reads fewer decimals than the currency has", () => {
    assert.deepStrictEqual(ok(Money.parse("18.4", "USD")), usd(1840))
    assert.deepStrictEqual(ok(Money.parse("18", "USD")), usd(1800))
    assert.deepStrictEqual(ok(Money.parse("-0.05", "USD")), usd(-5))
    assert.deepStrictEqual(ok(Money.parse("-0", "USD")), usd(0))
  })

  it("refuses more decimals than the currency has and names it", () => {
    assert.strictEqual(refused(Money.parse("18.405", "USD")).message, `"18.405" has too many decimals: USD has 2`)
    assert.strictEqual(refused(Money.parse("18.0", "JPY")).message, `"18.0" has too many decimals: JPY has none`)
  })

  it("refuses what is no decimal number", () => {
    for (const text of ["", " 1", "1,5", "1.", ".5", "1e3", "0x10", "+1", "--1", "1.2.3", "١", "NaN"]) {
      assert.deepInclude(refused(Money.parse(text, "USD")), {
        _tag: "AmountNotReadable",
        problem: "not a decimal number"
      })
    }
    assert.strictEqual(
      refused(Money.parse("ten", "KWD")).message,
      `"ten" is not an amount of KWD: write it like 1840.000`
    )
    assert.strictEqual(refused(Money.parse("90071992547409.92", "USD"))._tag, "AmountTooLarge")
  })

  it.prop("reads back what it shows", [AnyMoney], ([money]) => {
    const [text = ""] = Money.format(money).split(" ")
    assert.deepStrictEqual(ok(Money.parse(text, money.currency)), money)
  })
})

describe("the schema of money", () => {
  const Json = Schema.toCodecJson(Money.Money)
  const message = <A>(schema: Schema.Codec<A, unknown>, input: unknown) =>
    refused(Schema.decodeUnknownResult(schema, { errors: "all" })(input)).message

  it.prop("is { amount, currency } in JSON, and equal again when read back", [AnyMoney], ([money]) => {
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(Json)(money)))
    assert.deepStrictEqual(json, { amount: money.amount, currency: money.currency })
    assert.isTrue(Equal.equals(Schema.decodeUnknownSync(Json)(json), money))
  })

  it("says which rule each wrong field breaks", () => {
    assert.strictEqual(
      message(Json, { amount: 1.5, currency: "usd" }),
      "must be a whole number of minor units from -9007199254740991 to 9007199254740991\n" +
        `  at ["amount"]\nmust be an ISO 4217 currency code such as EUR, JPY or USD\n  at ["currency"]`
    )
    assert.strictEqual(
      message(Schema.toCodecJson(Money.NonNegativeMoney), { amount: -1, currency: "USD" }),
      `must be a whole number of minor units from 0 to 9007199254740991\n  at ["amount"]`
    )
    assert.strictEqual(
      message(Json, "18.40 USD"),
      "must be money: { amount: whole minor units, currency: ISO 4217 code }"
    )
    assert.strictEqual(
      message(Json, { amount: 2 ** 53, currency: "USD" }),
      message(Json, { amount: -0, currency: "USD" })
    )
  })
})

describe("Currency", () => {
  it("knows the currencies that do not have two decimals", () => {
    const having = (decimals: number) => Currency.all.filter((code) => Currency.decimalsOf(code) === decimals).join(" ")
    assert.strictEqual(having(0), "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
    assert.strictEqual(having(3), "BHD IQD JOD KWD LYD OMR TND")
    assert.strictEqual(having(4), "CLF UYW")
    assert.strictEqual(Currency.decimalsOf("USD"), 2)
  })

  it("lists three capital letters each, in order, none twice", () => {
    assert.strictEqual(Currency.all.length, 165)
    assert.deepStrictEqual(Currency.all, [...new Set(Currency.all)].toSorted())
    for (const code of Currency.all) assert.match(code, /^[A-Z]{3}$/u)
  })
})
