/** What is said of an exported file in which something beside the events is not as it must be: line, field and rule. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { besideLine, type ExportedEvent, eventLine, type Header, headerLine, readHeader } from "../src/ExportFormat.ts"
import { actionLine, type ExportedAction, type ExportedBeside, kindLine } from "../src/ExportKinds.ts"
import { checkFile } from "../src/ImportCheck.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const at = "2026-03-01T09:30:00.000001Z"
const uuid = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`

const event = (position: number, changes: Partial<ExportedEvent> = {}): ExportedEvent => ({
  position,
  tenant: "main",
  category: "thing",
  stream: `t-${position}`,
  version: 1,
  id: uuid(position),
  type: "ThingHappened",
  schemaVersion: 1,
  occurredAt: at,
  recordedAt: at,
  appendSize: 1,
  metadata: "{}",
  data: '{"a":1.0}',
  ...changes
})

const action: ExportedAction = {
  kind: "action",
  position: 2,
  tenant: "main",
  action: "StreamArchived",
  subject: "main/thing/old",
  actor: "me",
  reason: "old",
  correlationId: null,
  causationId: "c-1",
  recordedAt: at,
  details: '{"events":"2"}'
}

const repair = {
  kind: "repair",
  number: 3,
  position: 1,
  eventId: uuid(1),
  type: "ThingHappened",
  schemaVersion: 1,
  actor: "me",
  reason: "it was broken",
  repairedAt: at,
  data: '{"a":2.0}'
} as const

const archived = {
  kind: "archived",
  number: 1,
  tenant: "main",
  category: "thing",
  stream: "old",
  version: 2,
  positions: [4, 6],
  types: ["A", "B"],
  appendSizes: [2, 0],
  archivedAt: at,
  restoredAt: null,
  file: "main/thing/aa/old.jsonl.gz",
  checksum: "a".repeat(64),
  bytes: 100
} as const

const forgotten = {
  kind: "forgotten",
  tenant: "main",
  subject: "bob",
  forgottenAt: at,
  actor: "me",
  reason: "requested"
} as const

const wrapped = `${"n".repeat(16)}.${"c".repeat(64)}`
const key = { kind: "key", tenant: "main", subject: "ada", version: 1, masterKey: "0123456789abcdef", wrapped } as const

interface Store {
  readonly log: ReadonlyArray<ExportedEvent | ExportedAction | string>
  readonly beside: ReadonlyArray<ExportedBeside | string>
  readonly header?: Partial<Header>
}

const whole: Store = {
  log: [event(1), action, event(3)],
  beside: [repair, archived, forgotten, key, { ...key, version: 2 }]
}

const lineOf = (entry: ExportedEvent | ExportedAction | ExportedBeside | string) => {
  if (typeof entry === "string") return entry
  if (!("kind" in entry)) return eventLine(entry).slice(0, -1)
  return (entry.kind === "action" ? actionLine(entry) : kindLine(entry)).slice(0, -1)
}

const kindOf = (entry: ExportedBeside | string) =>
  typeof entry === "string" ? (/"kind":"(\w+)"/u.exec(entry)?.[1] ?? "") : entry.kind

/** The lines of a store, announced as they are. */
const linesOf = ({ beside, header, log }: Store): ReadonlyArray<string> => {
  const count = (kind: string) => beside.filter((entry) => kindOf(entry) === kind).length
  const lines = log.map(lineOf)
  const actions = lines.filter((line) => line.startsWith('{"kind":"action"')).length
  const first = readHeader(
    `{"format":"eventfold-export","version":2,"createdAt":"2026-03-01T00:00:00.000Z","source":"a test","events":${lines.length - actions},"actions":${actions},"archived":${count("archived")},"restored":0,"without":[],"upTo":100}`
  )
  const counts = { repairs: count("repair"), archived: count("archived"), forgotten: count("forgotten") }
  return [
    headerLine({ ...Result.getOrThrow(first), ...header }).slice(0, -1),
    ...lines,
    besideLine({ kind: "beside", ...counts, keys: count("key") }).slice(0, -1),
    ...beside.map(lineOf)
  ]
}

const write = Effect.fn(function* (lines: ReadonlyArray<string>) {
  const path = join(yield* temporaryDirectory, "store.jsonl")
  yield* StoreToMove.writeExport(path, lines)
  return path
})

const said = Effect.fn(function* (lines: ReadonlyArray<string>, remembered?: number) {
  const path = yield* write(lines)
  return (yield* Effect.flip(checkFile({ path, remembered }))).message.slice(path.length)
})

/** The whole store with another line in place of one; the first line of the file is the header. */
const withLine = (number: number, entry: ExportedEvent | ExportedAction | ExportedBeside | string) =>
  linesOf(whole).with(number - 1, lineOf(entry))

const cases: ReadonlyArray<readonly [name: string, lines: ReadonlyArray<string>, said: string]> = [
  [
    "an action at a place that is taken",
    withLine(3, { ...action, position: 1 }),
    ", line 3: position: must be greater"
  ],
  ["an action without a name", withLine(3, { ...action, action: "" }), ", line 3: action: Expected an action of 1 to"],
  ["an action whose details are no texts", withLine(3, { ...action, details: '{"a":1}' }), ", line 3: details: "],
  ["an action too many", linesOf({ ...whole, header: { actions: 0 } }), ", line 3: kind: there must be 0 actions only"],
  ["an action too few", linesOf({ ...whole, header: { actions: 2 } }), ", line 5: actions: must be 2, as the header"],
  ["a kind that nobody knows", withLine(6, '{"kind":"snapshot"}'), ", line 6: kind: must be action, repair, archived"],
  ["a field too many", withLine(6, lineOf(repair).replace("{", '{"x":1,')), ", line 6: line: must"],
  ["a repair of no event", withLine(6, { ...repair, eventId: uuid(9) }), ", line 6: eventId: there is no event with"],
  ["a repair of another event", withLine(6, { ...repair, position: 3 }), ", line 6: eventId: there is no event with"],
  ["a repair beyond the log", withLine(6, { ...repair, position: 101 }), ", line 6: position: must be at most 100"],
  ["a repair without JSON", withLine(6, { ...repair, data: "{" }), ", line 6: data: must be JSON"],
  ["a repair without a reason", withLine(6, { ...repair, reason: "" }), ", line 6: reason: must be 1 to 2048"],
  [
    "repairs out of order",
    linesOf({ ...whole, beside: [repair, repair] }),
    ", line 7: number: must be greater than 3, that of the one before"
  ],
  ["archived versions with holes", withLine(7, { ...archived, version: 3 }), ", line 7: positions: must be 3, one for"],
  ["archived positions that fall", withLine(7, { ...archived, positions: [6, 4] }), ", line 7: positions: must rise"],
  ["an archived append cut off", withLine(7, { ...archived, appendSizes: [3, 0] }), ", line 7: appendSizes: 1 more"],
  ["an archive file elsewhere", withLine(7, { ...archived, file: "../x" }), ", line 7: file: must be a path below"],
  ["an archive file without a checksum", withLine(7, { ...archived, checksum: "" }), ", line 7: checksum: must be 64"],
  [
    "a stream in the archive and in the log",
    withLine(7, { ...archived, stream: "t-1" }),
    ", line 7: stream: main/thing/t-1 must not be in the log while it is in the archive, and has 1 events there"
  ],
  [
    "a stream in neither",
    withLine(7, { ...archived, restoredAt: at }),
    ", line 7: restoredAt: main/thing/old must have at least 2 events in the log"
  ],
  [
    "a stream twice in the archive",
    linesOf({ ...whole, beside: [archived, { ...archived, number: 2 }] }),
    ", line 7: stream: main/thing/old is in the archive already"
  ],
  ["a code that is none", withLine(8, { ...forgotten, reason: "Bob asked" }), ", line 8: reason: a reason must be a"],
  [
    "the key of the program forgotten",
    withLine(8, { ...forgotten, subject: "@eventfold/digests" }),
    ", line 8: subject: must be a person"
  ],
  [
    "a person in the ledger twice",
    linesOf({ ...whole, beside: [forgotten, forgotten] }),
    ", line 7: subject: main/bob is in the ledger already"
  ],
  [
    "a key of somebody forgotten",
    withLine(8, { ...forgotten, subject: "ada" }),
    ", line 9: wrapped: must not be there: main/ada is in the ledger of the forgotten"
  ],
  ["a key in clear", withLine(9, { ...key, wrapped: "A".repeat(43) }), ", line 9: wrapped: must be a wrapped key"],
  ["a key of no master key", withLine(9, { ...key, masterKey: null }), ", line 9: wrapped: must be there together"],
  [
    "a master key in clear",
    withLine(9, { ...key, masterKey: "A".repeat(44) }),
    ", line 9: masterKey: must be the name"
  ],
  ["a hole in the versions of a key", withLine(10, { ...key, version: 3 }), ", line 10: version: must be 2, the next"],
  [
    "a key behind its end",
    withLine(9, { ...key, masterKey: null, wrapped: null }),
    ", line 10: wrapped: must not be there: the subject is forgotten"
  ],
  [
    "keys out of order",
    withLine(10, { ...key, subject: "aaa" }),
    ", line 10: subject: must come after that of the line before"
  ],
  ["kinds out of order", withLine(9, archived), ", line 9: kind: must not come after forgotten"],
  [
    "a line that was not announced",
    withLine(9, { ...forgotten, subject: "eve" }),
    ", line 9: kind: there must be 1 of"
  ],
  ["an event behind the log", withLine(6, event(9)), ", line 6: line: must not be part of the log after its end"],
  ["a kind before it is announced", linesOf(whole).toSpliced(4, 1), ", line 5: kind: must come after the line that"],
  ["a kind that is missing", linesOf(whole).slice(0, -1), ", line 10: keys: must be 1, as many as there are, and is 2"],
  ["nothing announced", linesOf(whole).slice(0, 4), ", line 5: line: must be that which tells what stands beside"],
  ["other streams in the archive", linesOf({ ...whole, header: { archived: 2 } }), ", line 5: archived: must be 2, as"],
  ["a version to come", withLine(1, linesOf(whole)[0]?.replace('"version":2', '"version":3') ?? ""), "reads 1 and 2"],
  [
    "something beside the events in version 1",
    withLine(
      1,
      '{"format":"eventfold-export","version":1,"createdAt":"2026-03-01T00:00:00.000Z","source":"x","events":2,"upTo":9}'
    ),
    ", line 3: kind: must not be there: an export of version 1 holds events only"
  ]
]

describe("the check of what stands beside the events of an exported file", () => {
  it.live("takes a file that is as it must be", () =>
    Effect.gen(function* () {
      const checked = yield* checkFile({ path: yield* write(linesOf(whole)) })
      assert.deepStrictEqual(checked.beside, { kind: "beside", repairs: 1, archived: 1, forgotten: 1, keys: 2 })
      assert.deepStrictEqual(checked.masterKeys, new Map([[key.masterKey, 2]]))
      // The event of a repair may be in the archive, and an archived stream may have been there before.
      const more = [
        { ...repair, position: 6, eventId: uuid(6) },
        { ...archived, restoredAt: at },
        { ...archived, number: 5 },
        { ...forgotten, subject: "\uffee" },
        { ...key, subject: "\uffee", masterKey: null, wrapped: null },
        { ...key, subject: "\u{1f600}" }
      ]
      yield* checkFile({ path: yield* write(linesOf({ ...whole, beside: more })), remembered: 1 })
    })
  )

  for (const [name, lines, expected] of cases) {
    it.live(`names the line, the field and the rule of ${name}`, () =>
      Effect.gen(function* () {
        assert.include(yield* said(lines), expected)
        assert.include(yield* said(lines, 1), expected)
      })
    )
  }

  it.live("finds a byte that was changed", () =>
    Effect.gen(function* () {
      const path = yield* write(linesOf(whole))
      const lines = yield* StoreToMove.linesOf(path)
      const text = `${lines.join("\n")}\n`.replace("it was broken", "it was brocken")
      yield* Effect.promise(() => writeFile(path, text))
      assert.include((yield* Effect.flip(checkFile({ path }))).message, ", line 11: sha256: must be the checksum")
    })
  )
})
