import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import * as ProcessHealth from "../src/health/ProcessHealth.ts"
import * as SagaHealth from "../src/health/SagaHealth.ts"

const well = { trouble: undefined }
const since = DateTime.makeUnsafe("2026-03-01T12:00:00Z")
const silent = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ manager: "shipping", process: `order_${number}`, since }))
const at = "since 2026-03-01T12:00:00.000Z"

describe("the health of the processes", () => {
  const cases: ReadonlyArray<readonly [what: string, findings: ProcessHealth.Findings, expected: object]> = [
    ["is up when nothing is wrong", { timers: well, monitor: well, silent: [] }, { status: "up" }],
    [
      "is degraded while timers do not fire",
      { timers: { trouble: "connection refused" }, monitor: well, silent: [] },
      { status: "degraded", detail: "timers do not fire: connection refused" }
    ],
    [
      "is degraded while nobody looks for those that stand still",
      { timers: well, monitor: { trouble: "no space" }, silent: [] },
      { status: "degraded", detail: "nobody looks for processes that stand still: no space" }
    ],
    [
      "is degraded while one stands still",
      { timers: well, monitor: well, silent: silent(1) },
      { status: "degraded", detail: `1 process makes no progress: shipping order_0 ${at}` }
    ],
    [
      "names the first three of many, and what else is wrong",
      { timers: { trouble: "late" }, monitor: well, silent: silent(5) },
      {
        status: "degraded",
        detail: `timers do not fire: late; 5 processes make no progress: ${[0, 1, 2].map((one) => `shipping order_${one} ${at}`).join(", ")} and 2 more`
      }
    ]
  ]
  it.each(cases)("%s", (_, findings, expected) => {
    assert.deepStrictEqual({ ...ProcessHealth.of(findings) }, expected)
  })
})

describe("the health of the sagas", () => {
  const counted = { active: 2, waiting: 3, parked: 0, overdue: 0 }
  const cases: ReadonlyArray<readonly [what: string, counted: SagaHealth.Counted | undefined, expected: object]> = [
    ["is up while nobody can count them", undefined, { status: "up" }],
    ["is up when they go on by themselves", counted, { status: "up", detail: "2 at work, 3 waiting" }],
    [
      "is degraded when one is parked",
      { ...counted, parked: 1 },
      { status: "degraded", detail: "1 parked: a person has to decide" }
    ],
    [
      "is degraded when some should have gone on, whatever else",
      { ...counted, parked: 1, overdue: 2 },
      {
        status: "degraded",
        detail: "1 parked: a person has to decide; 2 should have gone on for more than a minute: the log says why not"
      }
    ]
  ]
  it.each(cases)("%s", (_, given, expected) => {
    assert.deepStrictEqual({ ...SagaHealth.of(given) }, expected)
  })
})
