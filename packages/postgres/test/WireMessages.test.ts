import { assert, describe, it, vi } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import * as Wire from "../src/WireMessages.ts"

const Bodies = Schema.Array(Schema.String)
const Cuts = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 })))

const readAll = (chunks: ReadonlyArray<Buffer>): ReadonlyArray<string> => {
  const reader = new Wire.MessageReader()
  reader.opening = false
  return chunks.flatMap((chunk) => {
    reader.push(chunk)
    const messages: Array<string> = []
    for (let next = reader.next(); next !== undefined; next = reader.next()) messages.push(next.toString("hex"))
    return messages
  })
}

describe("WireMessages", () => {
  it.prop(
    "reads the same messages however their bytes are cut",
    [Arbitrary.schema(Bodies), Arbitrary.schema(Cuts)],
    ([bodies, cuts]) => {
      const messages = bodies.map((body) => Wire.message(Wire.Frontend.bind, Buffer.from(body)))
      const bytes = Buffer.concat(messages)
      const chunks: Array<Buffer> = []
      let from = 0
      for (const cut of cuts) {
        chunks.push(bytes.subarray(from, from + cut))
        from += cut
      }
      chunks.push(bytes.subarray(from))
      assert.deepStrictEqual(
        readAll(chunks),
        messages.map((message) => message.toString("hex"))
      )
    }
  )

  it("reads a large message in small chunks without copying it again for each", () => {
    const large = Wire.message(Wire.Frontend.bind, Buffer.alloc(32 * 1024 * 1024, 7))
    const reader = new Wire.MessageReader()
    reader.opening = false
    const concat = vi.spyOn(Buffer, "concat")
    for (let from = 0; from < large.length; from += 16_384) {
      reader.push(large.subarray(from, from + 16_384))
      if (from + 16_384 < large.length) assert.isUndefined(reader.next())
    }
    assert.strictEqual(reader.next()?.length, large.length)
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0)
    concat.mockRestore()
    assert.isAtMost(copied, large.length + 100)
  })

  it("refuses lengths no message can have", () => {
    for (const length of [-1, 0, 3, 1024 ** 3 + 1, 0x7fffffff]) {
      const header = Buffer.from([Wire.Frontend.query, 0, 0, 0, 0])
      header.writeInt32BE(length, 1)
      assert.throws(() => readAll([header]), Wire.ProtocolViolation)
    }
  })
})
