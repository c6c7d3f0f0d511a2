/** The same questions put to a table of PostgreSQL: the example of the guide "ask for rows". */
// #region sql
import { Paging } from "@eventfold/decider"
import { SpecificationSql } from "@eventfold/postgres"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Parcel, parcels } from "./AskForRows.ts"

/** The columns of the fields: `sent_at` of `sentAt`. */
const columns = SpecificationSql.columns(parcels)
const decode = Schema.decodeUnknownEffect(Schema.Array(Parcel))

/** A page of the table. */
export const page = Effect.fnUntraced(function* (request: Paging.PageRequest<Parcel>) {
  const sql = yield* SqlClient.SqlClient
  const question = yield* Effect.fromResult(Paging.ask(parcels, request))
  const found = yield* sql`
    select id, customer, status, insured, sent_at as "sentAt", words
    from parcels ${SpecificationSql.clauses(sql, columns, question)}`
  return Paging.cut(question, yield* decode(found))
})

/** The table. With the collation "C" its indexes serve comparisons of text, too. */
export const createTable = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`
    create table parcels (
      id text collate "C" primary key,
      customer text collate "C" not null,
      status text collate "C" not null,
      insured int4,
      sent_at timestamptz,
      words text[] not null
    )`
)
// #endregion sql
