/** The role of the service and the read side: whoever has made the tables of a generation, it works with them. */
import { assert, describe, it } from "@effect/vitest"
import { ReadModel, Specification } from "@eventfold/decider"
import { Consumers, DeadLetters, ReadModelStore } from "@eventfold/subscriptions"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { Effect, Layer, Option, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { Migrations, ServiceRole } from "../src/index.ts"
import { login, service, unique, withDatabase } from "./RoleDatabase.ts"

/** The migrations of the last version without a read side. */
const before = Object.fromEntries(Object.entries(Migrations.migrations).filter(([name]) => name < "0010"))

const things = ReadModel.make({ name: "things", key: ["id"], row: Schema.Struct({ id: Schema.String }) })

/** Builds a generation beside the one that is read, takes its place, and drops it. */
const rebuilt = (fingerprint: string) =>
  Effect.gen(function* () {
    const store = yield* ReadModelStore
    const serving = (yield* store.generations("things")).find(({ state }) => state === "serving")
    const next = yield* store.begin(
      {
        projection: "things",
        fingerprint,
        rowsFingerprint: yield* rowsFingerprint(things),
        slices: 1,
        from: undefined
      },
      [things]
    )
    const table = { readModel: things, generation: next.generation }
    if (serving !== undefined) {
      yield* store.copy({ ...table, generation: serving.generation }, table, Specification.everything)
    }
    const located = { tenant: "main", key: { id: fingerprint }, id: things.idOf("main", { id: fingerprint }) }
    yield* store.apply(table, [{ _tag: "Upsert", ...located, row: { id: fingerprint } }])
    yield* store.serve(next, things)
    if (serving !== undefined) yield* store.drop(serving, [things])
    return yield* store.count(things, "main", Specification.everything)
  })

/** Uses what else the read side keeps. */
const kept = Effect.gen(function* () {
  const consumers = yield* Consumers
  yield* consumers.register("things", 1, 0)
  const lease = yield* consumers.acquire({ consumer: "things", slice: 0 }, "one", "1 minute")
  const moved =
    Option.isSome(lease) && (yield* consumers.advance(lease.value, lease.value.position, 1 + lease.value.position))
  return [moved, yield* (yield* DeadLetters).any("things")]
})

describe("the role of the service and the read side", () => {
  it.live("works with the read models of the login, and the login with those of the role", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      const as = (env: Record<string, string>) => Layer.fresh(service(name, env))
      const counts = yield* Effect.forEach(
        [{ DATABASE_ROLE: "none" }, {}, { DATABASE_ROLE: "none" }, {}, {}],
        (env, index) => Effect.provide(rebuilt(`step ${index}`), as(env))
      )
      assert.deepStrictEqual(counts, [1, 2, 3, 4, 5])
      assert.deepStrictEqual(yield* Effect.provide(kept, as({})), [true, false])
    })
  )

  it.live("is given the read side of a database that was migrated before there was one", () =>
    Effect.gen(function* () {
      const { name } = yield* withDatabase()
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* ServiceRole.prepare(sql, ServiceRole.defaultRole)
        yield* Migrator.make({})({ table: "eventfold_migrations", loader: Migrator.fromRecord(before) })
        yield* sql`select eventfold.grant_service(${ServiceRole.defaultRole})`
        yield* sql.unsafe(`grant select on eventfold_migrations to ${ServiceRole.defaultRole}`)
      }).pipe(Effect.provide(login(name)))
      assert.strictEqual(yield* Effect.provide(rebuilt("first"), Layer.fresh(service(name))), 1)
      assert.deepStrictEqual(yield* Effect.provide(kept, Layer.fresh(service(name))), [true, false])
    })
  )

  it.live("a login that is only a member of it builds and drops read models", () =>
    Effect.gen(function* () {
      const [member, role] = [unique(), unique()]
      const { name, run } = yield* withDatabase([`drop role if exists ${member}`, `drop role if exists ${role}`])
      yield* Effect.provide(rebuilt("owner"), service(name, { DATABASE_ROLE: role }))
      yield* run(`create role ${member} login password 'secret' in role ${role}`)
      const counted = yield* Effect.provide(
        rebuilt("member"),
        Layer.fresh(service(name, { DATABASE_ROLE: role }, member))
      )
      assert.strictEqual(counted, 2)
    })
  )
})
