/** Laws of streams that must not be taken for one another. */
import { ExpectedVersion, type StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Creates every one of the streams, with as many events as it has streams before it, and checks that each has its own. */
const expectApart = Effect.fnUntraced(function* (streams: ReadonlyArray<StreamId.StreamId>) {
  const histories = yield* Effect.forEach(streams, (_, index) => Scenario.events(index + 1))
  for (const [index, stream] of streams.entries()) {
    const { version } = yield* Scenario.append(stream, ExpectedVersion.NoStream, histories[index] ?? [])
    yield* expectEqual("the version of a stream just created", version, index + 1)
  }
  for (const [index, stream] of streams.entries()) yield* Scenario.expectStored(stream, histories[index] ?? [])
})

/** Laws of streams that must not be taken for one another. */
export const separation = [
  make(
    "two tenants have streams of their own, though category and id are the same",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      yield* expectApart([stream, { ...stream, tenant: yield* Scenario.tenant }])
    })
  ),

  make(
    "two categories have streams of their own, though the id is the same",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      yield* expectApart([stream, { ...stream, category: "Law" }, { ...stream, category: "law-2" }])
    })
  ),

  make(
    "ids that differ in case, white space or the form of a letter are different ids",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const ids = ["café", "cafe\u0301", "Café", "café ", " café", "café/", "%", "_", "\\"]
      yield* expectApart(ids.map((id) => ({ ...stream, id: `${id}${stream.id}${id}` })))
    })
  )
]
