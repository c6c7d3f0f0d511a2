/**
 * Dead letters as a table, one row per consumer and event.
 *
 * Partitions and failures can hold any text, also what a database cannot (U+0000, lone surrogates). So they are kept as the
 * inside of a JSON string: plain text looks as it is, and everything comes back as it was.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  DeadLetters,
  type HeldPartition,
  type LetterCount,
  type LettersPage,
  type NewLetter
} from "@eventfold/subscriptions"
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { array } from "./AppendParameters.ts"
import { type LetterRow, letterColumns, letterOf, parkStatement, parkParameters } from "./DeadLetterRows.ts"
import { fromInside, insideJson } from "./JsonInside.ts"
import { failure } from "./StoreFailure.ts"

/** Dead letters in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<DeadLetters, never, SqlClient.SqlClient> = Layer.effect(
  DeadLetters,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const told = <A extends object>(operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.mapError(sql.unsafe<A>(statement, parameters), failure(`DeadLetters.${operation}`))
    const letters = (operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.map(told<LetterRow>(operation, statement, parameters), (rows) => rows.map(letterOf))
    const partitions = (parts: ReadonlyArray<HeldPartition>) => [
      texts(parts.map(({ tenant }) => tenant)),
      texts(parts.map(({ partition }) => insideJson(partition)))
    ]

    return DeadLetters.of({
      park: (added: ReadonlyArray<NewLetter>) =>
        added.length === 0 ? Effect.void : Effect.asVoid(told("park", parkStatement, parkParameters(added))),
      any: (consumer) =>
        Effect.map(told<{ readonly any: boolean }>("any", any, [consumer]), ([row]) => row?.any === true),
      heldOf: (consumer, parts) =>
        parts.length === 0
          ? Effect.succeed([])
          : Effect.map(told<HeldPartition>("heldOf", heldOf, [consumer, ...partitions(parts)]), (rows) =>
              rows.map(partitionOf)
            ),
      held: (consumer, limit) =>
        Effect.map(
          told<HeldPartition & { readonly position: number }>("held", held, [consumer, number(limit)]),
          (rows) => rows.map((row) => ({ ...partitionOf(row), position: row.position }))
        ),
      queue: (consumer, { partition, tenant }, { after, limit }) =>
        letters("queue", queue, [consumer, tenant, insideJson(partition), number(after), number(limit)]),
      resolve: (consumer, positions) => Effect.asVoid(told("resolve", resolve, [consumer, numbers(positions)])),
      discard: (consumer, position, { by, reason }) =>
        Effect.map(
          told("discard", discard, [consumer, number(position), insideJson(by), insideJson(reason)]),
          (rows) => rows.length > 0
        ),
      find: (consumer, position) =>
        Effect.map(letters("find", find, [consumer, number(position)]), ([letter]) => Option.fromNullishOr(letter)),
      list: (page) => {
        const { parameters, statement } = listed(page)
        return letters("list", statement, parameters)
      },
      counts: told<LetterCount>("counts", counts, []),
      blocking: (consumer, streams, upTo) =>
        Effect.map(
          letters("blocking", blocking, [
            consumer,
            texts(streams.map(({ tenant }) => tenant)),
            texts(streams.map(({ category }) => category)),
            texts(streams.map(({ id }) => id)),
            number(upTo)
          ]),
          ([letter]) => Option.fromNullishOr(letter)
        ),
      removeAll: (consumer) =>
        Effect.asVoid(told("removeAll", "delete from eventfold.dead_letters where consumer = $1", [consumer]))
    })
  })
)

const number = (value: number) => PgTypes.int8(BigInt(value))
const numbers = (values: ReadonlyArray<number>) => array(values.map(BigInt), PgTypes.OID.int8)
const texts = (values: ReadonlyArray<string>) => array(values, PgTypes.OID.text)

const partitionOf = ({ partition, tenant }: HeldPartition): HeldPartition => ({
  tenant,
  partition: fromInside(partition)
})

const select = `select ${letterColumns} from eventfold.dead_letters l`

const any = `select exists (
  select from eventfold.dead_letters l where l.consumer = $1 and l.state <> 'discarded') as any`

const heldOf = `select distinct q.tenant, q.partition from unnest($2::text[], $3::text[]) as q(tenant, partition)
  where exists (
    select from eventfold.dead_letters l
    where l.consumer = $1 and l.tenant = q.tenant and l.partition = q.partition and l.state <> 'discarded')`

const held = `select l.tenant, l.partition, min(l.position)::float8 as position from eventfold.dead_letters l
  where l.consumer = $1 and l.state <> 'discarded'
  group by l.tenant, l.partition order by min(l.position) limit $2`

const queue = `${select} where l.consumer = $1 and l.tenant = $2 and l.partition = $3 and l.state <> 'discarded'
    and l.position > $4 order by l.position limit $5`

const resolve = "delete from eventfold.dead_letters where consumer = $1 and position = any($2::bigint[])"

const discard = `update eventfold.dead_letters
  set state = 'discarded', discarded_by = $3, discarded_why = $4, discarded_at = clock_timestamp()
  where consumer = $1 and position = $2 and state <> 'discarded' returning position`

const find = `${select} where l.consumer = $1 and l.position = $2`

const counts = `select consumer, count(*) filter (where state = 'failed')::float8 as failed,
    count(*) filter (where state = 'waiting')::float8 as waiting,
    count(*) filter (where state = 'discarded')::float8 as discarded
  from eventfold.dead_letters group by consumer order by consumer`

const blocking = `select b.* from unnest($2::text[], $3::text[], $4::text[]) as q(tenant, category, stream_id)
  cross join lateral (
    ${select} where l.consumer = $1 and l.tenant = q.tenant and l.category = q.category and l.stream_id = q.stream_id
      and l.state <> 'discarded' and l.position <= $5
    order by l.position limit 1
  ) b order by b.position limit 1`

/** One text per set of restrictions, so that each is planned for its own index. */
const listed = ({ after, consumer, limit, partition, state, tenant }: LettersPage) => {
  const parameters: Array<unknown> = []
  const parameter = (value: unknown) => `$${parameters.push(value)}`
  const conditions = [
    state === undefined ? "l.state <> 'discarded'" : `l.state = ${parameter(state)}`,
    ...(consumer === undefined ? [] : [`l.consumer = ${parameter(consumer)}`]),
    ...(tenant === undefined ? [] : [`l.tenant = ${parameter(tenant)}`]),
    ...(partition === undefined ? [] : [`l.partition = ${parameter(insideJson(partition))}`]),
    ...(after === undefined
      ? []
      : [`(l.position, l.consumer) > (${parameter(number(after.position))}, ${parameter(after.consumer)})`])
  ]
  const statement = `${select} where ${conditions.join(" and ")} order by l.position, l.consumer limit ${parameter(number(limit))}`
  return { statement, parameters }
}
