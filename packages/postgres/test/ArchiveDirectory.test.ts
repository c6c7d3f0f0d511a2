/** The archive as files: what they look like, what damage does, and what a process that is killed leaves behind. */
import { createHash } from "node:crypto"
import { readdir, readFile, truncate, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { ArchiveFiles, Archiver, EventStore, ExpectedVersion, StreamId, WholeHistory } from "@eventfold/event-store"
import * as ArchiveFilesContract from "@eventfold/testing/ArchiveFilesContract"
import { DateTime, Effect, Layer, Stream } from "effect"
import { ArchiveDirectory, EmbeddedDatabase, layerPostgres } from "../src/index.ts"
import * as Fixture from "./Fixture.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

ArchiveFilesContract.suite(
  "Archive files in a directory",
  Layer.unwrap(
    Effect.map(temporaryDirectory, (directory) => ArchiveDirectory.layer(join(directory, "not", "there", "yet")))
  )
)

const stream = StreamId.make("main", "order", "a")
const time = DateTime.makeUnsafe("2019-05-01T10:00:00.123Z")
const events = [1, 2].map((version) => ({
  id: `00000000-0000-4000-8000-00000000000${version}`,
  stream,
  version,
  position: 10 * version,
  type: "Noted",
  schemaVersion: 1,
  occurredAt: time,
  recordedAt: time,
  data: { number: version },
  metadata: { actor: "ada" }
}))

const on = (directory: string) => Effect.provide(ArchiveDirectory.layer(directory))
const write = Effect.flatMap(ArchiveFiles, (files) => files.write(stream, events))

describe("a file of the archive", () => {
  it.effect("is lines of JSON that anybody can decompress, read and check", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const file = yield* on(directory)(write)
      assert.match(file.name, /^main\/order\/[0-9a-f]{2}\/[0-9a-f]{32}-v2-[0-9a-f]{16}\.jsonl\.gz$/u)
      const bytes = yield* Effect.promise(() => readFile(join(directory, file.name)))
      assert.deepStrictEqual(gunzipSync(bytes).toString("utf8").split("\n"), [
        '{"format":"eventfold-archive","version":1,"stream":{"tenant":"main","category":"order","id":"a"},"events":2}',
        '{"position":10,"version":1,"id":"00000000-0000-4000-8000-000000000001","type":"Noted","schemaVersion":1,' +
          '"occurredAt":"2019-05-01T10:00:00.123Z","recordedAt":"2019-05-01T10:00:00.123Z","metadata":{"actor":"ada"},"data":{"number":1}}',
        '{"position":20,"version":2,"id":"00000000-0000-4000-8000-000000000002","type":"Noted","schemaVersion":1,' +
          '"occurredAt":"2019-05-01T10:00:00.123Z","recordedAt":"2019-05-01T10:00:00.123Z","metadata":{"actor":"ada"},"data":{"number":2}}',
        ""
      ])
      const beside = yield* Effect.promise(() => readFile(join(directory, `${file.name}.sha256`), "utf8"))
      assert.strictEqual(beside, `${createHash("sha256").update(bytes).digest("hex")}  ${basename(file.name)}\n`)
    })
  )

  it.effect("that was changed or cut off is refused wherever a byte differs, and written again by the next run", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const file = yield* on(directory)(write)
      const path = join(directory, file.name)
      const sound = yield* Effect.promise(() => readFile(path))
      const read = on(directory)(Effect.flatMap(ArchiveFiles, (files) => files.read(file)))
      for (let at = 0; at < sound.length; at += 7) {
        const changed = Buffer.from(sound)
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        yield* Effect.promise(() => writeFile(path, changed))
        assert.strictEqual((yield* Effect.flip(read))._tag, "ArchiveDamaged", `byte ${at}`)
      }
      yield* Effect.promise(() => truncate(path, 20))
      assert.include((yield* Effect.flip(read)).message, "it has 20 bytes in place of")
      assert.deepStrictEqual(yield* on(directory)(write), file)
      assert.strictEqual((yield* read).length, 2)
    })
  )

  it.effect("cannot be written where the directory is a file: a failure that says so", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      yield* Effect.promise(() => writeFile(path, ""))
      const failure = yield* Effect.flip(on(path)(write))
      assert.strictEqual(failure._tag, "ArchiveFailure")
      assert.include(failure.message, "ENOTDIR")
    })
  )
})

describe("an archiver that is killed", () => {
  for (const step of ["written", "moved", "done"]) {
    it.live(
      `once it has ${step === "done" ? "committed" : step} has lost and doubled nothing, and the next run finishes`,
      () =>
        Effect.gen(function* () {
          const home = yield* temporaryDirectory
          const [directory, archive] = [join(home, "data"), join(home, "archive")]
          const database = Layer.fresh(layerPostgres.pipe(Layer.provide(PreparedDatabase.layer({ directory }))))
          const log = Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll()))

          const before = yield* Effect.gen(function* () {
            const store = yield* EventStore
            const all = events.map(({ position: _, recordedAt: __, stream: ___, version: ____, ...event }) => event)
            yield* store.append(stream, ExpectedVersion.NoStream, all)
            return yield* log
          }).pipe(Effect.provide(database))

          const killed = yield* Fixture.start("ArchiveStream", directory, archive, step)
          assert.strictEqual(yield* killed.line, step, killed.complaints())
          yield* killed.signal("SIGKILL")
          yield* killed.end

          yield* Effect.gen(function* () {
            const whole = Effect.provide(log, WholeHistory.layer)
            assert.deepStrictEqual(yield* whole, before)
            assert.strictEqual((yield* log).length, step === "done" ? 0 : 2)
            const again = (yield* Archiver).archive(stream, { actor: "nightly", reason: "policy" })
            if (step === "done") assert.include((yield* Effect.flip(again)).message, "it is in the archive")
            else yield* again
            assert.deepStrictEqual(yield* log, [])
            assert.deepStrictEqual(yield* whole, before)
          }).pipe(
            Effect.provide(
              Layer.provideMerge(
                Archiver.layer,
                Layer.merge(
                  ArchiveDirectory.layer(archive),
                  layerPostgres.pipe(Layer.provide(EmbeddedDatabase.layer({ directory })), Layer.fresh)
                )
              )
            )
          )
          const names = yield* Effect.promise(() => readdir(archive, { recursive: true }))
          assert.strictEqual(names.filter((name) => name.endsWith(".jsonl.gz")).length, 1)
        }),
      400_000
    )
  }
})
