/** A nightly run: what it moves, what it leaves, and that stopping it at any step loses nothing and doubles nothing. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  ArchiveCatalog,
  ArchiveFailure,
  ArchiveFiles,
  ArchivePolicy,
  Archiver,
  Audit,
  EventStore,
  ExpectedVersion,
  layerMemory,
  StreamId,
  WholeHistory
} from "../src/index.ts"
import { rawEvent } from "./FreshStore.ts"

const by = { actor: "nightly", reason: "policy" }
const policy = ArchivePolicy.make({ category: "order", closedBy: ["Delivered"], closedFor: "90 days" })
const streamOf = (id: string) => StreamId.make("acme", "order", id)

let made = 0
const append = Effect.fnUntraced(function* (id: string, ...types: ReadonlyArray<string>) {
  const store = yield* EventStore
  const events = types.map((type) => rawEvent((made += 1), { type }))
  return yield* store.append(streamOf(id), ExpectedVersion.Any, events)
})

/** Three orders that are due, one that is open, one that was delivered yesterday. */
const orders = Effect.gen(function* () {
  yield* append("a", "Placed", "Delivered")
  yield* append("open", "Placed")
  yield* append("b", "Placed")
  yield* append("c", "Placed", "Shipped", "Delivered")
  yield* append("b", "Delivered")
  yield* TestClock.adjust("91 days")
  yield* append("new", "Placed", "Delivered")
})

const run = (options: { readonly upTo?: number; readonly limit?: number } = {}) =>
  Effect.flatMap(Archiver, (archiver) => archiver.run(policy, { tenant: "acme", ...by, ...options }))

const log = Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll()))
const wholeLog = Effect.provide(log, Layer.fresh(WholeHistory.layer))
const idsIn = Effect.map(log, (events) => Array.from(new Set(events.map(({ stream }) => stream.id))).toSorted())

const onFreshArchive = Effect.provide(
  Layer.provideMerge(Archiver.layer, Layer.merge(Layer.fresh(ArchiveFiles.layerMemory), Layer.fresh(layerMemory)))
)

describe("a run of the archiver", () => {
  it.effect("moves what has been closed for as long as the policy says, and counts it", () =>
    Effect.gen(function* () {
      yield* orders
      const before = yield* log
      assert.deepStrictEqual(yield* run(), { streams: 3, events: 7, stayed: 0, why: [] })
      assert.deepStrictEqual(yield* idsIn, ["new", "open"])
      assert.deepStrictEqual(yield* wholeLog, before)
      assert.deepStrictEqual(yield* run(), { streams: 0, events: 0, stayed: 0, why: [] })
    }).pipe(onFreshArchive)
  )

  it.effect("moves at most as many as it is told, and goes on the next time", () =>
    Effect.gen(function* () {
      yield* orders
      assert.strictEqual((yield* run({ limit: 2 })).streams, 2)
      assert.strictEqual((yield* run({ limit: 2 })).streams, 1)
    }).pipe(onFreshArchive)
  )

  it.effect("leaves what a reader of the log has not come to", () =>
    Effect.gen(function* () {
      yield* orders
      const delivered = (yield* log).findLast(({ stream }) => stream.id === "c")?.position ?? 0
      yield* run({ upTo: delivered - 1 })
      assert.deepStrictEqual(yield* idsIn, ["b", "c", "new", "open"])
    }).pipe(onFreshArchive)
  )

  it.effect("names a stream that changes meanwhile and goes on with the others", () =>
    Effect.gen(function* () {
      yield* orders
      const [files, store] = [yield* ArchiveFiles, yield* EventStore]
      const meddled = ArchiveFiles.of({
        ...files,
        write: (stream, events) =>
          Effect.tap(files.write(stream, events), () =>
            stream.id === "b"
              ? Effect.provideService(Effect.orDie(append("b", "Reopened")), EventStore, store)
              : Effect.void
          )
      })
      const told = yield* Effect.provide(
        run(),
        Layer.fresh(Archiver.layer).pipe(Layer.provide(Layer.succeed(ArchiveFiles, meddled)))
      )
      assert.deepStrictEqual(
        { ...told, why: told.why.map(({ stream }) => stream.id) },
        {
          streams: 2,
          events: 5,
          stayed: 1,
          why: ["b"]
        }
      )
      assert.include(told.why[0]?.reason, "it has other events than those that were written")
      assert.deepStrictEqual(yield* idsIn, ["b", "new", "open"])
    }).pipe(onFreshArchive)
  )

  it.effect("ends when the archive fails, with everything still in the log", () =>
    Effect.gen(function* () {
      yield* orders
      const before = yield* log
      const full = new ArchiveFailure({ operation: "write", detail: "no space left", cause: new Error("ENOSPC") })
      const files = ArchiveFiles.of({ ...(yield* ArchiveFiles), write: () => Effect.fail(full) })
      const failure = yield* Effect.flip(
        Effect.provide(run(), Layer.fresh(Archiver.layer).pipe(Layer.provide(Layer.succeed(ArchiveFiles, files))))
      )
      assert.strictEqual(failure, full)
      assert.deepStrictEqual(yield* log, before)
    }).pipe(onFreshArchive)
  )
})

describe("an archiver that is stopped", () => {
  /** Dies after so many steps, of which each is one call of what a move is made of. */
  const stoppedAfter = (steps: number) =>
    Effect.gen(function* () {
      let left = steps
      const step = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.suspend(() => (left-- > 0 ? effect : Effect.die("the power is gone")))
      const [files, catalog, audit] = [yield* ArchiveFiles, yield* ArchiveCatalog, yield* Audit]
      const failing = Layer.mergeAll(
        Layer.succeed(ArchiveFiles, { ...files, write: (...of) => step(files.write(...of)) }),
        Layer.succeed(ArchiveCatalog, { ...catalog, move: (...of) => step(catalog.move(...of)) }),
        Layer.succeed(Audit, { ...audit, record: (action) => step(audit.record(action)) })
      )
      return yield* Effect.exit(Effect.provide(run(), Layer.fresh(Archiver.layer).pipe(Layer.provide(failing))))
    })

  it.effect("at any step has lost and doubled nothing, and the next run finishes", () =>
    Effect.gen(function* () {
      // Three streams of three steps each; after nine it has finished.
      for (let steps = 0; steps <= 9; steps += 1) {
        yield* Effect.gen(function* () {
          yield* orders
          const before = yield* log
          const stopped = yield* stoppedAfter(steps)
          assert.strictEqual(stopped._tag, steps < 9 ? "Failure" : "Success", `after ${steps} steps`)
          assert.deepStrictEqual(yield* wholeLog, before, `after ${steps} steps`)
          // What is archived has its entry in the audit, and what has not, has none.
          const { entries } = yield* (yield* Audit).page({
            tenant: "acme",
            types: ["StreamArchived"],
            order: "oldest",
            limit: 9
          })
          assert.strictEqual(entries.length, Math.floor(steps / 3))
          yield* run()
          assert.deepStrictEqual(yield* wholeLog, before)
          assert.deepStrictEqual(yield* idsIn, ["new", "open"])
          const files = yield* Effect.flatMap(ArchiveFiles, ({ list }) => Stream.runCollect(list))
          assert.strictEqual(files.length, 3, "what was written and not moved is used again")
        }).pipe(onFreshArchive)
      }
    })
  )
})

describe("an archived stream", () => {
  it.effect("that is too long stays in the log, and says so", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const page = yield* append("a", "Placed", "Delivered")
      const [first] = yield* Stream.runCollect(store.read(streamOf("a")))
      assert.isDefined(first)
      const endless = EventStore.of({
        ...store,
        read: () => Stream.forever(Stream.fromIterable(first === undefined ? [] : [first])).pipe(Stream.take(100_001))
      })
      const refused = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(Archiver, (archiver) => archiver.archive(streamOf("a"), by)),
          Layer.fresh(Archiver.layer).pipe(Layer.provide(Layer.succeed(EventStore, endless)))
        )
      )
      assert.include(refused.message, "more events than are archived at once")
      assert.strictEqual(page.version, 2)
    }).pipe(onFreshArchive)
  )

  it.effect("whose file is damaged is named, cannot be read or brought back, and others can", () =>
    Effect.gen(function* () {
      yield* orders
      yield* run()
      const files = yield* ArchiveFiles
      const entry = Option.getOrThrow(yield* Effect.flatMap(ArchiveCatalog, (catalog) => catalog.find(streamOf("b"))))
      const damaged = ArchiveFiles.of({
        ...files,
        read: (file) => files.read(file.name === entry.file.name ? { ...file, checksum: "0".repeat(64) } : file)
      })
      yield* Effect.gen(function* () {
        const archiver = yield* Archiver
        const { damaged, files } = yield* archiver.verify
        assert.strictEqual(files, 3)
        assert.deepStrictEqual(
          damaged.map(({ stream }) => stream.id),
          ["b"]
        )
        assert.strictEqual((yield* Effect.flip(archiver.restore(streamOf("b"), by)))._tag, "ArchiveDamaged")
        const store = yield* EventStore
        assert.include((yield* Effect.flip(Stream.runDrain(store.read(streamOf("b"))))).message, "is damaged")
        assert.strictEqual(yield* Stream.runCount(store.read(streamOf("c"))), 3)
      }).pipe(
        Effect.provide(
          Layer.merge(Layer.fresh(Archiver.layer), Layer.fresh(WholeHistory.layer)).pipe(
            Layer.provide(Layer.succeed(ArchiveFiles, damaged))
          )
        )
      )
    }).pipe(onFreshArchive)
  )
})

describe("an archive policy", () => {
  it("asks for seven years unless it says otherwise", () => {
    const { closedFor } = ArchivePolicy.make({ category: "order", closedBy: ["Delivered"] })
    const opened = DateTime.makeUnsafe("2019-03-01T00:00:00Z")
    assert.strictEqual(DateTime.formatIsoDateUtc(DateTime.addDuration(opened, closedFor)), "2026-02-28")
    assert.strictEqual(Duration.toDays(ArchivePolicy.ninetyDays), 90)
  })

  it("that cannot be meant is refused", () => {
    assert.throws(() => ArchivePolicy.make({ category: "", closedBy: ["Delivered"] }), "category")
    assert.throws(() => ArchivePolicy.make({ category: "order", closedBy: [] }), "closedBy")
    assert.throws(
      () => ArchivePolicy.make({ category: "order", closedBy: ["A"], closedFor: Duration.infinity }),
      "closedFor"
    )
  })
})
