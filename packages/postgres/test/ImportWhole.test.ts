/** A whole store moved: personal data, the forgotten, repairs, the audit and the archive, and what stays as it was. */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { EventStore, ExpectedVersion, KeyStore, StreamId } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Migrations } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"
import * as WholeStore from "./WholeStore.ts"

const { comparable, environment, exportTo, filled, importFrom } = WholeStore

const count = (lines: ReadonlyArray<string>, kind: string) =>
  lines.filter((line) => line.startsWith(`{"kind":"${kind}"`)).length

for (const [name, from, to] of [
  ["from the embedded database to a server", StoreToMove.embedded, StoreToMove.onServer],
  ["from a server to the embedded database", StoreToMove.onServer, StoreToMove.embedded]
] as const) {
  describe(`a whole store moved ${name}`, () => {
    it.live("shows the same: personal data, the forgotten, repairs, the audit, the archive", () =>
      Effect.gen(function* () {
        const { archive, exported, facts, path } = yield* Effect.provide(filled, Layer.fresh(from))
        assert.includeDeepMembers(Array.from(facts.shown), [
          { name: "Ada Lovelace", times: 0 },
          { name: "[REDACTED]", times: 0 },
          { name: "C.", times: 2 }
        ])
        const repaired = facts.decoded.find(({ times }) => times === 12345678)
        assert.deepStrictEqual(repaired?.name, Personal.of(WholeStore.ada.subject, "Ada, repaired"))
        const { forgotten, keys, repairs } = exported
        assert.deepStrictEqual({ forgotten, keys, repairs }, { forgotten: 1, keys: 4, repairs: 1 })
        const lines = yield* comparable(path)
        assert.strictEqual(count(lines, "action"), facts.audit.filter(({ _tag }) => _tag === "Action").length)
        assert.strictEqual(count(lines, "archived"), 2)
        yield* Effect.gen(function* () {
          const imported = yield* importFrom(path)
          assert.strictEqual(imported.keys, 4)
          const again = `${path}.again`
          yield* exportTo(again, { pageSize: 1000 })
          assert.deepStrictEqual(yield* comparable(again), lines)
          const there = yield* WholeStore.running(
            Effect.gen(function* () {
              const seen = yield* WholeStore.facts
              assert.isTrue(yield* (yield* KeyStore).isForgotten(WholeStore.bob))
              const store = yield* EventStore
              const appended = Effect.result(
                store.append(StreamId.make(WholeStore.tenant, "thing", "archived"), ExpectedVersion.Any, [
                  StoreToMove.event(1)
                ])
              )
              assert.strictEqual((yield* appended)._tag, "Failure")
              return seen
            }),
            { archive }
          )
          assert.deepStrictEqual(there, facts)
          // And the store goes on: the next entry of the catalogue has a number of its own.
          const moved = yield* WholeStore.running(WholeStore.archiveOneMore, { archive })
          assert.strictEqual(moved.number, 3)
        }).pipe(Effect.provide(Layer.fresh(to)))
      })
    )

    it.live("goes on when it was interrupted anywhere beside the log", () =>
      Effect.gen(function* () {
        const { archive, facts, path } = yield* Effect.provide(filled, Layer.fresh(from))
        for (const stopAt of [1, 3, 5, 7]) {
          yield* Effect.gen(function* () {
            const stopped = yield* Effect.exit(
              importFrom(path, {
                batchSize: 1,
                onProgress: ({ done, of, task }) =>
                  task === "loading" && of === "others" && done === stopAt ? Effect.die("killed") : Effect.void
              })
            )
            assert.strictEqual(stopped._tag, "Failure")
            assert.include((yield* Effect.flip(importFrom(path))).message, "the store is not empty")
            yield* importFrom(path, { resume: true, checked: true })
            const there = yield* WholeStore.running(WholeStore.facts, { archive })
            assert.deepStrictEqual(there, facts)
          }).pipe(Effect.provide(Layer.fresh(to)))
        }
      })
    )
  })
}

describe("names of events in the archive", () => {
  for (const [name, from, to] of [
    ["by COPY", StoreToMove.embedded, StoreToMove.onServer],
    ["by inserts", StoreToMove.onServer, StoreToMove.embedded]
  ] as const) {
    it.live(`arrive as they are, ${name}`, () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const path = join(directory, "store.jsonl")
        const rows = Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`select types, positions, restored_at from eventfold.archived_streams`
        )
        const odd = ['a "quoted" \\ {name}, NULL', "NULL", "é 😀"]
        const before = yield* Effect.andThen(
          WholeStore.running(WholeStore.archiveOdd(odd), { archive: join(directory, "archive") }),
          Effect.andThen(exportTo(path), rows)
        ).pipe(Effect.provide(Layer.fresh(from)))
        assert.deepStrictEqual(before[0]?.["types"], odd)
        const after = yield* Effect.andThen(importFrom(path), rows).pipe(Effect.provide(Layer.fresh(to)))
        assert.deepStrictEqual(after, before)
      })
    )
  }
})

/** The same with the other person, whom the table of the target names. */
const alsoInTable = Effect.fn(function* (path: string) {
  const sql = yield* SqlClient.SqlClient
  yield* Migrations.migrate
  yield* sql`insert into eventfold.forgotten_subjects (tenant, subject, forgotten_at, actor, reason)
    values (${WholeStore.tenant}, ${WholeStore.other.subject}, now(), 'user-7', 'requested')`
  assert.strictEqual((yield* importFrom(path)).keysLeftOut, 3)
  assert.deepStrictEqual(yield* sql`select subject from eventfold.subject_keys where wrapped is not null`, [])
})

describe("an import of a whole store", () => {
  it.live("gives nobody a key back whom the ledger of the target names: in its table or in its file", () =>
    Effect.gen(function* () {
      const { archive, facts, path } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      const ledger = join(yield* temporaryDirectory, "forgotten.jsonl")
      const { actor, reason } = WholeStore.by
      const entry = { ...WholeStore.ada, forgottenAt: "2026-05-01T00:00:00.000Z", actor, reason }
      yield* Effect.promise(() => writeFile(ledger, `${JSON.stringify(entry)}\n`))
      const env = { EVENTFOLD_FORGOTTEN_LEDGER: ledger }
      yield* Effect.gen(function* () {
        const imported = yield* environment(env)(importFrom(path))
        assert.strictEqual(imported.keysLeftOut, 2)
        yield* environment(env)(Effect.provide(alsoInTable(path), Layer.fresh(StoreToMove.onServer)))
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql`select subject from eventfold.subject_keys
          where subject = ${WholeStore.ada.subject} and wrapped is not null`
        assert.deepStrictEqual(rows, [])
        // Whom the file names goes into the ledger of the target, which outlives its database.
        assert.include(yield* Effect.promise(() => readFile(ledger, "utf8")), '"subject":"customer-bob"')
        const seen = yield* WholeStore.running(WholeStore.facts, { archive, env })
        assert.notInclude(JSON.stringify(seen.shown), "Ada")
        assert.include(JSON.stringify(seen.shown), "Another")
        assert.deepStrictEqual(seen.audit.slice(1), facts.audit)
        const [first] = seen.audit
        assert.deepInclude(first, { action: "PersonForgotten", subject: WholeStore.ada.subject })
      }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
    })
  )

  it.live("leaves a person forgotten of whom the target knows by the mark alone", () =>
    Effect.gen(function* () {
      const { path } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* Migrations.migrate
        yield* sql`insert into eventfold.subject_keys (tenant, subject, version)
          values (${WholeStore.tenant}, ${WholeStore.ada.subject}, 1)`
        assert.strictEqual((yield* importFrom(path)).keysLeftOut, 2)
        const rows = yield* sql`select version, wrapped from eventfold.subject_keys
          where subject = ${WholeStore.ada.subject}`
        assert.deepStrictEqual(rows, [{ version: 1, wrapped: null }])
      }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
    })
  )

  it.live("destroys what it had loaded of somebody who was forgotten before it went on", () =>
    Effect.gen(function* () {
      const { path } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      yield* Effect.gen(function* () {
        yield* importFrom(path)
        const sql = yield* SqlClient.SqlClient
        yield* sql`insert into eventfold.forgotten_subjects (tenant, subject, forgotten_at, actor, reason)
          values (${WholeStore.tenant}, ${WholeStore.ada.subject}, now(), 'user-7', 'requested')`
        yield* importFrom(path, { resume: true, checked: true })
        assert.deepStrictEqual(
          yield* sql`select * from eventfold.subject_keys where subject = ${WholeStore.ada.subject}`,
          []
        )
      }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
    })
  )

  it.live("names the master key that is missing, and the variable that is to hold it", () =>
    Effect.gen(function* () {
      const { exported, path } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      const [name = ""] = Array.from(exported.masterKeys.keys())
      const missing = (env: Record<string, string>) =>
        environment(env)(Effect.map(importFrom(path), ({ missingMasterKeys }) => missingMasterKeys)).pipe(
          Effect.provide(Layer.fresh(StoreToMove.onServer))
        )
      const [right, another] = [WholeStore.masterKey("m"), WholeStore.masterKey("x")]
      assert.deepStrictEqual(yield* missing({}), [{ name, keys: 3, variable: "EVENTFOLD_MASTER_KEY" }])
      assert.deepStrictEqual(yield* missing({ EVENTFOLD_MASTER_KEY: another }), [
        { name, keys: 3, variable: "EVENTFOLD_MASTER_KEYS_OLD" }
      ])
      assert.deepStrictEqual(yield* missing({ EVENTFOLD_MASTER_KEY: right }), [])
      assert.deepStrictEqual(yield* missing({ EVENTFOLD_MASTER_KEY: another, EVENTFOLD_MASTER_KEYS_OLD: right }), [])
    })
  )

  it.live("refuses a repair without its event also when the file was not checked", () =>
    Effect.gen(function* () {
      const { path } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      const lines = (yield* StoreToMove.linesOf(path)).slice(0, -1)
      const changed = lines.map((line) =>
        line.startsWith('{"kind":"repair"') ? line.replace(/"position":\d+/u, '"position":1') : line
      )
      yield* StoreToMove.writeExport(path, changed)
      const error = yield* Effect.flip(importFrom(path, { checked: true }))
      assert.include(error.message, "a repair names an event at position 1 that is not there")
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )
})
