import { assert, describe, it } from "@effect/vitest"
import { CustomerId, Identifier, OrderId, ProductId } from "@eventfold/shared-kernel"
import { Arbitrary, Result, Schema } from "effect"

const uuid = "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
const read = (input: unknown) => Schema.decodeUnknownSync(Schema.toCodecJson(OrderId))(input)
const problem = (input: unknown) =>
  Result.getOrThrow(Result.flip(Schema.decodeUnknownResult(Schema.toCodecJson(OrderId))(input))).message

describe("Identifier", () => {
  it("reads a UUID, alone or prefixed, in either case, into one canonical form", () => {
    const spellings = [uuid, uuid.toUpperCase(), `order_${uuid}`, `ORDER_${uuid.toUpperCase()}`, `Order_${uuid}`]
    assert.deepStrictEqual([...new Set(spellings.map(read))], [`order_${uuid}`])
  })

  it("reads UUIDs of every version", () => {
    for (const version of "012345678f") {
      const text = `0190f5a2-7c4e-${version}b1a-9d3f-2f6f0c1d8e55`
      assert.strictEqual(read(text), `order_${text}`)
    }
  })

  it("refuses anything else and names the form", () => {
    const wrong = [
      "",
      "17",
      `customer_${uuid}`,
      `order-${uuid}`,
      `order_order_${uuid}`,
      `${uuid}0`,
      `${uuid}\n`,
      ` ${uuid}`
    ]
    for (const input of [...wrong, uuid.replaceAll("-", ""), 17, null]) {
      assert.strictEqual(problem(input), "must be a UUID, alone or as order_<uuid>")
    }
  })

  it("makes an identifier of a UUID and gives the UUID back", () => {
    const id = ProductId.fromUuid(uuid.toUpperCase())
    assert.strictEqual(id, `product_${uuid}`)
    assert.strictEqual(ProductId.uuidOf(id), uuid)
    assert.throws(() => CustomerId.fromUuid("17"), RangeError, 'got "17"')
  })

  it("tells what it takes to JSON Schema", () => {
    const { pattern } = Schema.toJsonSchemaDocument(OrderId).schema
    assert.match(`Order_${uuid}`, new RegExp(String(pattern), "u"))
    assert.notMatch(`customer_${uuid}`, new RegExp(String(pattern), "u"))
  })

  it("takes only lower-case letters as a prefix", () => {
    assert.throws(() => Identifier.make("Order"), RangeError)
    assert.throws(() => Identifier.make(""), RangeError)
  })

  it.prop("keeps the canonical form in JSON", [OrderId], ([id]) => {
    assert.strictEqual(Schema.encodeSync(Schema.toCodecJson(OrderId))(id), id)
    assert.strictEqual(read(id), id)
  })

  it.prop("is told by its prefix", [Arbitrary.schema(CustomerId)], ([id]) => {
    assert.isFalse(Schema.is(OrderId)(id))
    assert.isTrue(Schema.is(CustomerId)(id))
  })
})
