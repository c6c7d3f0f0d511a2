/** The queue of appends against the simplest list that does the same. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as AppendQueue from "../src/AppendQueue.ts"
import { append } from "./ToldCalls.ts"

const Step = Schema.Union([
  Schema.TaggedStruct("Add", { size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })) }),
  Schema.TaggedStruct("Remove", { which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })) }),
  Schema.TaggedStruct("Take", { events: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })) })
])

const capacity = 3
const maxSize = 20

describe("the queue of appends", () => {
  it.prop("serves those who stay in the order in which they came, and counts them", [Schema.Array(Step)], ([steps]) => {
    const queue = AppendQueue.make<AppendQueue.Waiting>(capacity)
    const everybody: Array<AppendQueue.Waiting> = []
    let model: Array<AppendQueue.Waiting> = []
    for (const step of steps) {
      if (step._tag === "Add") {
        const one = { append: append(`s${everybody.length}`, step.size), size: step.size }
        everybody.push(one)
        model.push(one)
        queue.add(one)
      } else if (step._tag === "Remove") {
        const one = everybody[step.which]
        if (one === undefined) continue
        model = model.filter((other) => other !== one)
        queue.remove(one)
      } else {
        const expected: Array<AppendQueue.Waiting> = []
        let size = 0
        for (const one of model.slice(0, Math.min(capacity, step.events))) {
          size += one.size
          if (expected.length > 0 && size > maxSize) break
          expected.push(one)
        }
        model = model.slice(expected.length)
        assert.deepStrictEqual(queue.take({ maxEvents: step.events, maxSize }), expected)
      }
      assert.strictEqual(queue.length(), Math.min(capacity, model.length))
      assert.strictEqual(queue.events(), Math.min(capacity, model.length))
    }
    assert.deepStrictEqual(queue.takeAll(), model)
    assert.strictEqual(queue.length(), 0)
  })

  it("loses nobody when many come and leave", () => {
    const queue = AppendQueue.make<AppendQueue.Waiting>(1)
    const stays = { append: append("stays"), size: 1 }
    queue.add(stays)
    for (let index = 0; index < 10_000; index += 1) {
      const leaves = { append: append("leaves"), size: 1 }
      queue.add(leaves)
      queue.remove(leaves)
    }
    const last = { append: append("last"), size: 1 }
    queue.add(last)
    assert.deepStrictEqual(queue.takeAll(), [stays, last])
  })
})
