/** Dead letters as rows: what is selected of them, and how many are stored in one statement. */
import { PgTypes } from "@effect/sql-pg"
import type { DeadLetter, LetterFailure, NewLetter } from "@eventfold/subscriptions"
import { DateTime } from "effect"
import { array } from "./AppendParameters.ts"
import { fromInside, insideJson } from "./JsonInside.ts"

/** A row of the columns below. */
export interface LetterRow {
  readonly consumer: string
  readonly position: number
  readonly tenant: string
  readonly partition: string
  readonly category: string
  readonly stream_id: string
  readonly version: number
  readonly event_id: string
  readonly event_type: string
  readonly failure_kind: LetterFailure["kind"] | null
  readonly failure_name: string | null
  readonly failure_message: string | null
  readonly failure_stack: string | null
  readonly attempts: number
  readonly noted_at: Date
  readonly tried_at: Date | null
  readonly discarded_by: string | null
  readonly discarded_why: string | null
  readonly discarded_at: Date | null
}

/** Of the table under the name `l`. */
export const letterColumns = `l.consumer, l.position::float8 as position, l.tenant, l.partition, l.category, l.stream_id,
  l.version::float8 as version, l.event_id, l.event_type, l.failure_kind, l.failure_name, l.failure_message, l.failure_stack,
  l.attempts, l.noted_at, l.tried_at, l.discarded_by, l.discarded_why, l.discarded_at`

/** The letter of a row. */
export const letterOf = (row: LetterRow): DeadLetter => ({
  consumer: row.consumer,
  position: row.position,
  tenant: row.tenant,
  partition: fromInside(row.partition),
  stream: { tenant: row.tenant, category: row.category, id: row.stream_id },
  version: row.version,
  eventId: row.event_id,
  eventType: row.event_type,
  failure:
    row.failure_kind === null
      ? undefined
      : {
          kind: row.failure_kind,
          name: fromInside(row.failure_name ?? ""),
          message: fromInside(row.failure_message ?? ""),
          stack: fromInside(row.failure_stack ?? "")
        },
  attempts: row.attempts,
  notedAt: DateTime.fromDateUnsafe(row.noted_at),
  triedAt: row.tried_at === null ? undefined : DateTime.fromDateUnsafe(row.tried_at),
  discarded:
    row.discarded_at === null
      ? undefined
      : {
          by: fromInside(row.discarded_by ?? ""),
          reason: fromInside(row.discarded_why ?? ""),
          at: DateTime.fromDateUnsafe(row.discarded_at)
        }
})

/** Stores letters; one that is there already changes only when it has failed again. */
export const parkStatement = `insert into eventfold.dead_letters as l (
    consumer, position, tenant, partition, category, stream_id, version, event_id, event_type,
    failure_kind, failure_name, failure_message, failure_stack, state, attempts, noted_at, tried_at)
  select q.*, case when q.failure_kind is null then 'waiting' else 'failed' end,
    case when q.failure_kind is null then 0 else 1 end, clock_timestamp(),
    case when q.failure_kind is null then null else clock_timestamp() end
  from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[]) as q(
    consumer, position, tenant, partition, category, stream_id, version, event_id, event_type,
    failure_kind, failure_name, failure_message, failure_stack)
  on conflict (consumer, position) do update set
    tenant = excluded.tenant, partition = excluded.partition, category = excluded.category, stream_id = excluded.stream_id,
    version = excluded.version, event_id = excluded.event_id, event_type = excluded.event_type,
    failure_kind = excluded.failure_kind, failure_name = excluded.failure_name,
    failure_message = excluded.failure_message, failure_stack = excluded.failure_stack,
    state = excluded.state, attempts = l.attempts + 1, tried_at = excluded.tried_at
  where excluded.failure_kind is not null and l.state <> 'discarded'`

/** Its parameters. */
export const parkParameters = (letters: ReadonlyArray<NewLetter>): ReadonlyArray<unknown> => {
  const texts = (of: (letter: NewLetter) => string | undefined) =>
    array(
      letters.map((letter) => of(letter) ?? null),
      PgTypes.OID.text
    )
  const numbers = (of: (letter: NewLetter) => number) =>
    array(
      letters.map((letter) => BigInt(of(letter))),
      PgTypes.OID.int8
    )
  const ofFailure = (part: "name" | "message" | "stack") =>
    texts(({ failure }) => (failure === undefined ? undefined : insideJson(failure[part])))
  return [
    texts(({ consumer }) => consumer),
    numbers(({ position }) => position),
    texts(({ tenant }) => tenant),
    texts(({ partition }) => insideJson(partition)),
    texts(({ stream }) => stream.category),
    texts(({ stream }) => stream.id),
    numbers(({ version }) => version),
    texts(({ eventId }) => eventId),
    texts(({ eventType }) => eventType),
    texts(({ failure }) => failure?.kind),
    ofFailure("name"),
    ofFailure("message"),
    ofFailure("stack")
  ]
}
