/** A process that is killed while it forgets somebody: what the next one finds, does and tells. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { Audit, type KeyStore, PersonalPlaces, Sealer } from "@eventfold/event-store"
import { effort } from "@eventfold/testing"
import { ConfigProvider, Effect, Layer, Logger, Schema } from "effect"
import * as AuditPostgres from "../src/AuditPostgres.ts"
import * as Database from "../src/Database.ts"
import * as Privacy from "../src/Privacy.ts"
import * as Fixture from "./Fixture.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const tenant = "acme"
const ada = { tenant, subject: "customer-ada" }
const places = PersonalPlaces.of(Personal.schema(Schema.String))

/** A process on the database of the environment. */
const running = <A, E>(env: Record<string, string>, body: Effect.Effect<A, E, KeyStore | Sealer | Audit>) =>
  Effect.provide(
    body,
    Layer.fresh(Privacy.layer()).pipe(
      Layer.merge(AuditPostgres.layerPostgres),
      Layer.provide(Database.layer),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      Layer.provide(Logger.layer([]))
    )
  )

const seal = Effect.gen(function* () {
  const json = { subject: ada.subject, value: "Ada" }
  const [sealed = null] = yield* (yield* Sealer).seal([{ tenant, places, json }])
  return sealed
})

const actions = Effect.gen(function* () {
  const { entries } = yield* (yield* Audit).page({ tenant, order: "oldest", limit: 500 })
  return entries.map((entry) =>
    entry._tag === "Event"
      ? entry.type
      : `${entry.action} ${entry.subject} by ${entry.actor}: ${entry.reason}, ${entry.details["demandedBy"]}`
  )
})

const open = (sealed: Schema.Json) =>
  Effect.map(
    Effect.flatMap(Sealer, (sealer) => sealer.open([{ tenant, json: sealed }])),
    ([json]) => json
  )

const known = { subject: ada.subject, value: "Ada" }
const gone = { subject: ada.subject, redacted: true }
const told = (demandedBy: string) => [`PersonForgotten customer-ada by user-7: requested, ${demandedBy}`]

/** Where the process is killed, and what the next one finds when it has started. */
const steps = [
  { killedAt: "asked", finds: known, tells: [] },
  { killedAt: "noted", finds: gone, tells: told("ledger") },
  { killedAt: "destroyed", finds: gone, tells: told("ledger") },
  { killedAt: "recorded", finds: gone, tells: told("ledger") },
  { killedAt: "done", finds: gone, tells: told("request") }
] as const

/** The step in which two stores differ, and the one in which something is taken back; the long tests kill at each. */
const fewSteps = steps.filter(({ killedAt }) => effort > 1 || killedAt === "noted" || killedAt === "recorded")
/** What the embedded database has to show is that it takes back what was not committed. */
const embeddedSteps = fewSteps.filter(({ killedAt }) => killedAt === "recorded" || (effort > 1 && killedAt === "noted"))

for (const [name, place, killed] of [
  ["a PostgreSQL server", Effect.map(StoreToMove.newUrl, (url) => ({ DATABASE_URL: url })), fewSteps],
  [
    "the embedded database",
    Effect.map(StoreToMove.newDirectory, (directory) => ({ DATA_DIR: directory })),
    embeddedSteps
  ]
] as const) {
  describe(`forgetting on ${name}`, () => {
    it.live.each(killed)(
      "leaves nothing unsaid or revived when it is killed: $killedAt",
      ({ finds, killedAt, tells }) =>
        Effect.gen(function* () {
          const ledger = join(yield* temporaryDirectory, "forgotten.jsonl")
          const env: Record<string, string> = {
            ...(yield* place),
            EVENTFOLD_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
            EVENTFOLD_FORGOTTEN_LEDGER: ledger
          }
          const sealed = yield* running(env, seal)
          const dying = yield* Fixture.startIn(env, "ForgetPerson", ledger, killedAt)
          assert.strictEqual(yield* dying.line, killedAt)
          yield* dying.signal("SIGKILL")
          assert.strictEqual(yield* dying.end, "SIGKILL")
          for (let start = 0; start < 2; start++) {
            const found = yield* running(env, Effect.all({ json: open(sealed), actions }))
            assert.deepStrictEqual<unknown>(found, { json: finds, actions: tells })
          }
        })
    )
  })
}
