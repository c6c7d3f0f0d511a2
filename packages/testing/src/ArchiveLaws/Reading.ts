/** Laws: with the archive behind it, the event store shows what it would show if nothing had ever moved. */
import { Deferred, Effect, Fiber } from "effect"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expectEqual, make } from "../Law.ts"
import {
  archive,
  archiving,
  catalog,
  entryOf,
  expectSame,
  filled,
  interleaved,
  pages,
  restore,
  wholly
} from "./Scenario.ts"

/** The laws. */
export const laws = [
  make(
    "an archived event is found by its place, in the order of positions, so many at a time",
    archiving(
      Effect.gen(function* () {
        const tenant = yield* Scenario.tenant
        const after = yield* Scenario.mark
        const streams = yield* interleaved(tenant, 3, 3)
        const events = yield* Scenario.readAll(tenant, { after })
        yield* Effect.forEach(streams, archive)
        if (streams[0] !== undefined) {
          // In the catalogue twice, and found once.
          yield* restore(streams[0])
          yield* archive(streams[0])
        }
        const upTo = events.at(-1)?.position ?? 0
        const placesOf = (range: { after: number; upTo: number; limit: number; types?: ReadonlyArray<string> }) =>
          Effect.map(
            catalog((known) =>
              known.places({
                ...range,
                filter: { tenant, ...(range.types === undefined ? {} : { types: range.types }) }
              })
            ),
            (places) => places.map(({ position, version }) => [position, version] as const)
          )
        const wanted = events.map(({ position, version }) => [position, version] as const)
        yield* expectEqual("all places", yield* placesOf({ after, upTo, limit: 100 }), wanted)
        yield* expectEqual("the first two", yield* placesOf({ after, upTo, limit: 2 }), wanted.slice(0, 2))
        const [from = 0, to = 0] = [wanted[2]?.[0], wanted[5]?.[0]]
        yield* expectEqual("a stretch", yield* placesOf({ after: from, upTo: to, limit: 100 }), wanted.slice(3, 6))
        const odd = events
          .filter(({ type }) => type === "Odd")
          .map(({ position, version }) => [position, version] as const)
        yield* expectEqual("of one name", yield* placesOf({ after, upTo, limit: 100, types: ["Odd"] }), odd)
        const others = yield* catalog((known) =>
          known.places({ after, upTo, limit: 100, filter: { tenant, categories: ["other"] } })
        )
        yield* expectEqual("of another category", others, [])
        const file = (yield* entryOf(streams[1] ?? (yield* Scenario.stream))).file
        const found = yield* catalog((known) => known.places({ after, upTo, limit: 2, filter: { tenant } }))
        yield* expectEqual("the file of an event", found[1]?.archive.file, file)
      })
    )
  ),
  make(
    "with the archive behind it, a stream reads the same before and after it has moved",
    archiving(
      Effect.gen(function* () {
        const stream = yield* filled(yield* Scenario.tenant, 5)
        const reads = [
          {},
          { from: 2 },
          { from: 2, limit: 2 },
          { from: 6 },
          { limit: 0 },
          { direction: "backwards" },
          { direction: "backwards", from: 3 },
          { direction: "backwards", from: 4, limit: 2 },
          { direction: "backwards", from: 9, limit: 1 },
          { direction: "backwards", from: 0 }
        ] as const
        const before = yield* Effect.forEach(reads, (options) => Scenario.read(stream, options))
        yield* archive(stream)
        const after = yield* wholly(Effect.forEach(reads, (options) => Scenario.read(stream, options)))
        for (const [index, events] of before.entries()) {
          yield* expectSame(`read with ${JSON.stringify(reads[index])}`, after[index] ?? [], events)
        }
      })
    )
  ),
  make(
    "with the archive behind it, the log reads the same before and after streams have moved, whatever the page",
    archiving(
      Effect.gen(function* () {
        const tenant = yield* Scenario.tenant
        const after = yield* Scenario.mark
        const streams = yield* interleaved(tenant, 4, 3)
        const before = yield* Scenario.readAll(tenant, { after })
        const odd = before.filter(({ type }) => type === "Odd")
        for (const [index, stream] of streams.entries()) {
          if (index < 3) yield* archive(stream)
          // Back in the log, and still in the catalogue.
          if (index === 1) yield* restore(stream)
        }
        yield* wholly(
          Effect.gen(function* () {
            yield* expectSame("read at once", yield* Scenario.readAll(tenant, { after }), before)
            for (const limit of [1, 2, 3, 5, 12, 100]) {
              yield* expectSame(`in pages of ${limit}`, yield* pages(tenant, after, limit), before)
              yield* expectSame(`one name in pages of ${limit}`, yield* pages(tenant, after, limit, ["Odd"]), odd)
            }
            const middle = before[5]?.position ?? 0
            yield* expectSame("from the middle", yield* pages(tenant, middle, 2), before.slice(6))
          })
        )
      })
    )
  ),
  make(
    "with the archive behind it, every reading is whole while streams move there and back",
    archiving(
      wholly(
        Effect.gen(function* () {
          const tenant = yield* Scenario.tenant
          const after = yield* Scenario.mark
          const streams = yield* interleaved(tenant, 3, 2)
          const before = yield* Scenario.readAll(tenant, { after })
          const done = yield* Deferred.make<void>()
          const mover = yield* Effect.forEach([1, 2, 3], () =>
            Effect.forEach(streams, (stream) => Effect.andThen(archive(stream), restore(stream)))
          ).pipe(Effect.ensuring(Deferred.succeed(done, undefined)), Effect.forkChild)
          while (!(yield* Deferred.isDone(done))) {
            yield* expectSame("a reading meanwhile", yield* Scenario.readAll(tenant, { after }), before)
            yield* Effect.yieldNow
          }
          yield* Fiber.join(mover)
        })
      )
    )
  )
]
