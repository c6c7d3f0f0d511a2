import { assert, describe, it } from "@effect/vitest"
import { EventId } from "../src/index.ts"

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u

describe("the id of an event", () => {
  it("is a UUID of version 7 that begins with its time", () => {
    const id = EventId.make(1_770_000_000_000)
    assert.match(id, version7)
    assert.strictEqual(Number.parseInt(id.slice(0, 13).replace("-", ""), 16), 1_770_000_000_000)
  })

  it("is one at the beginning of time and between two milliseconds, too", () => {
    for (const millis of [0, 0.5, 12.75]) assert.match(EventId.make(millis), version7)
  })

  it("sorts behind those of earlier milliseconds, and differs within one", () => {
    assert.isBelow(EventId.make(1_000).localeCompare(EventId.make(1_001)), 0)
    assert.lengthOf(new Set(Array.from({ length: 10_000 }, () => EventId.make(1_000))), 10_000)
  })
})
