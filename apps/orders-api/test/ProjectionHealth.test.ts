import { assert, describe, it } from "@effect/vitest"
import type { ProjectionStatus } from "@eventfold/subscriptions"
import * as ProjectionHealth from "../src/health/ProjectionHealth.ts"
import { liveConsumer } from "./LiveConsumer.ts"

type Current = NonNullable<ProjectionStatus["current"]>

const follower: Current = {
  consumer: "projection:order_list:1",
  generation: 1,
  generationState: "serving",
  ...liveConsumer
}

const status = (projection: string, current?: Partial<Current>, problem?: string): ProjectionStatus => ({
  projection,
  mode: current === undefined ? "inline" : "async",
  current: current === undefined ? undefined : { ...follower, ...current },
  generations: [],
  problem
})

const well = status("total_volume")

describe("the health of the projections", () => {
  const cases: ReadonlyArray<readonly [what: string, statuses: ReadonlyArray<ProjectionStatus>, expected: object]> = [
    ["is up when there are none", [], { status: "up", pendingEvents: 0, lagMillis: 0 }],
    ["is up when nothing is wrong", [well, status("order_list", {})], { status: "up", pendingEvents: 0, lagMillis: 0 }],
    [
      "is up when one is behind for a moment, by the most that one is",
      [status("order_list", { lag: { count: 3, atLeast: false }, lagMillis: 10_000 }), status("order_detail", {})],
      { status: "up", pendingEvents: 3, lagMillis: 10_000 }
    ],
    [
      "is up when somebody has discarded an event",
      [status("order_list", { letters: { failed: 0, waiting: 0, discarded: 2 } })],
      { status: "up", pendingEvents: 0, lagMillis: 0 }
    ],
    [
      "is degraded when one is behind for longer",
      [well, status("order_list", { lagMillis: 10_001 })],
      { status: "degraded", pendingEvents: 0, lagMillis: 10_001, detail: "order_list: 10 seconds behind" }
    ],
    [
      "is degraded by an event that is held back",
      [status("order_list", { letters: { failed: 1, waiting: 2, discarded: 0 } })],
      {
        status: "degraded",
        pendingEvents: 0,
        lagMillis: 0,
        detail: "order_list: 1 event could not be dealt with, 2 wait behind"
      }
    ],
    [
      "is degraded when one is stopped, or built for the first time",
      [status("order_list", { state: "stopped" }), status("order_detail", { generationState: "building" })],
      { status: "degraded", pendingEvents: 0, lagMillis: 0, detail: "order_list: stopped; order_detail: being built" }
    ],
    [
      "says all that is wrong with one",
      [status("order_list", { state: "stopped", letters: { failed: 2, waiting: 0, discarded: 0 } }, "no space")],
      {
        status: "degraded",
        pendingEvents: 0,
        lagMillis: 0,
        detail: "order_list: no space, 2 events could not be dealt with, 0 wait behind, stopped"
      }
    ]
  ]
  it.each(cases)("%s", (_, statuses, expected) => {
    assert.deepStrictEqual({ ...ProjectionHealth.of(statuses) }, expected)
  })
})
