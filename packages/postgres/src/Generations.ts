/**
 * Generations of projections: which there are, which one is read, and their tables.
 *
 * Who begins or switches holds the projection's row of `generation_numbers` until the transaction ends, so it happens one
 * after another. Everything made in `eventfold_read` is given to the owner of that schema, whoever makes it.
 */
import { EventStoreFailure } from "@eventfold/event-store"
import type { AnyReadModel, Generation, NewGeneration } from "@eventfold/subscriptions"
import { DateTime, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { layoutOf } from "./ReadModelColumns.ts"
import { createTable, createView, finishTable, qualified, tableName, viewName } from "./ReadModelTables.ts"
import { failure } from "./StoreFailure.ts"

interface GenerationRow {
  readonly projection: string
  readonly generation: number
  readonly fingerprint: string
  readonly rows_fingerprint: string
  readonly slices: number
  readonly state: Generation["state"]
  readonly begun_at: Date
  readonly served_at: Date | null
  readonly retired_at: Date | null
  readonly from_day: string | null
}

/** What the port says of generations. */
export const make = (sql: SqlClient.SqlClient) => {
  const generations = (projection?: string) =>
    projection === undefined
      ? sql.unsafe<GenerationRow>(`${select} order by g.projection, g.generation`)
      : sql.unsafe<GenerationRow>(`${select} where g.projection = $1 order by g.generation`, [projection])

  /** Waits for whoever begins or switches; the number given last. */
  const locked = (projection: string) => sql.unsafe<{ readonly last: number }>(lockNumber, [projection])

  /** Gives what was just made to the owner of the schema, if that is somebody else. */
  const handOver = Effect.fnUntraced(function* (relation: string) {
    const [schema] = yield* sql<{ readonly owner: string; readonly mine: boolean }>`
      select pg_get_userbyid(n.nspowner)::text as owner, n.nspowner = current_user::regrole as mine
      from pg_namespace n where n.nspname = 'eventfold_read'`
    if (schema === undefined || schema.mine) return
    yield* sql.unsafe(`alter table ${qualified(relation)} owner to "${schema.owner.replaceAll('"', '""')}"`)
  })

  const begin = Effect.fnUntraced(function* (added: NewGeneration, tables: ReadonlyArray<AnyReadModel>) {
    const { fingerprint, from, projection, rowsFingerprint, slices } = added
    const [number] = yield* locked(projection)
    const building = (yield* generations(projection)).find(
      (one) => one.fingerprint === fingerprint && one.state === "building"
    )
    if (building !== undefined) return generationOf(building)
    const generation = (number?.last ?? 0) + 1
    for (const readModel of tables) {
      yield* sql.unsafe(createTable(layoutOf(readModel), readModel, generation))
      yield* handOver(tableName(readModel.name, generation))
    }
    yield* sql`update eventfold.generation_numbers set last = ${generation}::integer where projection = ${projection}`
    const [made] = yield* sql.unsafe<GenerationRow>(insert, [
      projection,
      generation,
      fingerprint,
      rowsFingerprint,
      slices,
      from ?? null
    ])
    return made === undefined ? yield* missing("begin", projection, generation) : generationOf(made)
  })

  const finish = Effect.fnUntraced(function* (
    { generation, projection }: Pick<Generation, "projection" | "generation">,
    readModel: AnyReadModel
  ) {
    const table = tableName(readModel.name, generation)
    const statements = finishTable(layoutOf(readModel), readModel, generation)
    // Several processes may come to the end at the same moment.
    yield* locked(projection)
    const [known] = yield* sql<{ readonly indexes: number }>`
      select (select count(*) from pg_index i where i.indrelid = c.oid)::float8 as indexes
      from pg_class c where c.oid = to_regclass(${qualified(table)})`
    // Dropped meanwhile; or all are there: those that are made here and the one of the key, and not the statistics.
    if (known === undefined || known.indexes === statements.length) return
    yield* sql`set local statement_timeout = 0`
    yield* Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  })

  const serve = Effect.fnUntraced(function* (
    { generation, projection }: Generation,
    readModel: AnyReadModel
  ): Effect.fn.Return<void, SqlError.SqlError | EventStoreFailure> {
    yield* locked(projection)
    const one = (yield* generations(projection)).find((known) => known.generation === generation)
    if (one === undefined) return yield* missing("serve", projection, generation)
    if (one.state === "serving") return
    yield* sql`
      update eventfold.generations set state = 'retired', retired_at = clock_timestamp()
      where projection = ${projection} and rows_fingerprint = ${one.rows_fingerprint} and state = 'serving'`
    yield* sql`
      update eventfold.generations set state = 'serving', served_at = clock_timestamp(), retired_at = null
      where projection = ${projection} and generation = ${generation}::integer`
    yield* finish(one, readModel)
    const view = viewName(readModel.name, one.rows_fingerprint)
    yield* sql.unsafe(createView(layoutOf(readModel), view, tableName(readModel.name, generation)))
    yield* handOver(view)
  })

  const drop = Effect.fnUntraced(function* (
    { generation, projection }: Generation,
    tables: ReadonlyArray<AnyReadModel>
  ): Effect.fn.Return<void, SqlError.SqlError | EventStoreFailure> {
    yield* locked(projection)
    const one = (yield* generations(projection)).find((known) => known.generation === generation)
    if (one?.state === "serving") return
    // With it goes the view of rows of its shape, if no other generation has taken its place there.
    yield* Effect.forEach(
      tables,
      ({ name }) => sql.unsafe(`drop table if exists ${qualified(tableName(name, generation))} cascade`),
      { discard: true }
    )
    yield* sql`delete from eventfold.generations where projection = ${projection} and generation = ${generation}::integer`
  })

  return {
    generations: (projection?: string) =>
      Effect.map(generations(projection), (rows) => rows.map(generationOf)).pipe(translated("generations")),
    begin: (added: NewGeneration, tables: ReadonlyArray<AnyReadModel>) =>
      sql.withTransaction(begin(added, tables)).pipe(translated("begin")),
    finish: (generation: Generation, tables: ReadonlyArray<AnyReadModel>) =>
      sql
        .withTransaction(Effect.forEach(tables, (readModel) => finish(generation, readModel), { discard: true }))
        .pipe(translated("finish")),
    serve: (generation: Generation, readModel: AnyReadModel) =>
      sql.withTransaction(serve(generation, readModel)).pipe(translated("serve")),
    retire: ({ generation, projection }: Generation) =>
      Effect.asVoid(sql.unsafe(retire, [projection, generation])).pipe(translated("retire")),
    drop: (generation: Generation, tables: ReadonlyArray<AnyReadModel>) =>
      sql.withTransaction(drop(generation, tables)).pipe(translated("drop"))
  }
}

const operationOf = (name: string) => `ReadModelStore.${name}`

const translated = (name: string) =>
  Effect.mapError((error: SqlError.SqlError | EventStoreFailure) =>
    error instanceof EventStoreFailure ? error : failure(operationOf(name))(error)
  )

const missing = (name: string, projection: string, generation: number) =>
  Effect.fail(
    new EventStoreFailure({
      operation: operationOf(name),
      retryable: false,
      cause: new Error(`there is no generation ${generation} of ${projection}`)
    })
  )

const columns = `g.projection, g.generation, g.fingerprint, g.rows_fingerprint, g.slices, g.state, g.begun_at, g.served_at,
  g.retired_at, g.from_day`

const select = `select ${columns} from eventfold.generations g`

const lockNumber = `insert into eventfold.generation_numbers as n (projection, last) values ($1, 0)
  on conflict (projection) do update set last = n.last returning last`

const insert = `insert into eventfold.generations as g
    (projection, generation, fingerprint, rows_fingerprint, slices, state, begun_at, from_day)
  values ($1, $2, $3, $4, $5, 'building', clock_timestamp(), $6) returning ${columns}`

const retire = `update eventfold.generations set state = 'retired', retired_at = clock_timestamp()
  where projection = $1 and generation = $2 and state <> 'retired'`

const generationOf = (row: GenerationRow): Generation => ({
  projection: row.projection,
  generation: row.generation,
  fingerprint: row.fingerprint,
  rowsFingerprint: row.rows_fingerprint,
  slices: row.slices,
  state: row.state,
  begunAt: DateTime.fromDateUnsafe(row.begun_at),
  servedAt: row.served_at === null ? undefined : DateTime.fromDateUnsafe(row.served_at),
  retiredAt: row.retired_at === null ? undefined : DateTime.fromDateUnsafe(row.retired_at),
  from: row.from_day ?? undefined
})
