import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { eventLine } from "../src/ExportFormat.ts"
import { exportStore } from "../src/index.ts"
import * as Fixture from "./Fixture.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const events = 400
const streams = 30

/** A file of many events, and its lines. */
const file = Effect.gen(function* () {
  const path = join(yield* temporaryDirectory, "store.jsonl")
  const header = {
    format: "eventfold-export",
    version: 1,
    createdAt: "2026-03-01T00:00:00.000Z",
    source: "a test",
    events,
    upTo: 3 * events
  }
  const lines = Array.from({ length: events }, (_, at) =>
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
  yield* StoreToMove.writeExport(path, [JSON.stringify(header), ...lines])
  return { path, lines }
})

/** Kills an import again and again until one gets through; answers after how many events each was killed. */
const importedByForce = Effect.fn(function* (
  env: Record<string, string>,
  path: string,
  batches: ReadonlyArray<number>
) {
  const killedAfter: Array<string> = []
  for (const lines of batches) {
    const running = yield* Fixture.startIn(env, "ImportStore", path, "10")
    for (let line = 1; line < lines; line++) yield* running.line
    killedAfter.push(yield* running.line)
    yield* running.signal("SIGKILL")
    yield* running.rest
    assert.strictEqual(yield* running.end, "SIGKILL")
  }
  const last = yield* Fixture.startIn(env, "ImportStore", path, "10")
  assert.strictEqual((yield* last.rest).at(-1), "done", last.complaints())
  assert.strictEqual(yield* last.end, 0)
  return killedAfter
})

for (const [name, killedAtBatches, place] of [
  ["a PostgreSQL server", [4, 9], Effect.map(StoreToMove.newUrl, (url) => ({ DATABASE_URL: url }))],
  ["the embedded database", [6], Effect.map(StoreToMove.newDirectory, (directory) => ({ DATA_DIR: directory }))]
] as const) {
  describe(`an import on ${name}`, () => {
    it.live("loses and doubles nothing when it is killed in the middle and resumed", () =>
      Effect.gen(function* () {
        const { lines, path } = yield* file
        const env: Record<string, string> = yield* place
        const killedAfter = yield* importedByForce(env, path, killedAtBatches)
        assert.strictEqual(killedAfter.length, killedAtBatches.length)
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
