import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ExportedEvent, eventLine } from "../src/ExportFormat.ts"
import { checkFile } from "../src/ImportCheck.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const event = (position: number, changes: Partial<ExportedEvent> = {}): ExportedEvent => ({
  position,
  tenant: "main",
  category: "thing",
  stream: "t-1",
  version: position,
  id: `00000000-0000-7000-8000-${String(position).padStart(12, "0")}`,
  type: "ThingHappened",
  schemaVersion: 1,
  occurredAt: "2026-03-01T09:30:00.000000Z",
  recordedAt: "2026-03-01T09:30:00.000001Z",
  appendSize: 1,
  metadata: '{"actor":"me"}',
  data: '{"a":1.0}',
  ...changes
})

const header = (events: number, upTo = 100) =>
  JSON.stringify({
    format: "eventfold-export",
    version: 1,
    createdAt: "2026-03-01T00:00:00.000Z",
    source: "a test",
    events,
    upTo
  })

const lineOf = (one: ExportedEvent) => eventLine(one).slice(0, -1)

const problemOf = (path: string, remembered?: number) =>
  Effect.map(Effect.flip(checkFile({ path, remembered })), ({ message }) => message.slice(path.length))

/** What is said of a file of these events, between a header and a footer that fit. */
const saidOf = Effect.fn(function* (...events: ReadonlyArray<ExportedEvent | string>) {
  const path = join(yield* temporaryDirectory, "store.jsonl")
  const lines = events.map((one) => (typeof one === "string" ? one : lineOf(one)))
  yield* StoreToMove.writeExport(path, [header(events.length), ...lines])
  return yield* problemOf(path)
})

/** What is said of a file with exactly this text. */
const saidOfText = Effect.fn(function* (text: string | Uint8Array, name: string = "store.jsonl") {
  const path = join(yield* temporaryDirectory, name)
  yield* Effect.promise(() => writeFile(path, text))
  return yield* problemOf(path)
})

const ofSecond: ReadonlyArray<readonly [name: string, changes: Partial<ExportedEvent>, said: string]> = [
  ["an id that is no UUID", { id: "7" }, ", line 3: id: must be a UUID"],
  [
    "a name with control characters",
    { type: "a\u0007" },
    ", line 3: type: must be 1 to 128 characters without control characters"
  ],
  ["a schema version below 1", { schemaVersion: 0 }, ", line 3: schemaVersion: must be a whole number from 1"],
  ["a tenant that is none", { tenant: "Main" }, ", line 3: stream: a tenant must be 1 to 63 lower-case letters"],
  ["a position that does not rise", { position: 1, version: 2 }, ", line 3: position: must be greater than 1"],
  ["a position beyond what the header says", { position: 101, version: 2 }, ", line 3: position: must be at most 100"],
  ["a position that is no whole number", { position: 1.5 }, ", line 3: line: must have the fields of an event"],
  ["a day that does not exist", { occurredAt: "2026-02-30T00:00:00Z" }, ", line 3: occurredAt: must be an instant"],
  ["an instant of another form", { recordedAt: "2026-02-01 00:00:00" }, ", line 3: recordedAt: must be an instant"],
  ["metadata that is no text", { metadata: '{"actor":1}' }, ", line 3: metadata: must be a JSON object of texts"],
  ["data that is no JSON", { data: '{"a":01}' }, ", line 3: data: must be JSON"],
  [
    "data that is nested too deep",
    { data: "[".repeat(300) + "]".repeat(300) },
    ", line 3: data: must be nested at most 256 deep"
  ],
  ["a version that leaves a hole", { version: 3 }, ", line 3: version: must be 2, the next one of main/thing/t-1"],
  ["a stream that does not begin with 1", { stream: "t-2", version: 2 }, ", line 3: version: must be 1"],
  [
    "an id that was there",
    { id: event(1).id.toUpperCase() },
    ", line 3: id: 00000000-0000-7000-8000-000000000001 is the id"
  ],
  ["an event outside of every append", { appendSize: 0 }, ", line 3: appendSize: must be from 1 on the first event"],
  [
    "an append that is cut off",
    { appendSize: 3 },
    ", line 3: appendSize: 2 more events of this append to main/thing/t-1 must follow"
  ]
]

describe("the check of an exported file", () => {
  for (const [name, changes, said] of ofSecond) {
    it.live(`names the line, the field and the rule of ${name}`, () =>
      Effect.gen(function* () {
        assert.include(yield* saidOf(event(1), event(2, changes)), said)
      })
    )
  }

  it.live("refuses an append inside of an append", () =>
    Effect.gen(function* () {
      const said = yield* saidOf(event(1, { appendSize: 2 }), event(2))
      assert.include(said, ", line 3: appendSize: must be 0 inside of an append")
    })
  )

  it.live("refuses lines that are no events, and events with fields too many or in another order", () =>
    Effect.gen(function* () {
      const line = lineOf(event(1))
      for (const bad of [
        "",
        "{}",
        "[]",
        line.slice(0, -2),
        line.replace("{", '{"x":1,'),
        line.replace(',"data"', ',"date"')
      ]) {
        assert.include(yield* saidOf(bad), ", line 2: line: must", bad)
      }
    })
  )

  it.live("refuses what is no export, is cut off, was changed, or goes on after its end", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "store.jsonl")
      yield* StoreToMove.writeExport(path, [header(2), lineOf(event(1)), lineOf(event(2))])
      assert.strictEqual((yield* checkFile({ path })).events, 2)
      const lines = yield* StoreToMove.linesOf(path)
      const text = `${lines.join("\n")}\n`
      const without = (at: number) => `${lines.toSpliced(at, 1).join("\n")}\n`

      assert.include(yield* saidOfText(""), ", line 1: line: the file is empty")
      assert.include(yield* saidOfText("hello\n"), ", line 1: header: must be that of an eventfold export")
      assert.include(
        yield* saidOfText(text.replace('"version":1,"createdAt"', '"version":2,"createdAt"')),
        ", line 1: header:"
      )
      assert.include(yield* saidOfText(text.slice(0, -1)), ", line 4: line: the file ends in the middle of it")
      assert.include(yield* saidOfText(without(3)), ", line 3: line: the file ends without its last line")
      assert.include(yield* saidOfText(without(2)), ", line 3: events: must be 1, as many as there are")
      assert.include(yield* saidOfText(text.replace('"a":1.0', '"a":1.1')), ", line 4: sha256: must be the checksum")
      assert.include(yield* saidOfText(text + lines[1] + "\n"), ", line 5: line: nothing may follow")
      assert.include(
        yield* saidOfText(text.replace('"events":2,"upTo"', '"events":1,"upTo"')),
        ", line 3: line: must be the footer"
      )
      const latin = Buffer.from(text.replace('"me"', '"mé"'), "latin1")
      assert.include(yield* saidOfText(latin), ", line 2: line: must be UTF-8")
    })
  )

  it.live("reads compressed files, and says where one ends too early or that it is none", () =>
    Effect.gen(function* () {
      const body = `${header(1)}\n${lineOf(event(1))}\n`
      const whole = gzipSync(body)
      assert.include(yield* saidOfText(whole, "store.jsonl.gz"), ", line 2: line: the file ends without its last line")
      assert.include(yield* saidOfText(whole.subarray(0, 120), "store.jsonl.gz"), "line: the file ends")
      assert.include(yield* saidOfText(body, "store.jsonl.gz"), ": cannot be decompressed")
    })
  )

  it.live("finds a double id and a hole also where it remembers a few events at a time only", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "store.jsonl")
      const events = Array.from({ length: 40 }, (_, at) =>
        event(at + 1, { stream: `t-${at % 8}`, version: 1 + Math.floor(at / 8) })
      )
      const write = (all: ReadonlyArray<ExportedEvent>) =>
        StoreToMove.writeExport(path, [header(all.length), ...all.map(lineOf)])
      yield* write(events)
      assert.strictEqual((yield* checkFile({ path, remembered: 3 })).events, 40)
      yield* write(events.with(33, event(34, { stream: "t-1", version: 5, id: event(7).id })))
      assert.include(yield* problemOf(path, 3), ", line 35: id: ")
      yield* write(events.toSpliced(20, 1))
      assert.include(yield* problemOf(path, 3), ", line 29: version: must be 3, the next one of main/thing/t-4")
    })
  )

  it.live("names a file that is not there", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* problemOf("/nowhere/store.jsonl"), ": there is no such file")
    })
  )
})
