/**
 * Documents as a table. A change is one statement that compares the version; whoever changes the same document waits for the
 * transaction that is before them, and then finds another version.
 */
import { Documents, type StoredText } from "@eventfold/documents"
import { ExpectedVersion, VersionConflict } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly id: string
  readonly version: bigint
  readonly json: string | null
}

interface Version {
  readonly version: bigint
}

/** Documents in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<Documents, never, SqlClient.SqlClient> = Layer.effect(
  Documents,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const of = ({ category, tenant }: { readonly category: string; readonly tenant: string }) =>
      sql`tenant = ${tenant} and category = ${category}`

    return Documents.make({
      put: Effect.fnUntraced(function* ({ expected, json = null, stream, version }) {
        const { category, id, tenant } = stream
        const [written] = yield* (
          expected === 0
            ? sql<Version>`
              insert into eventfold.documents (tenant, category, id, version, content)
              values (${tenant}, ${category}, ${id}, ${version}::bigint, ${json}::json)
              on conflict do nothing returning version`
            : sql<Version>`
              update eventfold.documents set content = ${json}::json, version = ${version}::bigint
              where ${of(stream)} and id = ${id} and version = ${expected}::bigint returning version`
        ).pipe(Effect.mapError(failure("Documents.put")))
        if (written !== undefined) return
        const [actual] =
          yield* sql<Version>`select version from eventfold.documents where ${of(stream)} and id = ${id}`.pipe(
            Effect.mapError(failure("Documents.put"))
          )
        return yield* new VersionConflict({
          stream,
          expected: ExpectedVersion.at(expected),
          actual: Number(actual?.version ?? 0)
        })
      }),
      find: (category, ids) =>
        sql<Row>`
          select id, version, content::text as json from eventfold.documents
          where ${of(category)} and id = any(${ids}::text[]) order by id`.pipe(
          Effect.mapBoth({ onFailure: failure("Documents.find"), onSuccess: textsOf })
        ),
      list: ({ after = "", limit, ...category }) =>
        // No id is empty, so all of them come after that.
        sql<Row>`
          select id, version, content::text as json from eventfold.documents
          where ${of(category)} and content is not null and id > ${after} order by id limit ${limit}`.pipe(
          Effect.mapBoth({ onFailure: failure("Documents.list"), onSuccess: textsOf })
        )
    })
  })
)

const textsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<StoredText> =>
  rows.map(({ id, json, version }) => ({ id, version: Number(version), json: json ?? undefined }))
