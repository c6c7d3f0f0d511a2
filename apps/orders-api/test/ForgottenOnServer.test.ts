/**
 * What the files of a PostgreSQL server hold of a person: tables, indexes, WAL and whatever else lies in its folder. The
 * server is the one that npm ships, as every test has it, with a folder of its own that nobody else writes to.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "@eventfold/postgres"
import { bothForgotten, customer, goesOn, isForgotten, isKnown, personal, product } from "./Customer.ts"
import * as OwnServer from "./OwnServer.ts"
import { foundIn } from "./Plaintext.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { TestService } from "./TestService.ts"

/** Written in clear beside the rest, in the form and size of an event: what it would look like if somebody forgot to seal. */
const canary = { recipient: "Clementine Canary-Nightingale", street: "Unsealed Street 1" }

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-ledger-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** As a superuser: the service's role may neither make tables here nor ask for a checkpoint. */
const asSuperuser = (url: string) =>
  Effect.provide(
    Layer.fresh(Database.layer).pipe(
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: url, DATABASE_ROLE: "none" } })))
    )
  )

const checkpoint = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`checkpoint`)

/** How much there is of each kind that could hold something about a person. */
const stored = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [counts] = yield* sql<Record<string, number>>`
    select (select count(*) from eventfold.events)::int4 as events,
      (select count(*) from eventfold.snapshots)::int4 as snapshots,
      (select count(*) from eventfold.commands where outcome is not null)::int4 as outcomes,
      (select count(*) from eventfold.subject_keys)::int4 as keys,
      (select count(*) from eventfold_read.order_search__1)::int4 as rows`
  return counts ?? {}
})

describe("the files of a PostgreSQL server", () => {
  it.live(
    "hold nothing of a person in clear, WAL included, neither before nor after they are forgotten",
    () =>
      Effect.gen(function* () {
        const { data, url } = yield* OwnServer.start
        const ledger = yield* folder
        const ports = ServerPorts.layerAt(url, { EVENTFOLD_FORGOTTEN_LEDGER: join(ledger, "forgotten.jsonl") })
        /** Runs the body on the service, which starts before and stops after. */
        const running = <A, E, R>(body: Effect.Effect<A, E, R>) =>
          Effect.provide(body, Layer.fresh(TestService.layer({ ports })))

        const places = (text: string) => Effect.map(foundIn([text], data), (found) => found.join("\n"))
        const holdNothing = Effect.gen(function* () {
          yield* asSuperuser(url)(checkpoint)
          assert.deepStrictEqual(yield* foundIn([...personal, ServerPorts.masterKey], data, ledger), [])
          // The looking works: what is no secret is found in a table and in the WAL, and so is what was not sealed.
          for (const text of [product, canary.recipient]) {
            const found = yield* places(text)
            assert.include(found, join(data, "base"), text)
            assert.include(found, join(data, "pg_wal"), text)
          }
        })

        yield* asSuperuser(url)(
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            yield* sql`create table canary (data json not null)`
            yield* sql`insert into canary values (${JSON.stringify({ shippingAddress: canary })}::json)`
          })
        )
        const them = yield* running(
          Effect.gen(function* () {
            const them = yield* customer
            yield* isKnown(them)
            for (const [kind, count] of Object.entries(yield* asSuperuser(url)(stored))) assert.isAbove(count, 0, kind)
            yield* holdNothing
            return them
          })
        )
        yield* running(
          Effect.gen(function* () {
            yield* isKnown(them)
            yield* bothForgotten(them)
            yield* isForgotten(them)
            yield* goesOn(them)
            yield* holdNothing
          })
        )
        yield* running(isForgotten(them))
        yield* asSuperuser(url)(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`vacuum full`))
        yield* holdNothing
      }),
    400_000
  )
})
