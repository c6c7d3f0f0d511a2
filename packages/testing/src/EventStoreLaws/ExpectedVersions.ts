/** Laws of the four expectations: each accepts just the streams it describes, and a conflict names the actual version. */
import { ExpectedVersion, VersionConflict } from "@eventfold/event-store"
import { Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Appends under an expectation to a stream of `size` events (0: none) and checks what comes of it. */
const appended = Effect.fnUntraced(function* (
  size: number,
  expected: ExpectedVersion.ExpectedVersion,
  outcome: "accepted" | "refused"
) {
  const stream = yield* Scenario.stream
  if (size > 0) yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(size))
  const append = Scenario.append(stream, expected, yield* Scenario.events(1))
  const what = `an append to a stream at version ${size} that expects ${ExpectedVersion.format(expected)}`
  if (outcome === "refused") {
    const conflict = new VersionConflict({ stream, expected, actual: size })
    return yield* expectEqual(what, yield* expectFailure(what, append), conflict)
  }
  const { version } = yield* append
  return yield* expectEqual(what, version, size + 1)
})

/** Laws of the four expectations. */
export const expectedVersions = [
  make(
    "Any accepts every stream, existing or not",
    Effect.gen(function* () {
      yield* appended(0, ExpectedVersion.Any, "accepted")
      yield* appended(3, ExpectedVersion.Any, "accepted")
    })
  ),

  make(
    "NoStream accepts only a stream without events, and names the version it found",
    Effect.gen(function* () {
      yield* appended(0, ExpectedVersion.NoStream, "accepted")
      yield* appended(1, ExpectedVersion.NoStream, "refused")
      yield* appended(3, ExpectedVersion.NoStream, "refused")
    })
  ),

  make(
    "StreamExists accepts only a stream with events, and names version 0 when there are none",
    Effect.gen(function* () {
      yield* appended(0, ExpectedVersion.StreamExists, "refused")
      yield* appended(1, ExpectedVersion.StreamExists, "accepted")
      yield* appended(3, ExpectedVersion.StreamExists, "accepted")
    })
  ),

  make(
    "Exact accepts only its version, and names the version it found",
    Effect.gen(function* () {
      yield* appended(0, ExpectedVersion.Exact(1), "refused")
      yield* appended(3, ExpectedVersion.Exact(3), "accepted")
      yield* appended(3, ExpectedVersion.Exact(2), "refused")
      yield* appended(3, ExpectedVersion.Exact(4), "refused")
      yield* appended(3, ExpectedVersion.Exact(Number.MAX_SAFE_INTEGER), "refused")
    })
  )
]
