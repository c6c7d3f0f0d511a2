/**
 * The tables of the read side: consumers that keep their place, dead letters, and which generation of a read model is
 * read. The rows of read models themselves are in the schema `eventfold_read`, in tables that are made when they are
 * needed (see `ReadModelTables.ts`).
 *
 * That schema, and all in it, belongs to the role the service works as: it makes, changes and drops what is there as it
 * likes, because the events hold all that is in it.
 *
 * Gotcha: text of a program's choice (partitions, failures) is kept as the inside of a JSON string, because a database
 * cannot hold every text: see `DeadLettersPostgres.ts`.
 */
export const readSide: ReadonlyArray<string> = [
  // Of leases: a number is never given twice, also when a consumer is removed and registered again.
  `create sequence eventfold.lease_epochs`,

  // Half of each page stays free, so that a checkpoint moves without touching the index.
  `create table eventfold.consumers (
    consumer     text collate "C" not null,
    slice        integer not null,
    position     bigint not null,
    epoch        bigint not null default 0,
    owner        text collate "C",
    leased_until timestamptz,
    stopped      boolean not null default false,
    primary key (consumer, slice)
  ) with (fillfactor = 50)`,

  `create table eventfold.dead_letters (
    consumer        text collate "C" not null,
    position        bigint not null,
    tenant          text collate "C" not null,
    partition       text collate "C" not null,
    category        text collate "C" not null,
    stream_id       text collate "C" not null,
    version         bigint not null,
    event_id        text collate "C" not null,
    event_type      text collate "C" not null,
    state           text collate "C" not null check (state in ('failed', 'waiting', 'discarded')),
    failure_kind    text collate "C" check (failure_kind in ('permanent', 'transient')),
    failure_name    text,
    failure_message text,
    failure_stack   text,
    attempts        integer not null,
    noted_at        timestamptz not null,
    tried_at        timestamptz,
    discarded_by    text,
    discarded_why   text,
    discarded_at    timestamptz,
    primary key (consumer, position)
  )`,
  // Whether a consumer has any, which partitions it holds, and the queue of one of them.
  `create index dead_letters_queues on eventfold.dead_letters (consumer, tenant, partition, position)
    where state <> 'discarded'`,
  // Those of a stream that keep a reader from being up to date.
  `create index dead_letters_streams on eventfold.dead_letters (consumer, tenant, category, stream_id, position)
    where state <> 'discarded'`,
  // Lists over all consumers: of what is open, and of what is in one state.
  `create index dead_letters_open on eventfold.dead_letters (position, consumer) where state <> 'discarded'`,
  `create index dead_letters_states on eventfold.dead_letters (state, position, consumer)`,

  `create table eventfold.generations (
    projection       text collate "C" not null,
    generation       integer not null,
    fingerprint      text collate "C" not null,
    rows_fingerprint text collate "C" not null,
    slices           integer not null,
    state            text collate "C" not null check (state in ('building', 'serving', 'retired')),
    begun_at         timestamptz not null,
    served_at        timestamptz,
    retired_at       timestamptz,
    from_day         text collate "C",
    primary key (projection, generation)
  )`,
  `create unique index generations_building on eventfold.generations (projection, fingerprint)
    where state = 'building'`,
  `create unique index generations_serving on eventfold.generations (projection, rows_fingerprint)
    where state = 'serving'`,
  // A number is never given twice, also when its generation is forgotten: what was left of it would be taken for the new
  // one's. Who begins or switches holds the row.
  `create table eventfold.generation_numbers (
    projection text collate "C" primary key,
    last       integer not null
  )`,

  `create schema eventfold_read`,

  // As before (see Roles.ts), and the schema of the read models becomes the role's own.
  `alter function eventfold.grant_service(name) rename to grant_service_tables`,
  `create function eventfold.grant_service(p_role name) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
  declare
    one record;
  begin
    perform eventfold.grant_service_tables(p_role);
    execute format('alter schema eventfold_read owner to %I', p_role);
    for one in
      select c.relname as name from pg_class c
      where c.relnamespace = 'eventfold_read'::regnamespace and c.relkind in ('r', 'v') and c.relowner <> p_role::regrole
    loop
      execute format('alter table eventfold_read.%I owner to %I', one.name, p_role);
    end loop;
  end
  $$`
]
