/**
 * Consumers as a table, one row per slice. Leases end by the clock of the database.
 *
 * `advance` is one update: its condition is looked at again when it had to wait for the row, so of all who try one gets
 * through. It limits how long the rest of its transaction may stand still: after `longestStandstill` without a statement
 * the server takes it back.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  Consumers,
  type ConsumerSlice,
  type ConsumerState,
  type Lease,
  longestStandstill
} from "@eventfold/subscriptions"
import { DateTime, Duration, Effect, Layer, Option, Result } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface StateRow {
  readonly consumer: string
  readonly slice: number
  readonly position: number
  readonly epoch: number
  readonly owner: string | null
  readonly leased_until: Date | null
  readonly stopped: boolean
}

interface NodeRow {
  readonly node: string
  readonly hosts: ReadonlyArray<string>
  readonly now: Date
}

/** Consumers in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<Consumers, never, SqlClient.SqlClient> = Layer.effect(
  Consumers,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const told = <A extends object>(operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.mapError(sql.unsafe<A>(statement, parameters), failure(`Consumers.${operation}`))
    const done = (operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.asVoid(told(operation, statement, parameters))
    const whether = (operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
      Effect.map(told(operation, statement, parameters), (rows) => rows.length > 0)

    return Consumers.of({
      register: (consumer, slices, position) => done("register", register, [consumer, slices, number(position)]),
      remove: (consumer) => done("remove", "delete from eventfold.consumers where consumer = $1", [consumer]),
      acquire: (slice, owner, timeToLive) =>
        Effect.map(
          told<Pick<Lease, "epoch" | "position">>("acquire", acquire, [...placeOf(slice), owner, seconds(timeToLive)]),
          ([row]) =>
            Option.map(Option.fromNullishOr(row), ({ epoch, position }): Lease => {
              return { consumer: slice.consumer, slice: slice.slice, owner, epoch, position }
            })
        ),
      renew: (lease, timeToLive) => whether("renew", renew, [...heldBy(lease), seconds(timeToLive)]),
      release: (lease) => done("release", release, heldBy(lease)),
      revoke: (consumer) => done("revoke", revoke, [consumer]),
      advance: (lease, from, to) => whether("advance", advance, [...heldBy(lease), number(from), number(to)]),
      hold: (consumer) =>
        Effect.map(
          told<StateRow>("hold", `${select} where consumer = $1 order by slice for update`, [consumer]),
          states
        ),
      states: (consumers) =>
        Effect.map(
          consumers === undefined
            ? told<StateRow>("states", `${select} order by c.consumer, c.slice`, [])
            : told<StateRow>("states", `${select} where consumer = any($1::text[]) order by c.consumer, c.slice`, [
                consumers
              ]),
          states
        ),
      setStopped: (consumer, stopped) =>
        done("setStopped", "update eventfold.consumers set stopped = $2 where consumer = $1", [consumer, stopped]),
      attend: (node, hosts, timeToLive) =>
        Effect.map(
          told<NodeRow>("attend", attend, [
            node,
            Result.getOrThrow(PgTypes.array(hosts, PgTypes.OID.text)),
            seconds(timeToLive)
          ]),
          (rows) => ({
            nodes: rows.map(({ hosts, node }) => ({ node, hosts })),
            now: rows[0] === undefined ? DateTime.makeUnsafe(0) : DateTime.fromDateUnsafe(rows[0].now)
          })
        ),
      depart: (node) => done("depart", "delete from eventfold.nodes where node = $1", [node])
    })
  })
)

const number = (value: number) => PgTypes.int8(BigInt(value))

const seconds = (duration: Duration.Input) => PgTypes.float8(Duration.toSeconds(Duration.fromInputUnsafe(duration)))

const placeOf = ({ consumer, slice }: ConsumerSlice): ReadonlyArray<unknown> => [consumer, slice]

const heldBy = (lease: Lease): ReadonlyArray<unknown> => [...placeOf(lease), lease.owner, number(lease.epoch)]

// A slice that is added to a consumer that is stopped is stopped too.
const register = `insert into eventfold.consumers (consumer, slice, position, stopped)
  select $1, n, $3, coalesce((select bool_or(c.stopped) from eventfold.consumers c where c.consumer = $1), false)
  from generate_series(0, $2::integer - 1) as n
  on conflict do nothing`

// Time goes on inside a transaction, so it is not asked for its beginning.
const ends = (parameter: string) => `clock_timestamp() + make_interval(secs => ${parameter})`

// Whoever is frozen in a transaction has the row locked: nobody waits for that, but asks again.
const acquire = `update eventfold.consumers c
  set epoch = nextval('eventfold.lease_epochs'), owner = $3, leased_until = ${ends("$4")}
  from (
    select consumer, slice from eventfold.consumers
    where consumer = $1 and slice = $2 and not stopped
      and (leased_until is null or leased_until <= clock_timestamp() or owner = $3)
    for update skip locked
  ) as free
  where c.consumer = free.consumer and c.slice = free.slice
  returning c.epoch::float8 as epoch, c.position::float8 as position`

const isHeld = "consumer = $1 and slice = $2 and owner = $3 and epoch = $4 and leased_until is not null"

const renew = `update eventfold.consumers set leased_until = ${ends("$5")} where ${isHeld} and not stopped returning slice`

const release = `update eventfold.consumers set leased_until = null where ${isHeld}`

const revoke = `update eventfold.consumers set epoch = nextval('eventfold.lease_epochs'), leased_until = null
  where consumer = $1`

// A process that stands still from here on (it is frozen, its machine is cut off) has the row locked, and nobody can take
// the lease before its transaction is ended. For that the server waits so long without a statement.
const advance = `update eventfold.consumers set position = $6
  where ${isHeld} and position = $5 and position <= $6
  returning slice, set_config('idle_in_transaction_session_timeout', '${Duration.toSeconds(longestStandstill)}s', true)`

// A node that was not heard of for an hour is forgotten. What the statement has just stored is not seen by its last part.
const attend = `with gone as (
    delete from eventfold.nodes where there_until < clock_timestamp() - interval '1 hour' and node <> $1
  ), there as (
    insert into eventfold.nodes as n (node, hosts, there_until) values ($1, $2::text[], ${ends("$3")})
    on conflict (node) do update set hosts = excluded.hosts, there_until = excluded.there_until
    returning n.node, n.hosts
  )
  select node, hosts, clock_timestamp() as now from (
    select node, hosts from there
    union all
    select n.node, n.hosts from eventfold.nodes n where n.node <> $1 and n.there_until > clock_timestamp()
  ) as present
  order by node`

const select = `select c.consumer, c.slice, c.position::float8 as position, c.epoch::float8 as epoch, c.owner,
  c.leased_until, c.stopped from eventfold.consumers c`

const states = (rows: ReadonlyArray<StateRow>): ReadonlyArray<ConsumerState> =>
  rows.map(({ consumer, epoch, leased_until, owner, position, slice, stopped }) => ({
    consumer,
    slice,
    position,
    epoch,
    owner: owner ?? undefined,
    leasedUntil: leased_until === null ? undefined : DateTime.fromDateUnsafe(leased_until),
    stopped
  }))
