import { assert, describe, it } from "@effect/vitest"
import type { Specification } from "@eventfold/decider"
import { DateTime, Effect, Result } from "effect"
import { SqlClient } from "effect/sql"
import * as AskForRows from "../../src/guides/AskForRows.ts"
import * as AskForRowsInSql from "../../src/guides/AskForRowsInSql.ts"
import { embedded } from "../Databases.ts"

const march = (day: number) => DateTime.makeUnsafe({ year: 2026, month: 3, day })

const rows = [
  AskForRows.parcelOf({ id: "P-1", customer: "Ada", status: "delivered", insured: null, sentAt: march(1) }),
  AskForRows.parcelOf({ id: "P-2", customer: "Ada", status: "on its way", insured: null, sentAt: march(2) }),
  AskForRows.parcelOf({ id: "P-3", customer: "Ada", status: "announced", insured: 250_000, sentAt: null }),
  AskForRows.parcelOf({ id: "P-4", customer: "Grace", status: "on its way", insured: 500, sentAt: march(4) })
]

const questions: ReadonlyArray<readonly [Specification.Specification<AskForRows.Parcel>, ReadonlyArray<string>]> = [
  [AskForRows.active, ["P-4", "P-2", "P-3"]],
  [AskForRows.atRisk, ["P-4", "P-2"]],
  [AskForRows.highValue, ["P-3"]],
  [AskForRows.recentOf("Ada", march(2)), ["P-2"]],
  [AskForRows.searched("p 3"), ["P-3"]],
  [AskForRows.searched("gra"), ["P-4"]]
]

describe("questions for parcels", () => {
  it("are answered from memory", () => {
    assert.deepStrictEqual(
      rows.filter(AskForRows.isAtRisk).map(({ id }) => id),
      ["P-2", "P-4"]
    )
    const { next, rows: found } = Result.getOrThrow(AskForRows.activePage(rows))
    assert.deepStrictEqual([next, ...found.map(({ id }) => id)], [undefined, "P-4", "P-2", "P-3"])
    assert.isTrue(Result.isFailure(AskForRows.activePage(rows, "no cursor")))
  })

  it.effect("are answered the same by a table, page by page", () =>
    Effect.gen(function* () {
      yield* AskForRowsInSql.createTable
      const sql = yield* SqlClient.SqlClient
      for (const { customer, id, insured, sentAt, status, words } of rows) {
        const date = sentAt === null ? null : DateTime.toDateUtc(sentAt)
        yield* sql`insert into parcels values (${id}, ${customer}, ${status}, ${insured}, ${date}, ${words})`
      }
      for (const [where, expected] of questions) {
        const ids: Array<string> = []
        for (let after: string | undefined; ;) {
          const page = yield* AskForRowsInSql.page({ where, sort: AskForRows.newestFirst, limit: 2, after })
          ids.push(...page.rows.map(({ id }) => id))
          if (page.next === undefined) break
          after = page.next
        }
        assert.deepStrictEqual(ids, expected)
      }
    }).pipe(Effect.provide(embedded))
  )
})
