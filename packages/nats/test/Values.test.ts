/** What is stored in NATS is read again as it was, and addresses are understood or refused. */
import { assert, describe, it } from "@effect/vitest"
import { headers } from "@nats-io/transport-node"
import { Effect, Schema } from "effect"
import * as GroupValue from "../src/GroupValue.ts"
import { NatsAddressNotValid, NatsConnection } from "../src/index.ts"
import { addressesOf } from "../src/NatsAddresses.ts"
import * as Pack from "../src/Pack.ts"

/** A message of NATS as the server hands it out. */
const stored = (seq: number, body: Uint8Array, given: ReadonlyArray<readonly [string, string]>) => {
  const header = headers()
  for (const [name, value] of given) header.set(name, value)
  return { seq, header, data: body }
}

const packed = (texts: ReadonlyArray<string>): ReadonlyArray<Pack.Packed> =>
  texts.map((text, index) => {
    const [source, id] = ["/contexts/ordering", `m${index}`]
    return { source, id, key: `k${index % 2}`, text, identity: Pack.identityOf({ source, id }) }
  })

describe("a batch", () => {
  it.prop("is read as it was published, in however many parts", { texts: Schema.Array(Schema.String) }, ({ texts }) => {
    const wellFormed = texts.map((text) => text.toWellFormed())
    const messages = packed(wellFormed)
    const pieces = Pack.cut(messages, 20).map(Pack.encode)
    const head = { first: 7, count: texts.length, publishedAt: 12, parts: pieces.slice(1).map((_, index) => index + 1) }
    const parts = pieces.slice(0, -1).map(({ body, headers: given }, index) => stored(index + 1, body, given))
    const last = pieces.at(-1)
    assert.isDefined(last)
    if (last === undefined) return
    const read = Pack.decode(parts, stored(9, last.body, [...last.headers, ...Pack.headHeaders(head)]))
    assert.deepInclude(read, { ...head, sequence: 9, texts: wellFormed })
    assert.strictEqual(read.keys.length, texts.length)
    assert.strictEqual(Pack.endOf(read), 6 + texts.length)
  })

  it("is cut into parts that are no longer than they may be, and a message is never cut", () => {
    const pieces = Pack.cut(packed(["a".repeat(50), "b".repeat(30), "é".repeat(30), "d".repeat(200), "e"]), 100)
    assert.deepStrictEqual(
      pieces.map((piece) => piece.map(({ text }) => text[0])),
      [["a", "b"], ["é"], ["d"], ["e"]]
    )
  })

  it("is known by source and id together", () => {
    assert.notStrictEqual(Pack.identityOf({ source: "a", id: "b,c" }), Pack.identityOf({ source: 'a","b', id: "c" }))
  })
})

const Place = Schema.Struct({ position: Schema.Int, sequence: Schema.Int })
const Value = Schema.Struct({
  options: Schema.Struct({ maxDeliveries: Schema.Int, maxInFlight: Schema.Int }),
  reached: Place,
  kept: Schema.mutable(Schema.Array(Place)),
  lines: Schema.mutable(
    Schema.Array(
      Schema.Struct({
        key: Schema.String,
        head: Schema.Struct({
          ...Place.fields,
          state: Schema.Literals(["ready", "delayed", "held", "dead"]),
          at: Schema.Int,
          attempts: Schema.Int,
          receipt: Schema.Int,
          late: Schema.Boolean
        }),
        queued: Schema.mutable(Schema.Array(Place))
      })
    )
  )
})

describe("a group", () => {
  it.prop("is read as it was stored", { value: Value }, ({ value }) => {
    const places = [value.reached, ...value.kept, ...value.lines.flatMap(({ head, queued }) => [head, ...queued])]
    // Differences of numbers that are no places, beyond what is exact, are nobody's business.
    if (places.some(({ position, sequence }) => Math.abs(position) > 2 ** 51 || Math.abs(sequence) > 2 ** 51)) return
    assert.strictEqual(JSON.stringify(GroupValue.decode(GroupValue.encode(value))), JSON.stringify(value))
  })

  it("with a hundred thousand messages that wait is shorter than a message of NATS may be", () => {
    const lines = Array.from({ length: 20_000 }, (_, line): GroupValue.Line => {
      const place = { position: 1_000_000_000 + line * 7, sequence: 900_000_000 + line }
      const head = {
        ...place,
        state: "held",
        at: 1.8e12 + line,
        attempts: 1,
        receipt: 1e9 + line,
        late: false
      } as const
      const queued = Array.from({ length: 5 }, (_, index) => ({
        position: place.position + 1 + index * 131,
        sequence: place.sequence + index * 3
      }))
      return { key: Pack.identityOf({ source: "k", id: String(line) }).slice(0, 10), head, queued }
    })
    const options = { maxDeliveries: 5, maxInFlight: 10_000 }
    const value = { options, reached: { position: 2_000_000_000, sequence: 1_000_000_000 }, kept: [], lines }
    const bytes = GroupValue.encode(value)
    assert.isBelow(bytes.length, 1_000_000)
    // As text: comparing so many objects takes seconds.
    assert.isTrue(JSON.stringify(GroupValue.decode(bytes)) === JSON.stringify(value))
  })
})

describe("an address", () => {
  it("names servers, and who asks", () => {
    assert.deepStrictEqual(addressesOf("nats://me:p%40ss@one:4333, nats://two"), {
      servers: ["one:4333", "two:4222"],
      tls: false,
      user: "me",
      pass: "p@ss"
    })
    assert.deepInclude(addressesOf("tls://one"), { tls: true, user: undefined })
  })

  it.effect("that is none is refused, and not shown", () =>
    Effect.sync(() => {
      for (const text of ["", "one:4222", "http://hunter2@one", "nats://", "nats://hunter2@one,tls://two"]) {
        assert.isFalse(NatsConnection.isAddress(text))
        assert.throws(() => addressesOf(text), NatsAddressNotValid)
      }
    })
  )
})
