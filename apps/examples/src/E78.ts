/**
 * E78, the shared kernel: what means the same to every context.
 *
 * Shows: money in minor units with the exponent of its currency; currencies that are never mixed; a correction may be
 * negative, and a price may not; a sum that is split without a cent lost; ids, addresses and quantities that are checked.
 */
import { Address, Money, OrderId, Quantity } from "@eventfold/shared-kernel"
import { Console, Effect, Result, Schema } from "effect"

/** What it is about. */
export const title = "Shared kernel: money, quantities, addresses and ids that mean the same to all"

const verdict = (schema: Schema.Codec<unknown, unknown>, value: unknown) =>
  Result.match(Schema.decodeUnknownResult(schema)(value), {
    onFailure: ({ message }) => `refused: ${message.split("\n")[0]}`,
    onSuccess: () => "taken"
  })

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("Minor units, as many as the currency has")
  for (const [amount, currency] of [
    [1840, "USD"],
    [1840, "JPY"],
    [1840, "BHD"]
  ] as const) {
    yield* Console.log(`  ${amount} of ${currency} are ${Money.format({ amount, currency })}`)
  }

  yield* Console.log("Never mixed")
  const [dollars, euros] = [
    { amount: 1840, currency: "USD" },
    { amount: 500, currency: "EUR" }
  ] as const
  const mixed = Result.getOrThrow(Result.flip(Money.add(dollars, euros)))
  yield* Console.log(`  18.40 USD + 5.00 EUR: ${mixed._tag}`)

  yield* Console.log("Signed, and a kind for prices that is not")
  const correction = Money.negate(dollars)
  yield* Console.log(`  a correction of ${Money.format(correction)}: ${verdict(Money.Money, correction)}`)
  yield* Console.log(`  a price of ${Money.format(correction)}: ${verdict(Money.NonNegativeMoney, correction)}`)

  yield* Console.log("Split, with nothing lost")
  const parts = yield* Effect.fromResult(Money.allocate({ amount: 1000, currency: "USD" }, [1, 1, 1]))
  yield* Console.log(`  10.00 USD for three: ${parts.map(Money.format).join(", ")}`)

  yield* Console.log("Ids, quantities and addresses")
  const id = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55")
  yield* Console.log(`  an order is called ${id}`)
  yield* Console.log(`  3 pieces: ${verdict(Quantity.Quantity, 3)}; none: ${verdict(Quantity.Quantity, 0)}`)
  yield* Console.log(`  an address of nothing: ${verdict(Address.Address, {})}`)
})
