/**
 * The laws of the files of the archive as values: what every layer of the port guarantees. No test framework is needed to
 * run them; `ArchiveFilesContract` registers them with vitest.
 */
import { ArchiveFiles, type RecordedEvent, type StreamId } from "@eventfold/event-store"
import { Arbitrary, DateTime, Effect, Random, Schema, Stream } from "effect"
import { expectSame } from "./ArchiveLaws/Scenario.ts"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make, Violation } from "./Law.ts"

const use = <A, E>(f: (files: ArchiveFiles["Service"]) => Effect.Effect<A, E>) => Effect.flatMap(ArchiveFiles, f)

/** Events as a store answers them, with data of all kinds. */
const recorded = Effect.fnUntraced(function* (
  stream: StreamId.StreamId,
  count: number,
  data: ReadonlyArray<Schema.Json> = awkward
) {
  const events = yield* Scenario.events(count)
  const first = yield* Random.nextIntBetween(1, 2 ** 40)
  return events.map((event, index): RecordedEvent => ({
    ...event,
    stream,
    version: index + 1,
    position: first + 3 * index,
    recordedAt: DateTime.makeUnsafe(1_700_000_000_123 + index),
    metadata: { actor: "ada", note: 'a \u2028 line, "quoted"' },
    data: data[index] ?? { number: index }
  }))
})

/** What a text form gets wrong first. */
const awkward: ReadonlyArray<Schema.Json> = [
  { z: 1, a: [null, { "": "a\u0000b\uD800🧾\n\r\u2028" }], ["__proto__"]: { x: 1e308 } },
  "one line\nand another",
  [0.1, -1e-300, 9007199254740991, true],
  null,
  { text: "x".repeat(100_000) }
]

/** The laws of the files of the archive. */
export const laws: ReadonlyArray<Law<ArchiveFiles>> = [
  make(
    "what is written is read as it was, whatever its data",
    Effect.gen(function* () {
      for (const count of [1, 2, 40]) {
        const stream = yield* Scenario.stream
        const events = yield* recorded(stream, count)
        const file = yield* use((files) => files.write(stream, events))
        yield* expectSame("the events", yield* use((files) => files.read(file)), events)
      }
      const values = Arbitrary.array(Arbitrary.schema(Schema.Json), { minLength: 1, maxLength: 10 })
      const check = Effect.fnUntraced(function* (data: ReadonlyArray<Schema.Json>) {
        const stream = yield* Scenario.stream
        const events = yield* recorded(stream, data.length, data)
        const file = yield* use((files) => files.write(stream, events))
        yield* expectSame("the events", yield* use((files) => files.read(file)), events)
        return true
      })
      const seed = yield* Random.nextIntBetween(0, 2 ** 32)
      const failure = Arbitrary.formatCheckFailure(yield* Arbitrary.checkEffect(values, check, { runs: 20, seed }))
      if (failure !== undefined) return yield* new Violation({ message: failure })
    })
  ),
  make(
    "a stream of any id has a file of its own",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const ids = ["../../etc/passwd", "a/b", "a:b", "ä ö", "CON", "x".repeat(255), "a", "A"]
      const written = yield* Effect.forEach(ids, (id) => {
        const stream = { tenant, category: "law", id }
        return Effect.flatMap(recorded(stream, 1), (events) =>
          Effect.map(
            use((files) => files.write(stream, events)),
            (file) => ({ file, events })
          )
        )
      })
      yield* expectEqual("how many names", new Set(written.map(({ file }) => file.name)).size, ids.length)
      for (const { events, file } of written) {
        yield* expectSame("the events", yield* use((files) => files.read(file)), events)
      }
    })
  ),
  make(
    "the same events written again are the same file, and other events of the stream are another",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = yield* recorded(stream, 3)
      const file = yield* use((files) => files.write(stream, events))
      yield* expectEqual("the file", yield* use((files) => files.write(stream, events)), file)
      const changed = events.map((event) => ({ ...event, data: "other" }))
      const other = yield* use((files) => files.write(stream, changed))
      yield* expect(other.name !== file.name, "a file is never replaced by another")
      yield* expectSame("the first file", yield* use((files) => files.read(file)), events)
      yield* expectSame("the other file", yield* use((files) => files.read(other)), changed)
    })
  ),
  make(
    "a file that is not the one that was written is refused",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const file = yield* use((files) => Effect.flatMap(recorded(stream, 2), (events) => files.write(stream, events)))
      const wrong = [
        { ...file, checksum: file.checksum.replace(/./u, (digit) => (digit === "0" ? "1" : "0")) },
        { ...file, bytes: file.bytes + 1 }
      ]
      for (const one of wrong) {
        const error = yield* expectFailure(
          "reading it",
          use((files) => files.read(one))
        )
        yield* expectEqual("the error", error._tag, "ArchiveDamaged")
      }
    })
  ),
  make(
    "a file that is not there is a failure that names it",
    Effect.gen(function* () {
      const name = `none/${yield* Scenario.hex(16)}`
      const error = yield* expectFailure(
        "reading it",
        use((files) => files.read({ name, checksum: "0".repeat(64), bytes: 1 }))
      )
      yield* expectEqual("the error", [error._tag, error.file], ["ArchiveFailure", name])
    })
  ),
  make(
    "every file is listed, once",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = yield* recorded(stream, 3)
      const one = yield* use((files) => files.write(stream, events))
      const two = yield* use((files) => files.write(stream, events.slice(0, 2)))
      yield* use((files) => files.write(stream, events))
      const names = yield* use((files) => Stream.runCollect(files.list))
      const ours = names.filter((name) => name === one.name || name === two.name)
      yield* expectEqual("those of the stream", ours.toSorted(), [one.name, two.name].toSorted())
    })
  )
]
