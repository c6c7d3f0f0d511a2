/**
 * The catalogue of the archive, and the two functions that move a stream out of the log and back.
 *
 * They run with the rights of the owner of the tables (`security definer`), because the role of the service may neither
 * delete events nor touch `archived_at`. Each does one thing, and no more than it can check: `archive_stream` deletes the
 * events of one whole stream, only if they are just those whose positions it is given, and only together with a row that
 * says where they are; `restore_stream` inserts events only where that row says they were. Nothing else deletes events:
 * a trigger refuses it for everybody, the owner included, so that neither a slip nor a role with too many rights can.
 *
 * Gotchas: rows of the catalogue are never deleted, also not by restoring: a reader that looks into the log first and
 * into the catalogue second misses nothing. A name in a function is looked up in `pg_catalog` first and last in
 * `pg_temp`, so that nobody can put a table or an operator of their own in its place.
 */
export const archive: ReadonlyArray<string> = [
  `create table eventfold.archived_streams (
    number         bigint generated always as identity primary key,
    tenant         text collate "C" not null,
    category       text collate "C" not null,
    stream_id      text collate "C" not null,
    version        bigint not null,
    first_position bigint not null,
    last_position  bigint not null,
    -- By version: where the event was, its name, and whether an append began with it (see EventLog.ts).
    positions      bigint[] not null,
    types          text[] collate "C" not null,
    append_sizes   integer[] not null,
    archived_at    timestamptz not null,
    restored_at    timestamptz,
    file           text not null,
    checksum       text not null,
    bytes          bigint not null,
    check (cardinality(positions) = version and cardinality(types) = version and cardinality(append_sizes) = version)
  )`,
  `create index archived_streams_stream on eventfold.archived_streams (tenant, category, stream_id, number)`,
  // For readers of the log: the streams that have anything in a stretch of it.
  `create index archived_streams_positions on eventfold.archived_streams
    using gist (int8range(first_position, last_position, '[]'))`,

  `create function eventfold.archive_stream(
    p_tenant text, p_category text, p_stream_id text, p_positions bigint[],
    p_file text, p_checksum text, p_bytes bigint,
    out outcome text, out number bigint, out archived_at timestamptz
  ) language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  #variable_conflict use_column
  declare
    stream record;
    found_positions bigint[];
    found_types text[];
    found_sizes integer[];
  begin
    select s.stream_key, s.version, s.archived_at into stream from eventfold.streams s
    where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
    for update;
    if stream.stream_key is null or stream.version = 0 then
      outcome := 'unknown';
      return;
    end if;
    if stream.archived_at is not null then
      outcome := 'archived';
      return;
    end if;
    select array_agg(e."position" order by e.version), array_agg(e.type order by e.version),
      array_agg(e.append_size order by e.version)
    into found_positions, found_types, found_sizes
    from eventfold.events e where e.stream_key = stream.stream_key;
    if found_positions is distinct from p_positions or cardinality(p_positions) <> stream.version then
      outcome := 'changed';
      return;
    end if;

    archived_at := date_trunc('milliseconds', clock_timestamp());
    insert into eventfold.archived_streams as a (
      tenant, category, stream_id, version, first_position, last_position,
      positions, types, append_sizes, archived_at, file, checksum, bytes
    ) values (
      p_tenant, p_category, p_stream_id, stream.version, p_positions[1], p_positions[stream.version],
      found_positions, found_types, found_sizes, archive_stream.archived_at, p_file, p_checksum, p_bytes
    ) returning a.number into number;
    update eventfold.streams s set archived_at = archive_stream.archived_at where s.stream_key = stream.stream_key;
    -- The one door through the guard below: for this stream, until this function ends.
    perform set_config('eventfold.leaving', stream.stream_key::text, true);
    delete from eventfold.events e where e.stream_key = stream.stream_key;
    perform set_config('eventfold.leaving', '', true);
    outcome := 'moved';
  end
  $$`,

  `create function eventfold.restore_stream(
    p_number bigint, p_positions bigint[], p_ids uuid[], p_types text[], p_schema_versions integer[],
    p_occurred_at timestamptz[], p_recorded_at timestamptz[], p_data text[], p_metadata text[]
  ) returns text language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  declare
    archived eventfold.archived_streams;
    key bigint;
  begin
    select a.* into archived from eventfold.archived_streams a where a.number = p_number;
    select s.stream_key into key from eventfold.streams s
    where s.tenant = archived.tenant and s.category = archived.category and s.stream_id = archived.stream_id
      and s.archived_at is not null
    for update;
    -- Again under the lock: somebody else may have brought it back meanwhile.
    if key is null or exists (
      select from eventfold.archived_streams a where a.number = p_number and a.restored_at is not null
    ) then
      return 'live';
    end if;
    if p_positions is distinct from archived.positions or p_types is distinct from archived.types then
      return 'changed';
    end if;
    insert into eventfold.events (
      position, tenant, category, stream_id, stream_key, version,
      event_id, type, schema_version, occurred_at, recorded_at, data, metadata, append_size
    )
    select e."position", archived.tenant, archived.category, archived.stream_id, key, e.ordinal,
      e.event_id, e.type, e.schema_version, e.occurred_at, e.recorded_at, e.data::json, e.metadata::json, e.append_size
    from unnest(p_positions, p_ids, p_types, p_schema_versions, p_occurred_at, p_recorded_at, p_data, p_metadata,
        archived.append_sizes)
      with ordinality as e(
        "position", event_id, type, schema_version, occurred_at, recorded_at, data, metadata, append_size, ordinal);
    update eventfold.streams s set archived_at = null where s.stream_key = key;
    update eventfold.archived_streams a set restored_at = date_trunc('milliseconds', clock_timestamp())
    where a.number = p_number;
    return 'restored';
  end
  $$`,

  // Statement by statement where rows need not be looked at: an append pays nothing for any of it.
  `create function eventfold.refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception 'events are never changed or deleted (% on %.%)', lower(tg_op), tg_table_schema, tg_table_name
      using errcode = 'insufficient_privilege';
  end
  $$`,
  `create function eventfold.refuse_deletion() returns trigger language plpgsql as $$
  begin
    if current_setting('eventfold.leaving', true) is distinct from old.stream_key::text then
      raise exception 'events are never deleted; eventfold.archive_stream moves a whole stream'
        using errcode = 'insufficient_privilege';
    end if;
    return old;
  end
  $$`,
  `create trigger events_never_change before update or truncate on eventfold.events
    for each statement execute function eventfold.refuse_change()`,
  `create trigger events_stay before delete on eventfold.events
    for each row execute function eventfold.refuse_deletion()`
]
