/** Laws of one append: it stores all its events or none, and says what it did. */
import { EventIdConflict, ExpectedVersion, InvalidAppend, VersionConflict } from "@eventfold/event-store"
import { Effect } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Laws of one append. */
export const appending = [
  make(
    "an append of as many events as allowed is stored whole and in order",
    Effect.gen(function* () {
      const { largestAppend } = yield* Scenario.Sizes
      const stream = yield* Scenario.stream
      const events = yield* Scenario.events(largestAppend)
      yield* Scenario.append(stream, ExpectedVersion.NoStream, events)
      yield* Scenario.expectStored(stream, events)
    })
  ),

  make(
    "an append answers the version and the position of its last event",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const first = yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(3))
      const second = yield* Scenario.append(stream, ExpectedVersion.Exact(3), yield* Scenario.events(2))
      const stored = yield* Scenario.read(stream)
      const at = (version: number) => ({ version, position: stored[version - 1]?.position ?? 0 })
      yield* expectEqual("the answer to the first append", first, at(3))
      yield* expectEqual("the answer to the second append", second, at(5))
    })
  ),

  make(
    "an append whose last event is invalid stores nothing",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = [...(yield* Scenario.events(2)), yield* Scenario.event({ type: "" })]
      const error = yield* expectFailure("the append", Scenario.append(stream, ExpectedVersion.NoStream, events))
      yield* expect(error instanceof InvalidAppend, `the append must fail with InvalidAppend, not with ${error._tag}`)
      yield* Scenario.expectStored(stream, [])
    })
  ),

  make(
    "an append whose last event id is in use elsewhere stores nothing",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const [stream, other] = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)]
      const used = yield* Scenario.event()
      yield* Scenario.append(other, ExpectedVersion.NoStream, [used])
      const events = [...(yield* Scenario.events(2)), used]
      const error = yield* expectFailure("the append", Scenario.append(stream, ExpectedVersion.NoStream, events))
      yield* expect(
        error instanceof EventIdConflict,
        `the append must fail with EventIdConflict, not with ${error._tag}`
      )
      yield* Scenario.expectStored(stream, [])
      yield* Scenario.expectStored(other, [used])
    })
  ),

  make(
    "an append refused by a version conflict stores nothing, whatever it expected",
    Effect.gen(function* () {
      const refused = Effect.fnUntraced(function* (size: number, expected: ExpectedVersion.ExpectedVersion) {
        const stream = yield* Scenario.stream
        const before = yield* Scenario.events(size)
        if (size > 0) yield* Scenario.append(stream, ExpectedVersion.NoStream, before)
        const late = Scenario.append(stream, expected, yield* Scenario.events(2))
        const error = yield* expectFailure(ExpectedVersion.format(expected), late)
        yield* expect(
          error instanceof VersionConflict,
          `the append must fail with VersionConflict, not with ${error._tag}`
        )
        yield* Scenario.expectStored(stream, before)
      })
      yield* refused(2, ExpectedVersion.NoStream)
      yield* refused(0, ExpectedVersion.StreamExists)
      yield* refused(0, ExpectedVersion.Exact(1))
      yield* refused(3, ExpectedVersion.Exact(2))
    })
  )
]
