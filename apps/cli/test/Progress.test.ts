import { assert, describe, it } from "@effect/vitest"
import type { Progress } from "@eventfold/postgres"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as ProgressReport from "../src/ProgressReport.ts"
import * as ProgressText from "../src/ProgressText.ts"

const sight = { task: "loading", done: 250_000, total: 1_000_000, seconds: 10, doneHere: 200_000 } as const

/** What is shown of these steps, a number of milliseconds apart. */
const shown = Effect.fn(function* (terminal: boolean, apart: number, steps: ReadonlyArray<Progress>) {
  const written: Array<string> = []
  const report = ProgressReport.make({ terminal, columns: () => 100, write: (text) => void written.push(text) })
  for (const step of steps) {
    yield* report.step(step)
    yield* TestClock.adjust(apart)
  }
  yield* report.end
  return written
})

const steps = (count: number): ReadonlyArray<Progress> =>
  Array.from({ length: count + 1 }, (_, done) => ({ task: "exporting", done, total: count }))

describe("progress", () => {
  it("tells share, events, rate and what is left, the rate without what was there before", () => {
    const facts = "25 %, 250,000 of 1,000,000 events, 20,000 per second, 38 s left"
    assert.strictEqual(ProgressText.text(sight), `loading: ${facts}`)
    assert.strictEqual(ProgressText.text(sight, 100), `loading [######...................]  ${facts}`)
    assert.strictEqual(ProgressText.text(sight, 60).length, 60)
  })

  it("tells what stands beside the events by another name", () => {
    assert.include(ProgressText.text({ ...sight, of: "others" }), "250,000 of 1,000,000 beside them, 20,000 per second")
  })

  it("tells what else commands count", () => {
    const wrapping = { ...sight, task: "wrapping", of: "keys" } as const
    assert.match(ProgressText.text(wrapping), /^wrapping: 25 %, 250,000 of 1,000,000 keys, /u)
  })

  it("tells long times in minutes and hours, and nothing is left of what is done", () => {
    assert.include(ProgressText.text({ ...sight, doneHere: 10_000 }), "12 min 30 s left")
    assert.include(ProgressText.text({ ...sight, doneHere: 1000 }), "2 h 5 min left")
    assert.notInclude(ProgressText.text({ ...sight, done: 1_000_000 }), "left")
    assert.include(ProgressText.text({ ...sight, done: 0, total: 0, doneHere: 0 }), "100 %, 0 of 0 events")
  })

  it.effect("moves a bar on a terminal ten times a second at most, and ends its line", () =>
    Effect.gen(function* () {
      const written = yield* shown(true, 20, steps(50))
      assert.isAtLeast(written.length, 10)
      assert.isAtMost(written.length, 13)
      assert.isTrue(written.slice(0, -1).every((text) => text.startsWith("\r\u001b[2Kexporting [")))
      assert.include(written.at(-2), "100 %, 50 of 50 events")
      assert.strictEqual(written.at(-1), "\n")
    })
  )

  it.effect("begins a line of its own for what stands beside the events", () =>
    Effect.gen(function* () {
      const others = steps(3).map((step) => ({ ...step, of: "others" }) as const)
      const written = yield* shown(true, 200, [...steps(3), ...others])
      assert.include(written.join("").split("\n")[0], "100 %, 3 of 3 events")
      assert.include(written.join("").split("\n")[1], "100 %, 3 of 3 beside them")
    })
  )

  it.effect("writes a plain line every five seconds elsewhere, and one when it is done", () =>
    Effect.gen(function* () {
      const written = yield* shown(false, 1000, steps(12))
      assert.deepStrictEqual(
        written.map((text) => text.slice(0, 24)),
        ["exporting: 41 %, 5 of 12", "exporting: 83 %, 10 of 1", "exporting: 100 %, 12 of "]
      )
      assert.isTrue(written.every((text) => text.endsWith("\n") && !text.includes("\r")))
    })
  )
})
