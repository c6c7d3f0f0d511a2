import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import type { ConsumerState } from "../src/Consumers.ts"
import { consumerOf } from "../src/GenerationConsumer.ts"
import { planOf, type ProgramSide, type Sight } from "../src/GenerationPlan.ts"
import type { Generation } from "../src/ReadModelStore.ts"

const [now, ages] = [10_000_000, { grace: 60_000, abandoned: 3_600_000 }]
const at = (ago: number) => DateTime.makeUnsafe(now - ago)

/** A program of version `v`, whose rows have the shape `shape`. */
const program = (v: string, shape = "s", more: Partial<ProgramSide> = {}): ProgramSide => ({
  fingerprint: v,
  rowsFingerprint: shape,
  onChange: "rebuild",
  inline: false,
  ...more
})

const generation = (
  number: number,
  v: string,
  state: Generation["state"],
  more: Partial<Generation> = {}
): Generation => ({
  projection: "orders",
  generation: number,
  fingerprint: v,
  rowsFingerprint: "s",
  slices: 1,
  state,
  begunAt: at(9_000_000),
  servedAt: state === "building" ? undefined : at(8_000_000),
  retiredAt: state === "retired" ? at(0) : undefined,
  from: undefined,
  ...more
})

const consumer = (of: Generation, leaseLeft: number, more: Partial<ConsumerState> = {}): ConsumerState => ({
  consumer: consumerOf(of),
  slice: 0,
  position: 5,
  epoch: 1,
  owner: "node",
  leasedUntil: at(-leaseLeft),
  stopped: false,
  ...more
})

const sight = (generations: ReadonlyArray<Generation>, more: Partial<Sight> = {}): Sight => ({
  generations,
  consumers: [],
  superseded: false,
  now,
  ...more
})

const plan = (side: ProgramSide, seen: Sight) => planOf(side, seen, ages)

describe("what is to be done about generations", () => {
  it("begins the first one, whatever is to be done about changes", () => {
    for (const onChange of ["rebuild", "wait"] as const) {
      const { begin, standing } = plan(program("v1", "s", { onChange }), sight([]))
      assert.deepStrictEqual([begin, standing], [true, "building"])
    }
  })

  it("feeds what is read, and nothing else is to do", () => {
    const one = generation(1, "v1", "serving")
    const { begin, drop, feed, retire, standing } = plan(program("v1"), sight([one]))
    assert.deepStrictEqual(
      { begin, drop, feed, retire, standing },
      {
        begin: false,
        drop: [],
        feed: [one],
        retire: [],
        standing: "current"
      }
    )
  })

  it("feeds both while the next one is being built, and drops the old one when its grace is over", () => {
    const [old, next] = [generation(1, "v1", "serving"), generation(2, "v1", "building")]
    const during = plan(program("v1"), sight([old, next]))
    assert.deepStrictEqual([during.feed, during.standing, during.building], [[old, next], "rebuilding", next])
    const served = generation(2, "v1", "serving")
    const retired = (ago: number) => generation(1, "v1", "retired", { retiredAt: at(ago) })
    assert.deepStrictEqual(plan(program("v1"), sight([retired(59_000), served])).drop, [])
    assert.deepStrictEqual(plan(program("v1"), sight([retired(60_000), served])).drop, [retired(60_000)])
  })

  it("rebuilds when the program has changed, or waits for a command", () => {
    const old = generation(1, "v1", "serving")
    const same = plan(program("v2"), sight([old]))
    assert.deepStrictEqual([same.begin, same.standing, same.serving, same.feed], [true, "rebuilding", old, []])
    const other = plan(program("v2", "t"), sight([old]))
    assert.deepStrictEqual([other.begin, other.standing, other.serving], [true, "building", undefined])
    for (const shape of ["s", "t"]) {
      const { begin, standing } = plan(program("v2", shape, { onChange: "wait" }), sight([old]))
      assert.deepStrictEqual([begin, standing], [false, "waiting"])
    }
    const commanded = plan(program("v2", "s", { onChange: "wait" }), sight([old, generation(2, "v2", "building")]))
    assert.deepStrictEqual([commanded.begin, commanded.standing, commanded.feed.length], [false, "rebuilding", 1])
  })

  it("does not take rows back that a newer program feeds, but does when nobody feeds them any more", () => {
    const [old, newer] = [generation(1, "v1", "retired"), generation(2, "v2", "serving")]
    const beside = plan(program("v1"), sight([old, newer], { consumers: [consumer(newer, 1000)] }))
    assert.deepStrictEqual([beside.begin, beside.standing, beside.feed], [false, "superseded", []])
    const dropped = plan(program("v1"), sight([newer], { consumers: [consumer(newer, 1000)], superseded: true }))
    assert.deepStrictEqual([dropped.begin, dropped.standing], [false, "superseded"])
    const alone = plan(program("v1"), sight([newer], { consumers: [consumer(newer, -1)], superseded: true }))
    assert.deepStrictEqual([alone.begin, alone.standing], [true, "rebuilding"])
  })

  it("leaves rows of another shape to the program that feeds them, until nobody has for long", () => {
    const old = generation(1, "v1", "serving", { rowsFingerprint: "r" })
    const mine = generation(2, "v2", "serving", { servedAt: at(3_600_000) })
    const young = generation(2, "v2", "serving", { servedAt: at(3_599_000) })
    const silent = { consumers: [consumer(old, -3_600_000)] }
    assert.deepStrictEqual(plan(program("v2"), sight([old, mine], silent)).retire, [old])
    assert.deepStrictEqual(plan(program("v2"), sight([old, young], silent)).retire, [])
    assert.deepStrictEqual(
      plan(program("v2"), sight([old, mine], { consumers: [consumer(old, -3_599_000)] })).retire,
      []
    )
    const stopped = { consumers: [consumer(old, -3_600_000, { stopped: true })] }
    assert.deepStrictEqual(plan(program("v2"), sight([old, mine], stopped)).retire, [])
  })

  it("drops what a program that is gone never finished", () => {
    const left = generation(2, "v0", "building")
    const [old, silent] = [generation(1, "v1", "serving"), [consumer(left, -3_600_000)]]
    assert.deepStrictEqual(plan(program("v1"), sight([old, left], { consumers: silent })).drop, [left])
    assert.deepStrictEqual(plan(program("v1"), sight([old, left], { consumers: [consumer(left, 1000)] })).drop, [])
    const young = generation(2, "v0", "building", { begunAt: at(1000) })
    assert.deepStrictEqual(plan(program("v1"), sight([old, young])).drop, [])
  })

  it("follows the log for inline rows only while they are being built", () => {
    const side = program("v1", "s", { inline: true })
    const next = generation(2, "v1", "building")
    assert.deepStrictEqual(plan(side, sight([generation(1, "v1", "serving"), next])).feed, [next])
    assert.deepStrictEqual(plan(side, sight([generation(1, "v1", "serving")])).feed, [])
  })
})
