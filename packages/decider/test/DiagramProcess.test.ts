/** The diagram of a process manager: found by trying it. */
import { assert, it } from "@effect/vitest"
import { Personal } from "../src/index.ts"
import { finding, mermaidOfProcessManager, mostSituations, ofProcessManager } from "../src/DiagramProcess.ts"
import { at, type Input, OrderApproved, OrderPlaced, ParcelProcess } from "./ParcelProcess.ts"

const occurredAt = at(0)
const outcome = (key: string) => ({ key, number: 0, occurredAt })
const payments = ["payment-1", "payment-2", "payment-3"]
const samples: ReadonlyArray<Input> = [
  OrderPlaced.make({ order: "o1", recipient: Personal.of("p", "Ann"), occurredAt }),
  OrderApproved.make({ order: "o1", occurredAt }),
  ...payments.flatMap((key): ReadonlyArray<Input> => [
    { _tag: "CommandAnswered", command: "payments.Pay", answer: { receipt: "r" }, ...outcome(key) },
    { _tag: "CommandRefused", command: "payments.Pay", refusal: { reason: "no" }, ...outcome(key) }
  ]),
  { _tag: "CommandAnswered", command: "shipping.Ship", answer: {}, ...outcome("ship") }
]

it("draws what leads from one phase to another, with what is sent and started", () => {
  const diagram = ofProcessManager(ParcelProcess, samples)
  assert.deepStrictEqual(diagram.phases, [
    { name: "new", ended: false },
    { name: "open", ended: false },
    { name: "shipping", ended: false },
    { name: "shipped", ended: true },
    { name: "given up", ended: true }
  ])
  const text = mermaidOfProcessManager(diagram).split("\n")
  for (const line of [
    "stateDiagram-v2",
    "  p4: given up",
    "  [*] --> p0",
    "  p0 --> p1: OrderPlaced / send Pay, start payment",
    "  p1 --> p2: OrderApproved / send Ship",
    "  p1 --> p2: Pay answered / send Ship",
    "  p1 --> p1: timer payment / send Pay, start payment",
    "  p1 --> p4: timer payment",
    "  p2 --> p3: Ship answered",
    "  p4 --> [*]"
  ]) {
    assert.include(text, line)
  }
})

it("is found one situation at a time, of which there are not too many", () => {
  const steps = finding(ParcelProcess, samples)
  let count = 0
  let step = steps.next()
  for (; step.done !== true; step = steps.next()) count += 1
  assert.deepStrictEqual(step.value, ofProcessManager(ParcelProcess, samples))
  assert.isAbove(count, 5)
  assert.isAtMost(count, mostSituations)
})

it("is the same each time", () => {
  assert.deepStrictEqual(ofProcessManager(ParcelProcess, samples), ofProcessManager(ParcelProcess, samples))
})
