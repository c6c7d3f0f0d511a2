import { assert, describe, it } from "@effect/vitest"
import { EventId } from "../src/index.ts"

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u
const timeOf = (id: string) => Number.parseInt(id.slice(0, 13).replace("-", ""), 16)

describe("the id of an event", () => {
  it("is a UUID of version 7 that begins with its time", () => {
    const id = EventId.make(4_000_000_000_000)
    assert.match(id, version7)
    assert.strictEqual(timeOf(id), 4_000_000_000_000)
  })

  it("is one at the beginning of time and between two milliseconds, too", () => {
    for (const millis of [0, 0.5, 12.75, 4_000_000_000_000.5]) assert.match(EventId.make(millis), version7)
  })

  it("is greater than those made before it, however many there are in a millisecond and wherever the clock goes", () => {
    const clock = [4_000_000_000_100, 4_000_000_000_099, 0, 4_000_000_000_101]
    const ids = clock.flatMap((millis) => Array.from({ length: 10_000 }, () => EventId.make(millis)))
    assert.deepStrictEqual(ids, ids.toSorted())
    assert.lengthOf(new Set(ids), ids.length)
  })
})
