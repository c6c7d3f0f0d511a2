/** Laws: what moves, what stays, and what is left of it. */
import { EventStore, ExpectedVersion, type StreamId, Transaction } from "@eventfold/event-store"
import { Effect, Option, Result } from "effect"
import { effort } from "../Effort.ts"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import { archive, archiving, catalog, entryOf, expectSame, filled, restore, wholly } from "./Scenario.ts"

const file = { name: "a-file", checksum: "0".repeat(64), bytes: 1 }

const positionsOf = (stream: StreamId.StreamId) =>
  Effect.map(Scenario.read(stream), (events) => events.map(({ position }) => position))

const isNotThere = (stream: StreamId.StreamId) =>
  Effect.map(
    catalog((known) => known.find(stream)),
    Option.isNone
  )

const expectOutcome = (what: string, effect: ReturnType<typeof Scenario.append>, tag: string, actual?: number) =>
  Effect.flatMap(expectFailure(what, effect), (error) =>
    expectEqual(
      what,
      { tag: error._tag, actual: error._tag === "VersionConflict" ? error.actual : undefined },
      { tag, actual }
    )
  )

/** The laws. */
export const laws = [
  make(
    "an archived stream has left the log as a whole, and its id and version stay",
    archiving(
      Effect.gen(function* () {
        const [after, tenant] = [yield* Scenario.mark, yield* Scenario.tenant]
        const [moved, stays] = [yield* filled(tenant, 3), yield* filled(tenant, 2)]
        yield* archive(moved)
        yield* expectEqual("the events of the stream", yield* Scenario.read(moved), [])
        const left = yield* Scenario.readAll(tenant, { after })
        yield* expectEqual("the streams in the log", new Set(left.map(({ stream }) => stream.id)), new Set([stays.id]))
        const store = yield* EventStore
        const streams = yield* store.readStreams({ tenant, category: "law", limit: 10 })
        yield* expectEqual(
          "the streams of the category",
          new Map(streams.map(({ stream, version }) => [stream.id, version])),
          new Map([
            [moved.id, 3],
            [stays.id, 2]
          ])
        )
      })
    )
  ),
  make(
    "an archived stream takes no more events, and a conflict names its version",
    archiving(
      Effect.gen(function* () {
        const stream = yield* filled(yield* Scenario.tenant, 3)
        yield* archive(stream)
        const append = (expected: ExpectedVersion.ExpectedVersion) =>
          Effect.flatMap(Scenario.events(1), (events) => Scenario.append(stream, expected, events))
        yield* expectOutcome("at any version", append(ExpectedVersion.Any), "StreamArchived")
        yield* expectOutcome("to a stream that exists", append(ExpectedVersion.StreamExists), "StreamArchived")
        yield* expectOutcome("at its version", append(ExpectedVersion.Exact(3)), "StreamArchived")
        yield* expectOutcome("at another version", append(ExpectedVersion.Exact(2)), "VersionConflict", 3)
        yield* expectOutcome("as a new stream", append(ExpectedVersion.NoStream), "VersionConflict", 3)
      })
    )
  ),
  make(
    "a stream that has other events than those that were written stays where it is",
    Effect.gen(function* () {
      const stream = yield* filled(yield* Scenario.tenant, 3)
      const before = yield* Scenario.read(stream)
      const positions = yield* positionsOf(stream)
      const wrong = [
        positions.slice(0, 2),
        positions.toReversed(),
        [...positions, (positions.at(-1) ?? 0) + 1],
        positions.map((position, index) => position + (index === 1 ? 1 : 0)),
        []
      ]
      for (const given of wrong) {
        const refused = yield* expectFailure(
          `moving the events ${given.join()}`,
          catalog((known) => known.move(stream, given, file))
        )
        yield* expectEqual("the reason", refused._tag === "ArchiveRefused" ? refused.reason : undefined, "changed")
      }
      yield* expectSame("the stream", yield* Scenario.read(stream), before)
      yield* expect(yield* isNotThere(stream), "a stream that stayed is not in the catalogue")
    })
  ),
  make(
    "what is not there or was moved already is not moved, and what is live is not brought back",
    archiving(
      Effect.gen(function* () {
        const stream = yield* filled(yield* Scenario.tenant, 1)
        const positions = yield* positionsOf(stream)
        const reasonOf = <A, E extends { readonly _tag: string }, R>(what: string, effect: Effect.Effect<A, E, R>) =>
          Effect.map(expectFailure(what, effect), (error) => ("reason" in error ? error.reason : error._tag))
        const nowhere = yield* Scenario.stream
        const unknown = catalog((known) => known.move(nowhere, [1], file))
        yield* expectEqual("an unknown stream", yield* reasonOf("moving nothing", unknown), "unknown")
        const archived = yield* archive(stream)
        const again = catalog((known) => known.move(stream, positions, file))
        yield* expectEqual("an archived stream", yield* reasonOf("moving it again", again), "archived")
        yield* restore(stream)
        const twice = catalog((known) => known.restore(archived, []))
        yield* expectEqual("a live stream", yield* reasonOf("bringing it back again", twice), "live")
      })
    )
  ),
  make(
    "a move that is taken back with its transaction leaves everything as it was",
    Effect.gen(function* () {
      const stream = yield* filled(yield* Scenario.tenant, 2)
      const before = yield* Scenario.read(stream)
      const positions = yield* positionsOf(stream)
      const transaction = yield* Transaction
      yield* Effect.exit(
        transaction.run(
          Effect.andThen(
            catalog((known) => known.move(stream, positions, file)),
            Effect.fail("no")
          )
        )
      )
      yield* expectSame("the stream", yield* Scenario.read(stream), before)
      yield* expect(yield* isNotThere(stream), "what was taken back is not in the catalogue")
      yield* Scenario.append(stream, ExpectedVersion.Exact(2), yield* Scenario.events(1))
    })
  ),
  make(
    "a stream that is brought back is as it was, takes events, and knows a repeated append",
    archiving(
      Effect.gen(function* () {
        const [after, tenant] = [yield* Scenario.mark, yield* Scenario.tenant]
        const stream = yield* Scenario.streamOf(tenant)
        const [one, two] = [yield* Scenario.events(2), yield* Scenario.events(3)]
        const first = yield* Scenario.append(stream, ExpectedVersion.NoStream, one)
        const second = yield* Scenario.append(stream, ExpectedVersion.Exact(2), two)
        const before = yield* Scenario.read(stream)
        const log = yield* Scenario.readAll(tenant, { after })
        yield* archive(stream)
        yield* restore(stream)
        yield* expectSame("the stream", yield* Scenario.read(stream), before)
        yield* expectSame("the log", yield* Scenario.readAll(tenant, { after }), log)
        const again = [
          yield* Scenario.append(stream, ExpectedVersion.NoStream, one),
          yield* Scenario.append(stream, ExpectedVersion.Exact(2), two)
        ]
        yield* expectEqual("what repeated appends answer", again, [first, second])
        yield* Scenario.append(stream, ExpectedVersion.Exact(5), yield* Scenario.events(1))
        yield* archive(stream)
        yield* expectEqual("the version in the catalogue", (yield* entryOf(stream)).version, 6)
      })
    )
  ),
  make(
    "a stream is brought back only with the events it left with",
    archiving(
      Effect.gen(function* () {
        const stream = yield* filled(yield* Scenario.tenant, 3)
        const events = yield* Scenario.read(stream)
        const archived = yield* archive(stream)
        const elsewhere = events.map((event, index) =>
          index === 1 ? { ...event, position: event.position + 1 } : event
        )
        for (const given of [events.slice(0, 2), elsewhere]) {
          const refused = yield* expectFailure(
            "bringing back other events",
            catalog((known) => known.restore(archived, given))
          )
          yield* expectEqual("the reason", refused._tag === "ArchiveRefused" ? refused.reason : undefined, "changed")
        }
        yield* expectEqual("the stream in the log", yield* Scenario.read(stream), [])
      })
    )
  ),
  make(
    "of an append and an archiver at the same moment the later one is refused, and no event is lost",
    archiving(
      Effect.gen(function* () {
        const tenant = yield* Scenario.tenant
        for (let round = 0; round < 20 * effort; round += 1) {
          const stream = yield* filled(tenant, 2)
          const added = yield* Scenario.events(1)
          const [moved, appended] = yield* Effect.all(
            [Effect.result(archive(stream)), Effect.result(Scenario.append(stream, ExpectedVersion.Any, added))],
            { concurrency: 2 }
          )
          yield* expect(
            Result.isSuccess(moved) || Result.isSuccess(appended),
            "one of the two comes first, and is not refused"
          )
          const versions = (yield* wholly(Scenario.read(stream))).map(({ version }) => version)
          yield* expectEqual("the versions", versions, Result.isSuccess(appended) ? [1, 2, 3] : [1, 2])
          if (Result.isSuccess(moved)) {
            yield* expectEqual("the version that was archived", moved.success.version, versions.length)
          }
        }
      })
    )
  )
]
