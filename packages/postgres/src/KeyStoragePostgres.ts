/**
 * The wrapped keys of the subjects as a table. Two that want to give a subject its first key wait for each other, and so
 * do those who forget it and those who renew its key.
 */
import { KeyStorage, type StoredSubject, type SubjectId, type WrappedKey } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row extends SubjectId {
  readonly version: number
  readonly masterKey: string | null
  readonly wrapped: string | null
  readonly settled: boolean
}

/** The wrapped keys in the database of the SQL client. */
export const layerPostgres: Layer.Layer<KeyStorage, never, SqlClient.SqlClient> = Layer.effect(
  KeyStorage,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal(`k.tenant, k.subject, k.version, k.master_key as "masterKey", k.wrapped`)
    return {
      find: (subjects) =>
        sql<Row>`
          select ${columns}, k.written_in is distinct from pg_current_xact_id_if_assigned() as settled
          from (select distinct * from ${pairs(sql, subjects)}) as id
          join eventfold.subject_keys k using (tenant, subject)
          order by k.tenant, k.subject, k.version`.pipe(
          Effect.mapBoth({ onFailure: failure("KeyStorage.find"), onSuccess: bySubject })
        ),
      create: (keys) =>
        // In one order everywhere, so that two that wait for each other never do so in a circle within one statement.
        sql`
          insert into eventfold.subject_keys (tenant, subject, version, master_key, wrapped)
          select tenant, subject, 1, master_key, wrapped
          from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ subject }) => subject)}::text[],
            ${keys.map(({ masterKey }) => masterKey)}::text[], ${keys.map(({ wrapped }) => wrapped)}::text[])
            as key (tenant, subject, master_key, wrapped)
          order by tenant collate "C", subject collate "C"
          on conflict (tenant, subject, version) do nothing`.pipe(
          Effect.mapError(failure("KeyStorage.create")),
          Effect.asVoid
        ),
      add: ({ masterKey, subject, tenant, version, wrapped }) =>
        Effect.gen(function* () {
          yield* sql`
            select from eventfold.subject_keys
            where tenant = ${tenant} and subject = ${subject} and version = 1 for update`
          const added = yield* sql`
            insert into eventfold.subject_keys (tenant, subject, version, master_key, wrapped)
            select ${tenant}, ${subject}, ${version}::integer, ${masterKey}, ${wrapped}
            where (select count(wrapped) from eventfold.subject_keys where tenant = ${tenant} and subject = ${subject})
              = ${version}::integer - 1 and ${version}::integer > 1
            returning version`
          return added.length > 0
        }).pipe(sql.withTransaction, Effect.mapError(failure("KeyStorage.add"))),
      forget: (subjects) =>
        Effect.gen(function* () {
          // Who waits for somebody that forgets the same subject finds it without a key, and changes nothing.
          const changed = yield* sql<SubjectId>`
            insert into eventfold.subject_keys as k (tenant, subject, version)
            select distinct tenant collate "C", subject collate "C", 1 from ${pairs(sql, subjects)} order by 1, 2
            on conflict (tenant, subject, version) do update
            set master_key = null, wrapped = null, written_in = pg_current_xact_id() where k.wrapped is not null
            returning k.tenant, k.subject`
          // A statement of its own: it sees the versions that were added while the first one waited.
          yield* sql`
            delete from eventfold.subject_keys k using ${pairs(sql, subjects)}
            where k.tenant = id.tenant and k.subject = id.subject and k.version > 1`
          return changed.map(({ subject, tenant }) => ({ tenant, subject }))
        }).pipe(sql.withTransaction, Effect.mapError(failure("KeyStorage.forget"))),
      wrappedByOthers: (masterKey, limit) =>
        sql<WrappedKey>`
          select ${columns} from eventfold.subject_keys k where k.master_key <> ${masterKey}
          order by k.tenant, k.subject, k.version limit ${limit}`.pipe(
          Effect.mapError(failure("KeyStorage.wrappedByOthers"))
        ),
      rewrap: (keys) =>
        sql`
          update eventfold.subject_keys k set master_key = key.master_key, wrapped = key.wrapped
          from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ subject }) => subject)}::text[],
            ${keys.map(({ version }) => version)}::integer[], ${keys.map(({ masterKey }) => masterKey)}::text[],
            ${keys.map(({ wrapped }) => wrapped)}::text[], ${keys.map(({ previous }) => previous)}::text[])
            as key (tenant, subject, version, master_key, wrapped, previous)
          where k.tenant = key.tenant and k.subject = key.subject and k.version = key.version
            and k.wrapped = key.previous
          returning k.version`.pipe(
          Effect.mapBoth({ onFailure: failure("KeyStorage.rewrap"), onSuccess: (rows) => rows.length })
        )
    }
  })
)

const pairs = (sql: SqlClient.SqlClient, subjects: ReadonlyArray<SubjectId>) =>
  sql`unnest(${subjects.map(({ tenant }) => tenant)}::text[], ${subjects.map(({ subject }) => subject)}::text[]) as id (tenant, subject)`

/** The rows come in order of subject and version. */
const bySubject = (rows: ReadonlyArray<Row>): ReadonlyArray<StoredSubject> => {
  const found: Array<StoredSubject & { readonly keys: Array<WrappedKey> }> = []
  for (const { masterKey, settled, subject, tenant, version, wrapped } of rows) {
    let last = found.at(-1)
    if (last === undefined || last.subject !== subject || last.tenant !== tenant) {
      last = { tenant, subject, forgotten: wrapped === null, keys: [], settled }
      found.push(last)
    } else if (last.settled && !settled) {
      last = { ...last, settled }
      found[found.length - 1] = last
    }
    if (masterKey !== null && wrapped !== null) last.keys.push({ tenant, subject, version, masterKey, wrapped })
  }
  return found
}
