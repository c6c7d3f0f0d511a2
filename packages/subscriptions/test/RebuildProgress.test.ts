import { assert, describe, it } from "@effect/vitest"
import { doneOf, progressOf, type Sample, sampled } from "../src/RebuildProgress.ts"
import { rebuildText } from "../src/RebuildText.ts"

const after = (...samples: ReadonlyArray<Sample>) => samples.reduce<ReadonlyArray<Sample>>(sampled, [])

describe("the progress of a rebuild", () => {
  it("says what is done, how fast, and how long the rest takes", () => {
    const samples = after({ at: 1000, done: 0 }, { at: 3000, done: 100 })
    assert.deepStrictEqual(progressOf(samples, 1100), { done: 100, total: 1100, perSecond: 50, secondsLeft: 20 })
  })

  it("does not guess where nothing is known", () => {
    assert.deepStrictEqual(progressOf([], 10), { done: 0, total: 10, perSecond: 0, secondsLeft: undefined })
    const still = after({ at: 0, done: 5 }, { at: 9000, done: 5 })
    assert.deepStrictEqual(progressOf(still, 10), { done: 5, total: 10, perSecond: 0, secondsLeft: undefined })
    assert.deepStrictEqual(progressOf(after({ at: 0, done: 12 }), 10).secondsLeft, 0)
  })

  it("follows what has changed in the last half minute, and keeps few samples", () => {
    let samples: ReadonlyArray<Sample> = []
    for (let at = 0; at <= 100_000; at += 100) samples = sampled(samples, { at, done: at < 50_000 ? 0 : at - 50_000 })
    assert.strictEqual(progressOf(samples, 1_000_000).perSecond, 1000)
    assert.isAtMost(samples.length, 32)
  })

  it("begins anew with what stands further back", () => {
    assert.deepStrictEqual(after({ at: 0, done: 10 }, { at: 5, done: 3 }), [{ at: 5, done: 3 }])
  })

  it("counts slices by their middle, and none beyond the end of the log", () => {
    assert.strictEqual(doneOf([0, 50, 100], 100), 50)
    assert.strictEqual(doneOf([120, 90], 100), 95)
    assert.strictEqual(doneOf([], 100), 0)
  })
})

describe("the text of a rebuild", () => {
  const progress = { done: 430_000, total: 1_000_000, perSecond: 12_000.4, secondsLeft: 47.2 }

  it("is a line for a file", () => {
    assert.strictEqual(
      rebuildText("orders", progress),
      "rebuilding orders: 43 %, 430,000 of 1,000,000 positions, 12,000 per second, 48 s left"
    )
  })

  it("has a bar where there is room, and no more than fits", () => {
    assert.strictEqual(
      rebuildText("orders", progress, 112),
      "rebuilding orders [##########..............]  43 %, 430,000 of 1,000,000 positions, 12,000 per second, 48 s left"
    )
    assert.strictEqual(rebuildText("orders", progress, 40).length, 40)
  })

  it("leaves out what is not known", () => {
    const none = { done: 0, total: 0, perSecond: 0, secondsLeft: 0 }
    assert.strictEqual(rebuildText("orders", none), "rebuilding orders: 100 %, 0 of 0 positions, 0 per second")
    const long = { ...progress, secondsLeft: 5000 }
    assert.include(rebuildText("orders", long), "1 h 23 min left")
  })
})
