import { assert, describe, inject, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import * as CopyDatabase from "../src/CopyDatabase.ts"
import * as CopySocket from "../src/CopySocket.ts"

const urlWith = (parameters: string) => Redacted.make(`${inject("postgresUrl")}?${parameters}`)

/** Why there is no connection, or that there is one. */
const open = (url: Redacted.Redacted) =>
  Effect.callback<string>((resume) =>
    CopySocket.open(url, (result) => resume(Effect.succeed(result instanceof Error ? String(result) : "opened")))
  )

describe("a database that can be copied into", () => {
  it.live("copies inside a transaction, and goes on after a COPY that fails", () =>
    Effect.gen(function* () {
      const { copy, sql } = yield* CopyDatabase.make(urlWith("sslmode=prefer"))
      const into = (columns: string, rows: string) => copy(`copy copied (${columns}) from stdin`, Buffer.from(rows))
      const failing = (effect: ReturnType<typeof into>) =>
        Effect.map(Effect.flip(sql.withTransaction(effect)), ({ reason }) => String(reason.cause))
      const found = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`create temporary table copied (a integer, b text)`
          yield* into("a, b", "1\tone\\ttwo\n".repeat(100_000))
          assert.include(yield* failing(into("a, b", "x\tone\n".repeat(200_000))), "invalid input syntax")
          assert.include(yield* failing(into("a, c", "1\tone\n")), 'column "c"')
          // The rows of a COPY that never began are not kept for the next one.
          assert.include(
            yield* failing(Effect.asVoid(sql.unsafe("copy copied (a, b) from stdin"))),
            "no rows were put ready"
          )
          yield* into("a", "2\n")
          return yield* sql`select count(*)::int4 as rows, sum(a)::int4 as total, min(b) as text from copied`
        })
      )
      assert.deepStrictEqual(found[0], { rows: 100_001, total: 100_002, text: "one\ttwo" })
    }).pipe(Effect.scoped, Effect.provide(Reactivity.layer))
  )

  it.live("does not send a password in clear where the URL asks for TLS and the server has none", () =>
    Effect.gen(function* () {
      assert.include(yield* open(urlWith("sslmode=require")), "The server does not support TLS")
    })
  )

  it.live("says when nobody is there", () =>
    Effect.gen(function* () {
      assert.include(yield* open(Redacted.make("postgres://u@127.0.0.1:1/x")), "ECONNREFUSED")
    })
  )
})
