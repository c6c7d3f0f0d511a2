/** How tests ask read models: so that what a command did is in the answer, or until it is as it should be. */
import { assert } from "@effect/vitest"
import { ConsistencyToken, type StreamId } from "@eventfold/event-store"
import { Effect, Layer, Schedule } from "effect"
import type { Json } from "./Json.ts"
import { type Answer, request, TestService } from "./TestService.ts"

/** The headers of a question that must know of what a command did. */
export const after = ({ headers }: Answer): Record<string, string> => ({
  "consistency-token": headers["consistency-token"] ?? assert.fail("the command answered no token")
})

/** The headers of a question that must know of all up to a position, such as that of events stored past the service. */
export const afterPosition = (position: number, ...streams: ReadonlyArray<StreamId.StreamId>) => ({
  "consistency-token": ConsistencyToken.encode({ tenant: "main", position, streams })
})

/** Asks, and answers the body; fails the test unless that is answered well. */
export const read = Effect.fnUntraced(function* (path: string, headers: Record<string, string> = {}) {
  const { body, status, text } = yield* request("GET", path, { headers })
  assert.strictEqual(status, 200, text)
  return body
})

/** What is at a path of each item of a list. */
export const each = (body: Json, list: string, ...path: ReadonlyArray<string>) =>
  body.all(list).map((item) => item.at(...path))

/** Until the rows of all projections can be read: a service that has just begun makes them first. */
export const ready = Effect.suspend(() =>
  until("/projections", (body) => each(body, "projections", "rows").every((rows) => rows === "current"))
)

/** A service whose read models can be read. */
export const readyService = <E = never, R = never>(options?: Parameters<typeof TestService.layer<E, R>>[0]) =>
  Layer.effectDiscard(ready).pipe(Layer.provideMerge(TestService.layer(options)))

const patience = Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "20 seconds" }))

/** Asks until the answer is as it should be, for 20 seconds at most; then it fails the test. */
export const until = (path: string, wanted: (body: Json) => boolean) =>
  Effect.map(
    Effect.repeat(request("GET", path), { schedule: patience, until: ({ body }) => wanted(body) }),
    ({ body, text }) => {
      assert.isTrue(wanted(body), `${path} never answered what was waited for: ${text}`)
      return body
    }
  )
