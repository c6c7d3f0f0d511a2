import { assert, describe, it } from "@effect/vitest"
import type { TopicStatus } from "@eventfold/messaging"
import { DateTime } from "effect"
import * as MessagingHealth from "../src/health/MessagingHealth.ts"
import { handlerStatus as relay } from "./LiveConsumer.ts"

const subscriber = (name: string, differing: Partial<TopicStatus> = {}) => ({
  subscriber: name,
  topics: [
    {
      topic: "ordering",
      state: "live",
      lag: 0,
      lagMillis: 0,
      inFlight: 0,
      dead: 0,
      counts: { handled: 9, duplicate: 0, "passed-over": 0, "put-back": 0, "given-up": 0 },
      lastFailure: undefined,
      problem: undefined,
      ...differing
    } as const
  ]
})
const topic = (problem?: string, lateMillis = 0) => ({ what: "ordering", problem, lateMillis })

const now = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
const stray = (seconds: number | undefined, lag: number, dead = 0) => ({
  group: "mails",
  topic: "ordering",
  lag,
  dead,
  since: seconds === undefined ? undefined : DateTime.subtract(now, { seconds })
})

const up = { status: "up", lagMillis: 0 }
const degraded = (detail: string, lagMillis = 0) => ({ status: "degraded", lagMillis, detail })

describe("the health of messages between contexts", () => {
  const cases: ReadonlyArray<readonly [what: string, found: Parameters<typeof MessagingHealth.of>, expected: object]> =
    [
      ["is up when nobody says or hears anything", [[], [], []], up],
      ["is up when nothing is wrong", [[relay("relay-ordering")], [subscriber("billing")], [topic()]], up],
      [
        "is up when the broker does not tell how far somebody is, and somebody is behind for a moment",
        [[relay("relay-ordering", { lagMillis: 10_000 })], [subscriber("billing", { lagMillis: undefined })], []],
        { status: "up", lagMillis: 10_000 }
      ],
      [
        "is degraded by a relay that is stopped, behind, or holds events back",
        [
          [
            relay("relay-ordering", { state: "stopped", letters: { failed: 1, waiting: 2, discarded: 0 } }),
            relay("relay-payments", { state: "retrying", problem: "no broker", lagMillis: 10_501 })
          ],
          [],
          []
        ],
        degraded(
          "relay-ordering: 1 event could not be said, 2 wait behind, stopped; relay-payments: no broker, 11 seconds behind",
          10_501
        )
      ],
      [
        "is degraded by a subscriber that is behind or has dead letters",
        [
          [],
          [subscriber("billing", { dead: 2 }), subscriber("archive", { lagMillis: 60_000, problem: "no store" })],
          []
        ],
        degraded(
          "billing of ordering: 2 messages could not be dealt with; archive of ordering: no store, 60 seconds behind",
          60_000
        )
      ],
      [
        "is degraded by a group that nobody here has, if it is behind for long or has dead letters",
        [[], [], [], MessagingHealth.behindForLong([stray(60, 3), stray(5, 1), stray(undefined, 0, 2)], now)],
        degraded(
          "mails of ordering has no subscriber here, 3 messages behind since 2026-01-15T11:59:00.000Z; mails of ordering has no subscriber here, 2 dead letters"
        )
      ],
      [
        "is degraded when nothing is removed from a topic",
        [[], [], [topic("no answer in time")]],
        degraded("nothing is removed from ordering: no answer in time")
      ],
      [
        "is degraded when nobody has removed anything for long, and says for how long",
        [
          [],
          [],
          [topic(undefined, 60_000), topic(undefined, 360_000), { ...topic("away", 400_000), what: "the inbox" }]
        ],
        degraded(
          "nothing is removed from ordering for 6 minutes; nothing is removed from the inbox for 7 minutes: away"
        )
      ]
    ]
  it.each(cases)("%s", (_, found, expected) => {
    assert.deepStrictEqual({ ...MessagingHealth.of(...found) }, expected)
  })
})
