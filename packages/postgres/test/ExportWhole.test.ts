/** The export of a whole store: what is in the file, what must never be in it, and what can be left out. */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { checkFile } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"
import * as WholeStore from "./WholeStore.ts"

const { comparable, environment, exportTo, filled, importFrom } = WholeStore

describe("an export of a whole store", () => {
  it.live("never holds a key in clear, a master key, or a key of somebody who is forgotten", () =>
    Effect.gen(function* () {
      const { path } = yield* filled
      const sql = yield* SqlClient.SqlClient
      const [key] = yield* sql<{ readonly wrapped: string }>`select wrapped from eventfold.subject_keys
        where subject = ${WholeStore.ada.subject} and version = 1`
      // As after a crash between the ledger and the keys.
      yield* sql`update eventfold.subject_keys set master_key = 'ffffffffffffffff', wrapped = ${key?.wrapped ?? ""}
        where subject = ${WholeStore.bob.subject}`
      const again = `${path}.again`
      assert.strictEqual((yield* exportTo(again)).keys, 3)
      for (const file of [path, again]) {
        const text = yield* Effect.promise(() => readFile(file, "utf8"))
        assert.notInclude(text, WholeStore.masterKey("m").replace(/=+$/u, ""))
        assert.notInclude(text, "Ada")
        assert.notMatch(text, /"subject":"customer-bob","version":1,"masterKey":"/u)
        assert.include(text, `"wrapped":"${key?.wrapped}"`)
      }
      assert.include(yield* Effect.promise(() => readFile(path, "utf8")), '"masterKey":null,"wrapped":null}')
      assert.strictEqual((yield* checkFile({ path: again })).beside?.keys, 3)
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )

  it.live("takes along the ledger that is kept in a file, and no key of whom it names", () =>
    Effect.gen(function* () {
      const { path } = yield* filled
      const ledger = join(yield* temporaryDirectory, "forgotten.jsonl")
      const entries = [WholeStore.ada, WholeStore.bob, { ...WholeStore.ada, subject: "nobody" }].map((subject) =>
        JSON.stringify({ ...subject, forgottenAt: "2026-05-01T00:00:00.000Z", ...WholeStore.by })
      )
      yield* Effect.promise(() => writeFile(ledger, `${entries.join("\n")}\n`))
      const again = `${path}.again`
      const { forgotten, keys } = yield* environment({ EVENTFOLD_FORGOTTEN_LEDGER: ledger })(exportTo(again))
      assert.deepStrictEqual({ forgotten, keys }, { forgotten: 3, keys: 2 })
      const lines = yield* StoreToMove.linesOf(again)
      const named = (kind: string) =>
        lines.flatMap((line) =>
          line.includes(`"kind":"${kind}"`) ? (/"subject":"([^"]*)"/u.exec(line)?.[1] ?? []) : []
        )
      assert.deepStrictEqual(named("forgotten"), [WholeStore.bob.subject, WholeStore.ada.subject, "nobody"])
      assert.deepStrictEqual(named("key"), [WholeStore.bob.subject, WholeStore.other.subject])
      yield* checkFile({ path: again })
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )

  it.live("leaves out repairs that name no event, and says how many", () =>
    Effect.gen(function* () {
      const { path } = yield* filled
      const sql = yield* SqlClient.SqlClient
      yield* sql`insert into eventfold.event_repairs
          (position, event_id, type, schema_version, data, actor, reason, repaired_at)
        select position, gen_random_uuid(), type, schema_version, data, actor, reason, repaired_at
        from eventfold.event_repairs`
      const { repairs, strayRepairs } = yield* exportTo(`${path}.again`)
      assert.deepStrictEqual({ repairs, strayRepairs }, { repairs: 1, strayRepairs: 1 })
      yield* checkFile({ path: `${path}.again` })
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )

  it.live("goes on where it stopped, writes what stands beside the log anew, and makes the same file", () =>
    Effect.gen(function* () {
      const { path } = yield* filled
      const whole = yield* Effect.promise(() => readFile(path))
      const lines = whole.toString().split("\n")
      for (let cut = 1; cut < lines.length; cut += 3) {
        const again = `${path}.${cut}`
        const part = `${lines.slice(0, cut).join("\n")}\n${(lines[cut] ?? "").slice(0, 9)}`
        yield* Effect.promise(() => writeFile(`${again}.part`, part))
        yield* exportTo(again, { resume: true })
        assert.deepStrictEqual(yield* comparable(again), yield* comparable(path), `cut at line ${cut}`)
        yield* checkFile({ path: again })
      }
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )

  it.live("does not go on when streams went to the archive meanwhile, or with other parts", () =>
    Effect.gen(function* () {
      const { archive, path } = yield* filled
      const lines = yield* StoreToMove.linesOf(path)
      const again = `${path}.again`
      yield* Effect.promise(() => writeFile(`${again}.part`, `${lines.slice(0, 4).join("\n")}\n`))
      const other = yield* Effect.flip(exportTo(again, { resume: true, without: ["keys"] }))
      assert.include(other.message, "was begun without nothing, and now it is to be without keys")
      const old = `${path}.old`
      const header = (lines[0] ?? "").replace(/"version":2|"actions".*"without":\[\],/gu, (part) =>
        part === '"version":2' ? '"version":1' : ""
      )
      yield* Effect.promise(() => writeFile(`${old}.part`, `${header}\n`))
      assert.include(
        (yield* Effect.flip(exportTo(old, { resume: true }))).message,
        "was begun in version 1 of the format"
      )
      yield* WholeStore.running(WholeStore.archiveOneMore, { archive })
      assert.include(
        (yield* Effect.flip(exportTo(again, { resume: true }))).message,
        "were moved to the archive or back"
      )
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )

  it.live("sees one moment of what stands beside the log, whatever is done meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const [path, archive] = [join(directory, "store.jsonl"), join(directory, "archive")]
      const url = yield* StoreToMove.newUrl
      const database = StoreToMove.ofEnvironment({ DATABASE_URL: url })
      const running = <A, E>(body: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        Effect.provide(body, Layer.fresh(database))
      yield* running(WholeStore.running(WholeStore.fill, { archive }))
      let forgotten = 0
      const forgetAda = running(WholeStore.running(WholeStore.forgetAda, { archive })).pipe(Effect.orDie)
      const exported = yield* running(
        exportTo(path, {
          pageSize: 1,
          // After the first line beside the log: its moment is that before.
          onProgress: ({ done, of }) =>
            of === "others" && done === 1
              ? Effect.andThen(
                  forgetAda,
                  Effect.sync(() => {
                    forgotten += 1
                  })
                )
              : Effect.void
        })
      )
      assert.strictEqual(forgotten, 1)
      assert.strictEqual(exported.forgotten, 1)
      assert.strictEqual((yield* checkFile({ path })).beside?.keys, 4)
      assert.strictEqual((yield* running(exportTo(`${path}.2`))).forgotten, 2)
    })
  )

  it.live("leaves out what is asked, and what is left is whole", () =>
    Effect.gen(function* () {
      const { path } = yield* filled
      const small = `${path}.small`
      const exported = yield* exportTo(small, { without: ["actions", "repairs", "archive", "keys"] })
      const { actions, archived, forgotten, keys, repairs } = exported
      assert.deepStrictEqual(
        { actions, archived, forgotten, keys, repairs },
        { actions: 0, archived: 0, forgotten: 1, keys: 1, repairs: 0 }
      )
      assert.deepStrictEqual((yield* checkFile({ path: small })).header.without.length, 4)
      const lines = yield* StoreToMove.linesOf(small)
      assert.include(lines.at(-2), '"subject":"customer-bob","version":1,"masterKey":null,"wrapped":null}')
      yield* Effect.provide(importFrom(small), Layer.fresh(StoreToMove.embedded))
    }).pipe(Effect.provide(Layer.fresh(StoreToMove.onServer)))
  )
})
