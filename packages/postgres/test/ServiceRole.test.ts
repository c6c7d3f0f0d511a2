/** The role of the service on a server: what it may do and what it may not, and what becomes of logins that cannot assume it. */
import { assert, describe, it } from "@effect/vitest"
import {
  ArchiveFiles,
  Archiver,
  Audit,
  EventStore,
  ExpectedVersion,
  StreamId,
  WholeHistory
} from "@eventfold/event-store"
import { DateTime, Effect, Exit, Layer, Predicate, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { DatabaseInfo, ServiceRole } from "../src/index.ts"
import { service, unique, urlOf, withDatabase } from "./RoleDatabase.ts"

const stream = () => StreamId.make("main", "order", SecureRandom.uuidV7Unsafe())

const event = (data: string) => ({
  id: SecureRandom.uuidV7Unsafe(),
  type: "Noted",
  schemaVersion: 1,
  occurredAt: DateTime.makeUnsafe(0),
  data,
  metadata: { actor: "ada" }
})

/** The SQLSTATE a statement fails with; none when it succeeds. */
const codeOf = Effect.fnUntraced(function* (statement: string) {
  const sql = yield* SqlClient.SqlClient
  const exit = yield* Effect.exit(sql.unsafe(statement))
  if (Exit.isSuccess(exit)) return "none"
  const error = yield* Effect.flip(exit)
  const { cause } = error.reason
  return Predicate.hasProperty(cause, "code") ? cause.code : undefined
})

const works = Effect.gen(function* () {
  const store = yield* EventStore
  const one = stream()
  yield* store.append(one, ExpectedVersion.NoStream, [event("1"), event("2")])
  yield* store.append(one, ExpectedVersion.Exact(2), [event("3")])
  return yield* Stream.runCount(store.read(one))
})

describe("the role of the service", () => {
  it.live("cannot change, delete or truncate events, the audit or the catalogue, whoever the login is", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* works, 3)
        for (const table of ["events", "audit_log", "archived_streams", "event_repairs"]) {
          assert.strictEqual(yield* codeOf(`delete from eventfold.${table}`), "42501", table)
          assert.strictEqual(yield* codeOf(`truncate eventfold.${table}`), "42501", table)
        }
        assert.strictEqual(yield* codeOf(`update eventfold.events set data = '{}'`), "42501")
        assert.strictEqual(yield* codeOf(`update eventfold.audit_log set actor = 'nobody'`), "42501")
        assert.strictEqual(yield* codeOf(`update eventfold.streams set archived_at = now()`), "42501")
        assert.strictEqual(yield* codeOf(`delete from eventfold.streams`), "42501")
        assert.strictEqual(yield* codeOf(`alter table eventfold.events disable trigger all`), "42501")
        const { protection } = yield* DatabaseInfo
        assert.deepStrictEqual(protection, {
          protected: true,
          description: `The service works as ${ServiceRole.defaultRole}, which cannot change or delete events.`
        })
      }).pipe(Effect.provide(service(name)))
    })
  )

  it.live("archives, restores and records through the functions that do only that", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      yield* Effect.gen(function* () {
        const [store, archiver] = [yield* EventStore, yield* Archiver]
        const one = stream()
        yield* store.append(one, ExpectedVersion.NoStream, [event("1"), event("2")])
        const by = { actor: "ada", reason: "closed" }
        yield* archiver.archive(one, by)
        assert.strictEqual(yield* Stream.runCount(store.read(one)), 0)
        const whole = yield* Effect.provide(EventStore, WholeHistory.layer)
        assert.strictEqual(yield* Stream.runCount(whole.read(one)), 2)
        yield* archiver.restore(one, by)
        assert.strictEqual(yield* Stream.runCount(store.read(one)), 2)
        const { entries } = yield* (yield* Audit).page({ tenant: "main", order: "oldest", limit: 10 })
        assert.deepStrictEqual(
          entries.map((entry) => (entry._tag === "Event" ? entry.type : entry.action)),
          ["Noted", "Noted", "StreamArchived", "StreamRestored"]
        )
      }).pipe(Effect.provide(Layer.provideMerge(Archiver.layer, Layer.merge(ArchiveFiles.layerMemory, service(name)))))
    })
  )

  it.live("makes and changes read models in schemas of its own", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      yield* Effect.gen(function* () {
        const statements = [
          "create schema mine",
          "create table mine.rows (id int)",
          "insert into mine.rows values (1)",
          "truncate mine.rows",
          "create table notes (id int)"
        ]
        for (const statement of statements) assert.strictEqual(yield* codeOf(statement), "none", statement)
      }).pipe(Effect.provide(service(name)))
    })
  )

  it.live("is given to a database that was used without it, with the read models that are there", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      yield* Effect.gen(function* () {
        assert.isFalse((yield* DatabaseInfo).protection.protected)
        yield* works
        assert.strictEqual(yield* codeOf("create schema mine"), "none")
        assert.strictEqual(yield* codeOf("create table mine.rows (id int)"), "none")
        assert.strictEqual(yield* codeOf("create table mine_migrations (id int)"), "none")
        assert.strictEqual(yield* codeOf("delete from eventfold.events"), "42501", "the trigger refuses it anyway")
        assert.strictEqual(yield* codeOf("truncate eventfold.events"), "42501", "the trigger refuses it anyway")
        assert.strictEqual(yield* codeOf("update eventfold.events set version = 9"), "42501")
      }).pipe(Effect.provide(service(name, { DATABASE_ROLE: "none" })))
      yield* Effect.gen(function* () {
        assert.isTrue((yield* DatabaseInfo).protection.protected)
        assert.strictEqual(yield* works, 3)
        assert.strictEqual(yield* codeOf("insert into mine.rows values (1)"), "none")
        assert.strictEqual(yield* codeOf("delete from mine_migrations"), "none")
      }).pipe(Effect.provide(Layer.fresh(service(name))))
    })
  )

  it.live("is made once when many processes start at the same moment", () =>
    Effect.gen(function* () {
      const role = unique()
      const databases = yield* Effect.replicateEffect(withDatabase([`drop role if exists ${role}`]), 3)
      const counts = yield* Effect.forEach(
        [...databases, ...databases],
        ({ name }) =>
          Effect.provide(works, Layer.fresh(service(name, { DATABASE_ROLE: role, DATABASE_POOL_MAX: "2" }))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(counts, [3, 3, 3, 3, 3, 3])
    })
  )

  it.live("a login that may neither make nor assume it works, and is said to be unprotected", () =>
    Effect.gen(function* () {
      const [login, role] = [unique(), unique()]
      const { name, run } = yield* withDatabase([`drop role if exists ${login}`])
      yield* run(`create role ${login} login password 'secret'`)
      yield* run(`alter database ${name} owner to ${login}`)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* works, 3)
        const { protection } = yield* DatabaseInfo
        assert.isFalse(protection.protected)
        assert.include(protection.description, `It could not work as ${role}: let ${login} create or assume that role`)
      }).pipe(Effect.provide(service(name, { DATABASE_URL: urlOf(name, login), DATABASE_ROLE: role })))
    })
  )

  it.live("a login that may create roles makes it without being a superuser", () =>
    Effect.gen(function* () {
      const [login, role] = [unique(), unique()]
      const { name, run } = yield* withDatabase([`drop role if exists ${role}`, `drop role if exists ${login}`])
      yield* run(`create role ${login} login createrole password 'secret'`)
      yield* run(`alter database ${name} owner to ${login}`)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* works, 3)
        assert.isTrue((yield* DatabaseInfo).protection.protected)
        assert.strictEqual(yield* codeOf("delete from eventfold.events"), "42501")
      }).pipe(Effect.provide(service(name, { DATABASE_URL: urlOf(name, login), DATABASE_ROLE: role })))
    })
  )

  it.live("a login of its own that is only a member works on what another login has migrated", () =>
    Effect.gen(function* () {
      const [login, role] = [unique(), unique()]
      const { name, run } = yield* withDatabase([`drop role if exists ${login}`, `drop role if exists ${role}`])
      yield* Effect.provide(works, service(name, { DATABASE_ROLE: role }))
      yield* run(`create role ${login} login password 'secret' in role ${role}`)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* works, 3)
        assert.isTrue((yield* DatabaseInfo).protection.protected)
        // Even without the role, there is nothing this login could do.
        assert.strictEqual(yield* codeOf("set role none"), "none")
        assert.strictEqual(yield* codeOf("delete from eventfold.events"), "42501")
      }).pipe(Effect.provide(Layer.fresh(service(name, { DATABASE_URL: urlOf(name, login), DATABASE_ROLE: role }))))
    })
  )
})
