import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import * as Shares from "../src/Shares.ts"

/** A slice of a consumer, and the number of the node that holds it; nobody does when there is no such node. */
const Situation = Schema.Struct({
  nodes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })),
  slices: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))).check(Schema.isMaxLength(24))
})

const node = (number: number) => `node-${number}`

const all = (count: number, hosts: ReadonlyArray<string>) =>
  Array.from({ length: count }, (_, number) => ({ node: node(number), hosts }))

/** Every node does what its plan says, all at once; what is given up is free. */
const round = (
  nodes: ReturnType<typeof all>,
  slices: ReadonlyArray<Shares.SharedSlice>
): ReadonlyArray<Shares.SharedSlice> => {
  const plans = nodes.map((one) => ({ node: one.node, share: Shares.of(one.node, nodes, slices) }))
  return slices.map((slice) => {
    const taker = plans.filter(({ share }) => share.take.includes(slice))
    assert.isAtMost(taker.length, 1, "two nodes take the same slice")
    const given = plans.some(({ share }) => share.give.includes(slice))
    return { ...slice, holder: taker[0]?.node ?? (given ? undefined : slice.holder) }
  })
}

const counts = (nodes: ReturnType<typeof all>, slices: ReadonlyArray<Shares.SharedSlice>) =>
  nodes.map((one) => slices.filter(({ holder }) => holder === one.node).length)

describe("shares", () => {
  it.effect.prop(
    "differ by one slice at the most after two rounds, whoever had what; then nothing moves",
    [Arbitrary.schema(Situation)],
    ([situation]) =>
      Effect.sync(() => {
        const begun = situation.slices.map((holder, slice): Shares.SharedSlice => ({
          consumer: `consumer-${slice % 3}`,
          slice,
          holder: holder < situation.nodes ? node(holder) : undefined
        }))
        const nodes = all(situation.nodes, ["consumer-0", "consumer-1", "consumer-2"])
        const settled = round(nodes, round(nodes, begun))
        assert.isTrue(settled.every(({ holder }) => holder !== undefined))
        const shares = counts(nodes, settled)
        assert.isAtMost(Math.max(...shares) - Math.min(...shares), 1)
        assert.deepStrictEqual(round(nodes, settled), settled)
        const before = begun.filter(({ holder }) => holder !== undefined).length
        const kept = begun.filter(
          ({ holder }, index) => holder !== undefined && holder === settled[index]?.holder
        ).length
        const most = Math.ceil(begun.length / nodes.length)
        const surplus = counts(nodes, begun).reduce(
          (sum, count) => sum + Math.max(0, count - Math.floor(begun.length / nodes.length)),
          0
        )
        assert.isAtLeast(kept, before - surplus, `more was moved than had to be: at most ${most} each`)
      })
  )

  it("go only to nodes that would work for them, and spread the slices of one consumer", () => {
    const nodes = [
      { node: "a", hosts: ["orders", "letters"] },
      { node: "b", hosts: ["orders"] }
    ]
    const slices = [
      ...Array.from({ length: 4 }, (_, slice) => ({ consumer: "orders", slice, holder: "a" })),
      ...Array.from({ length: 2 }, (_, slice) => ({ consumer: "letters", slice, holder: undefined }))
    ]
    const given = Shares.of("a", nodes, slices)
    assert.deepStrictEqual(new Set(given.take.map(({ consumer }) => consumer)), new Set(["letters"]))
    assert.deepStrictEqual(
      given.give.map(({ consumer }) => consumer),
      ["orders", "orders", "orders"]
    )
    assert.deepStrictEqual(Shares.of("b", nodes, slices), { take: [], give: [] })
  })

  it("leave the slices of a node that is silent alone while its leases run", () => {
    const slices = [{ consumer: "orders", slice: 0, holder: "frozen" }]
    assert.deepStrictEqual(Shares.of("a", [{ node: "a", hosts: ["orders"] }], slices), { take: [], give: [] })
  })
})
