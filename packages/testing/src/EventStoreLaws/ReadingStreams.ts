/** Laws of reading one stream: its order, its numbers, and every way to read a part of it. */
import {
  EventStore,
  ExpectedVersion,
  type NewEvent,
  pageSize,
  type StreamId,
  Transaction
} from "@eventfold/event-store"
import { Effect, Random } from "effect"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** A stream of so many events, appended in portions, and its events. */
const streamWith = Effect.fnUntraced(function* (size: number) {
  const stream = yield* Scenario.stream
  const events = yield* Scenario.events(size)
  for (let from = 0; from < size; from += pageSize) {
    yield* Scenario.append(stream, ExpectedVersion.at(from), events.slice(from, from + pageSize))
  }
  return { stream, events }
})

/** Laws of order and numbers. */
export const streamOrder = [
  make(
    "versions are 1, 2, 3, … without holes, whatever was refused or taken back in between",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const transaction = yield* Transaction
      let version = 0
      for (let append = 0; append < 20; append++) {
        const count = yield* Random.nextIntBetween(1, 5)
        yield* Scenario.append(stream, ExpectedVersion.at(version), yield* Scenario.events(count))
        yield* Effect.flip(Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(2)))
        const takenBack = Effect.andThen(
          Scenario.append(stream, ExpectedVersion.Exact(version + count), yield* Scenario.events(2)),
          Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(1))
        )
        yield* Effect.flip(transaction.run(takenBack))
        version += count
      }
      const versions = (yield* Scenario.read(stream)).map((event) => event.version)
      yield* expectEqual(
        "the versions in the stream",
        versions,
        Array.from({ length: version }, (_, index) => index + 1)
      )
    })
  ),

  make(
    "a long stream is read whole, forwards and backwards",
    Effect.gen(function* () {
      const { longStream } = yield* Scenario.Sizes
      const { events, stream } = yield* streamWith(longStream)
      const ids = Scenario.idsOf(events)
      yield* expectEqual("the ids, forwards", Scenario.idsOf(yield* Scenario.read(stream)), ids)
      const backwards = yield* Scenario.read(stream, { direction: "backwards" })
      yield* expectEqual("the ids, backwards", Scenario.idsOf(backwards), ids.toReversed())
    })
  )
]

interface Part {
  readonly from?: number
  readonly limit?: number
}

/** Reads a part of a stream, as a stream and (where the port allows it) as one page. */
const expectPart = Effect.fnUntraced(function* (
  { events, stream }: { readonly stream: StreamId.StreamId; readonly events: ReadonlyArray<NewEvent> },
  direction: "forwards" | "backwards",
  part: Part,
  versions: ReadonlyArray<number>
) {
  const store = yield* EventStore
  const expected = versions.map((version) => events[version - 1]?.id)
  const what = `${direction} from ${part.from ?? "the end"}, at most ${part.limit ?? "all"}`
  const found = yield* Scenario.read(stream, { direction, ...part })
  yield* expectEqual<ReadonlyArray<unknown>>(what, Scenario.idsOf(found), expected)
  if (part.from === undefined || part.limit === undefined) return
  const page = yield* store.readPage(stream, { direction, from: part.from, limit: part.limit })
  yield* expectEqual<ReadonlyArray<unknown>>(`one page ${what}`, Scenario.idsOf(page), expected)
})

/** Laws of reading parts. */
export const streamParts = [
  make(
    "a stream is read forwards from a version on, up to a limit",
    Effect.gen(function* () {
      const six = yield* streamWith(6)
      yield* expectPart(six, "forwards", {}, [1, 2, 3, 4, 5, 6])
      yield* expectPart(six, "forwards", { from: 3 }, [3, 4, 5, 6])
      yield* expectPart(six, "forwards", { limit: 2 }, [1, 2])
      yield* expectPart(six, "forwards", { from: 2, limit: 3 }, [2, 3, 4])
      yield* expectPart(six, "forwards", { from: 5, limit: 9 }, [5, 6])
    })
  ),

  make(
    "a stream is read backwards from a version on, up to a limit",
    Effect.gen(function* () {
      const six = yield* streamWith(6)
      yield* expectPart(six, "backwards", {}, [6, 5, 4, 3, 2, 1])
      yield* expectPart(six, "backwards", { from: 3 }, [3, 2, 1])
      yield* expectPart(six, "backwards", { limit: 2 }, [6, 5])
      yield* expectPart(six, "backwards", { from: 5, limit: 3 }, [5, 4, 3])
      yield* expectPart(six, "backwards", { from: 2, limit: 9 }, [2, 1])
    })
  ),

  make(
    "reading beyond the ends of a stream answers what there is, and nothing where nothing is",
    Effect.gen(function* () {
      const three = yield* streamWith(3)
      yield* expectPart(three, "forwards", { from: 0, limit: 2 }, [1, 2])
      yield* expectPart(three, "forwards", { from: 4, limit: 2 }, [])
      yield* expectPart(three, "forwards", { from: 1, limit: 0 }, [])
      yield* expectPart(three, "backwards", { from: 9, limit: 2 }, [3, 2])
      yield* expectPart(three, "backwards", { from: 0, limit: 2 }, [])
      yield* expectPart(three, "backwards", { from: 3, limit: 0 }, [])
      const missing = { stream: yield* Scenario.stream, events: [] }
      yield* expectPart(missing, "forwards", { from: 1, limit: 2 }, [])
      yield* expectPart(missing, "backwards", { from: 1, limit: 2 }, [])
    })
  ),

  make(
    "a limit that ends on, before or after a page boundary is kept",
    Effect.gen(function* () {
      const size = 2 * pageSize + 1
      const long = yield* streamWith(size)
      const versions = Array.from({ length: size }, (_, index) => index + 1)
      for (const limit of [pageSize - 1, pageSize, pageSize + 1]) {
        yield* expectPart(long, "forwards", { limit }, versions.slice(0, limit))
      }
      yield* expectPart(long, "backwards", { limit: pageSize + 1 }, versions.toReversed().slice(0, pageSize + 1))
      const fromSecond = yield* Scenario.read(long.stream, { from: 2, limit: 2 * pageSize })
      yield* expectEqual(
        "two pages from version 2 on",
        Scenario.idsOf(fromSecond),
        Scenario.idsOf(long.events.slice(1))
      )
    })
  )
]
