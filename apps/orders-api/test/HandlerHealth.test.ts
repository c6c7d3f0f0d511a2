import { assert, describe, it } from "@effect/vitest"
import type { HandlerStatus } from "@eventfold/subscriptions"
import * as HandlerHealth from "../src/health/HandlerHealth.ts"
import { handlerStatus as status } from "./LiveConsumer.ts"

const [up, degraded] = [
  { status: "up", pendingEvents: 0, lagMillis: 0 },
  { status: "degraded", pendingEvents: 0, lagMillis: 0 }
]

describe("the health of the event handlers", () => {
  const cases: ReadonlyArray<readonly [what: string, statuses: ReadonlyArray<HandlerStatus>, expected: object]> = [
    ["is up when there are none", [], up],
    ["is up when nothing is wrong", [status("fulfilment"), status("send-shipping")], up],
    [
      "is up when one has had something to do for a minute, by the most that one has",
      [status("send-payment", { lag: { count: 3, atLeast: false }, lagMillis: 60_000 }), status("fulfilment")],
      { status: "up", pendingEvents: 3, lagMillis: 60_000 }
    ],
    [
      "is up when somebody has discarded an event",
      [status("fulfilment", { letters: { failed: 0, waiting: 0, discarded: 2 } })],
      up
    ],
    [
      "is degraded when one is behind for longer",
      [status("fulfilment"), status("send-payment", { lagMillis: 60_001 })],
      { status: "degraded", pendingEvents: 0, lagMillis: 60_001, detail: "send-payment: 60 seconds behind" }
    ],
    [
      "is degraded by an event that is held back, and by those behind it",
      [status("fulfilment", { letters: { failed: 1, waiting: 2, discarded: 0 } })],
      { ...degraded, detail: "fulfilment: 1 event could not be dealt with, 2 wait behind" }
    ],
    [
      "is degraded when one is stopped, and says all that is wrong with each",
      [
        status("fulfilment", { state: "stopped", letters: { failed: 2, waiting: 0, discarded: 0 } }),
        status("send-shipping", { state: "retrying", problem: "no space" })
      ],
      {
        ...degraded,
        detail: "fulfilment: 2 events could not be dealt with, 0 wait behind, stopped; send-shipping: no space"
      }
    ]
  ]
  it.each(cases)("%s", (_, statuses, expected) => {
    assert.deepStrictEqual({ ...HandlerHealth.of(statuses) }, expected)
  })
})
