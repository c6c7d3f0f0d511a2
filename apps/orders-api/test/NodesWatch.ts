/**
 * What is seen of nodes from the database alone, for tests and measurements of several nodes: how far behind each consumer is,
 * how the slices are shared, which node has written what, and in the end how long anything stood still.
 *
 * Triggers note which node writes: each node names itself in the options of its connections. They are made as the owner of the
 * database, and are none of the service's business.
 */
import { layerPostgres } from "@eventfold/postgres"
import { Consumers, type Lease } from "@eventfold/subscriptions"
import { ConfigProvider, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { modules } from "../src/contexts/Hosting.ts"
import * as Projections from "../src/projections/Projections.ts"
import { masterKey } from "./NodesScene.ts"

/** Makes the triggers, and what is watched for: which events each consumer is to deal with. */
export const begin = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
  const wanted = [
    ...Projections.make(modules, String).flatMap(({ eventTypes, name, options }) =>
      options.mode === "async" ? eventTypes.map((type) => ({ consumer: `projection:${name}:1`, type })) : []
    ),
    ...Object.entries(handlers).flatMap(([name, types]) => types.map((type) => ({ consumer: `handler:${name}`, type })))
  ]
  const consumers = wanted.map(({ consumer }) => consumer)
  const types = wanted.map(({ type }) => type)
  yield* sql`insert into watch.wanted select * from unnest(${consumers}::text[], ${types}::text[])`
})

/** What handlers are to deal with, of what the load leads to. */
const handlers: Readonly<Record<string, ReadonlyArray<string>>> = {
  fulfilment: ["OrderPlaced"],
  "process-reservation-expiry": ["StockReserved"],
  "relay-ordering": ["OrderPlaced", "OrderApproved"],
  "relay-inventory": ["StockReserved", "ReservationExpired"],
  "relay-payments": ["PaymentCaptured"]
}

const statements = [
  "create schema watch",
  "create table watch.wanted (consumer text not null, type text not null)",
  "create table watch.writes (at timestamptz not null, node text, what text not null, consumer text, slice int, epoch bigint, position bigint)",
  `create function watch.event() returns trigger language plpgsql security definer as $$ begin
    insert into watch.writes values (clock_timestamp(), current_setting('eventfold_test.node', true), new.category || ' ' || new.type);
    return null; end $$`,
  "create trigger watch after insert on eventfold.events for each row execute function watch.event()",
  `create function watch.consumer() returns trigger language plpgsql security definer as $$ begin
    insert into watch.writes values (clock_timestamp(), current_setting('eventfold_test.node', true),
      case when new.epoch <> old.epoch then 'taken' else 'moved' end, new.consumer, new.slice, new.epoch, new.position);
    return null; end $$`,
  `create trigger watch after update on eventfold.consumers for each row
    when (new.epoch <> old.epoch or new.position <> old.position) execute function watch.consumer()`,
  `create function watch.timer() returns trigger language plpgsql security definer as $$ begin
    insert into watch.writes values (clock_timestamp(), current_setting('eventfold_test.node', true), 'timer fired');
    return null; end $$`,
  "create trigger watch after delete on eventfold.timers for each row execute function watch.timer()",
  `create function watch.message() returns trigger language plpgsql security definer as $$ begin
    insert into watch.writes values (clock_timestamp(), current_setting('eventfold_test.node', true), TG_TABLE_NAME);
    return null; end $$`,
  "create trigger watch after insert on eventfold.messages for each row execute function watch.message()",
  "create trigger watch after insert or update on eventfold.inbox for each row execute function watch.message()"
]

/** How old the oldest event is that a consumer has not dealt with, in milliseconds; those that are behind, the oldest first. */
export const behind = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ consumer: string; millis: number }>`
    select w.consumer, (1000 * extract(epoch from clock_timestamp() - min(e.recorded_at)))::float8 as millis
    from watch.wanted w
    join (select consumer, min(position) as position from eventfold.consumers group by 1) c on c.consumer = w.consumer
    join eventfold.events e on e.type = w.type and e.position > c.position
    group by 1 order by 2 desc`
})

/** How many slices each owner's lease runs for. */
export const shares = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ owner: string; n: number }>`
    select owner, count(*)::int as n from eventfold.consumers where leased_until > clock_timestamp() and consumer not like 'writers:%' group by 1 order by 1`
  return rows
})

/** The owner a node goes by, as the leases it has taken say. */
export const ownerOf = Effect.fnUntraced(function* (node: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ owner: string }>`
    select c.owner from eventfold.consumers c join watch.writes w using (consumer, slice, epoch)
    where w.node = ${node} and w.what = 'taken' limit 1`
  return row?.owner
})

/** The leases of an owner that run now, as it would present them. */
export const leasesOf = Effect.fnUntraced(function* (owner: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Lease>`
    select consumer, slice, owner, epoch::float8 as epoch, position::float8 as position
    from eventfold.consumers where owner = ${owner} and leased_until > clock_timestamp()`
})

/** How many of these leases still move their checkpoint, when they are presented now. */
export const stillWorth = Effect.fnUntraced(function* (leases: ReadonlyArray<Lease>) {
  const consumers = yield* Consumers
  const moved = yield* Effect.forEach(leases, (lease) =>
    Effect.flatMap(consumers.states([lease.consumer]), (states) => {
      const now = states.find(({ slice }) => slice === lease.slice)?.position ?? 0
      return consumers.advance(lease, now, now)
    })
  )
  return moved.filter((one) => one).length
}, Effect.provide(ports()))

function ports() {
  return Layer.fresh(layerPostgres).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { EVENTFOLD_MASTER_KEY: masterKey } }))),
    Layer.orDie
  )
}

/** What a node has stored since a moment under leases it had before it. */
export const underOldLeases = Effect.fnUntraced(function* (node: string, since: Date, leases: ReadonlyArray<Lease>) {
  const sql = yield* SqlClient.SqlClient
  const moved = yield* sql<{ consumer: string; slice: number; epoch: number }>`
    select consumer, slice, epoch::float8 as epoch from watch.writes
    where node = ${node} and what = 'moved' and at > ${since}`
  const old = new Set(leases.map(({ consumer, epoch, slice }) => `${consumer} ${slice} ${epoch}`))
  return moved.filter(({ consumer, epoch, slice }) => old.has(`${consumer} ${slice} ${epoch}`))
})

/** What a node has stored between a moment and the first lease it has taken since; nothing that comes of asking it. */
export const beforeNewLeases = Effect.fnUntraced(function* (node: string, since: Date) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ what: string; n: number }>`
    select what, count(*)::int as n from watch.writes
    where node = ${node} and at > ${since}
      and at < coalesce((select min(at) from watch.writes where node = ${node} and what = 'taken' and at > ${since}), 'infinity')
    group by 1 order by 1`
})

/** What time it is for the server. */
export const now = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ now: Date }>`select clock_timestamp() as now`
  return row?.now ?? (yield* Effect.die(new Error("no time")))
})

/** The longest that anything of a kind took that was done in a time, in milliseconds, as the rows themselves say: timers, sagas, messages. */
export const longest = Effect.fnUntraced(function* (from: Date, to: Date) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ timers: number; sagas: number; messages: number }>`
    select
      (select coalesce(max(1000 * extract(epoch from e.recorded_at - (e.data->'input'->>'dueAt')::timestamptz)), 0)
       from eventfold.events e where e.type = 'InputTaken' and e.data->'input'->>'_tag' = 'TimerFired'
         and e.recorded_at between ${from} and ${to})::float8 as timers,
      (select coalesce(max(1000 * extract(epoch from s.recorded_at - s.before)), 0) from (
        select recorded_at, lag(recorded_at) over (partition by tenant, stream_id order by version) as before
        from eventfold.events where category = 'saga') s
       where s.recorded_at between ${from} and ${to})::float8 as sagas,
      (select coalesce(max(1000 * extract(epoch from i.at - m.published_at)), 0)
       from eventfold.inbox i join eventfold.messages m on m.source = i.source and m.id = i.id
       where i.at between ${from} and ${to})::float8 as messages`
  return row ?? { timers: 0, sagas: 0, messages: 0 }
})
