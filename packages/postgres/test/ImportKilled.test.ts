import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { eventLine } from "../src/ExportFormat.ts"
import { kindLine } from "../src/ExportKinds.ts"
import { exportStore } from "../src/index.ts"
import * as Fixture from "./Fixture.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const events = 400
const streams = 30
const forgottenAt = "2026-03-01T09:30:00.000000Z"
const wrapped = `${"n".repeat(16)}.${"c".repeat(64)}`

/** A file of many events, forgotten persons and keys, and its lines. */
const file = Effect.gen(function* () {
  const path = join(yield* temporaryDirectory, "store.jsonl")
  const header = {
    format: "eventfold-export",
    version: 2,
    createdAt: "2026-03-01T00:00:00.000Z",
    source: "a test",
    events,
    actions: 0,
    archived: 0,
    restored: 0,
    without: [],
    upTo: 3 * events
  }
  const log = Array.from({ length: events }, (_, at) =>
    eventLine({
      position: 3 * (at + 1),
      tenant: "main",
      category: "thing",
      stream: `t-${at % streams}`,
      version: 1 + Math.floor(at / streams),
      id: `00000000-0000-7000-8000-${String(at).padStart(12, "0")}`,
      type: "ThingHappened",
      schemaVersion: 1,
      occurredAt: "2026-03-01T09:30:00.000000Z",
      recordedAt: "2026-03-01T09:30:00.000000Z",
      appendSize: 1,
      metadata: "{}",
      data: `{"at":${at}.0}`
    }).slice(0, -1)
  )
  const subjects = Array.from({ length: 620 }, (_, at) => `person-${String(at).padStart(3, "0")}`)
  const beside = subjects.map((subject, at) =>
    kindLine(
      at < 20
        ? { kind: "forgotten", tenant: "main", subject, forgottenAt, actor: "me", reason: "requested" }
        : { kind: "key", tenant: "main", subject, version: 1, masterKey: "0123456789abcdef", wrapped }
    ).slice(0, -1)
  )
  const announced = '{"kind":"beside","repairs":0,"archived":0,"forgotten":20,"keys":600}'
  const lines = [...log, announced, ...beside]
  yield* StoreToMove.writeExport(path, [JSON.stringify(header), ...lines])
  return { path, lines }
})

/** Whether an import that says this has come as far as that: so many events, or some lines beside them. */
const isAt = (line: string, place: number | "beside") =>
  line.startsWith("beside") || (place !== "beside" && Number(line) >= place)

/** Kills an import again and again, when it has come to each of these places, until it gets through. */
const importedByForce = Effect.fn(function* (
  env: Record<string, string>,
  path: string,
  places: ReadonlyArray<number | "beside">
) {
  for (const place of places) {
    const running = yield* Fixture.startIn(env, "ImportStore", path, "10")
    while (!isAt(yield* running.line, place)) continue
    yield* running.signal("SIGKILL")
    yield* running.rest
    assert.strictEqual(yield* running.end, "SIGKILL")
  }
  const last = yield* Fixture.startIn(env, "ImportStore", path, "10")
  assert.strictEqual((yield* last.rest).at(-1), "done", last.complaints())
  assert.strictEqual(yield* last.end, 0)
})

for (const [name, places, place] of [
  ["a PostgreSQL server", [40, 130, "beside"], Effect.map(StoreToMove.newUrl, (url) => ({ DATABASE_URL: url }))],
  [
    "the embedded database",
    [60, "beside"],
    Effect.map(StoreToMove.newDirectory, (directory) => ({ DATA_DIR: directory }))
  ]
] as const) {
  describe(`an import on ${name}`, () => {
    it.live("loses and doubles nothing when it is killed in the middle and resumed", () =>
      Effect.gen(function* () {
        const { lines, path } = yield* file
        const env: Record<string, string> = yield* place
        yield* importedByForce(env, path, places)
        yield* Effect.gen(function* () {
          const again = `${path}.again`
          yield* exportStore({ path: again, source: "a test" })
          assert.deepStrictEqual((yield* StoreToMove.linesOf(again)).slice(1, -1), lines)
          const sql = yield* SqlClient.SqlClient
          const [row] = yield* sql`select eventfold.last_allocated()::int4 as last,
            (select sum(version) from eventfold.streams)::int4 as versions, (select count(*) from eventfold.streams)::int4 as streams`
          assert.deepStrictEqual(row, { last: 3 * events, versions: events, streams })
        }).pipe(Effect.provide(StoreToMove.ofEnvironment(env)))
      })
    )
  })
}
