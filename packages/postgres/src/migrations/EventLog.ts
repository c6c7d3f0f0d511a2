/**
 * Tables and functions of the event log, in the schema `eventfold`. One set of SQL for PostgreSQL 15 to 18 and for the
 * embedded database.
 *
 * Why positions have no late comers: sequence numbers are taken in one order and committed in another, so a reader that
 * asks for `position > last` skips what commits late. Here a writer announces before it allocates: it reads the last
 * allocated position L, takes a shared advisory lock on a key that holds L, and only then takes numbers, all above L. A
 * reader looks at the last allocated position V first, then at the smallest announced L, and reads up to the smaller of
 * the two. A number at or below both was taken before V was read, by a writer whose lock was there before; that lock is
 * gone at the second look, so its transaction had ended: the third look sees its events, or they will never exist.
 * Nobody waits for anybody, foreign transactions do not matter, and a rolled-back number needs no guessing.
 * Gotcha: the argument needs a fresh snapshot per look, so `read_log` refuses to run above READ COMMITTED.
 */
export const eventLog: ReadonlyArray<string> = [
  `create schema if not exists eventfold`,

  // Cache 1 is what makes "all above L" true: a cached block of numbers could lie below it.
  `create sequence eventfold.event_position as bigint start 1 increment 1 no cycle cache 1`,

  `create table eventfold.streams (
    tenant    text collate "C" not null,
    category  text collate "C" not null,
    stream_id text collate "C" not null,
    version   bigint not null,
    primary key (tenant, category, stream_id)
  )`,

  // data and metadata are json, not jsonb: the text stays as it was written, NUL escapes and number digits included.
  // append_size stands on the first event of an append and is 0 on the others: it tells a replay from a part of one.
  `create table eventfold.events (
    position       bigint primary key,
    tenant         text collate "C" not null,
    category       text collate "C" not null,
    stream_id      text collate "C" not null,
    version        bigint not null,
    event_id       uuid not null,
    type           text collate "C" not null,
    schema_version integer not null,
    occurred_at    timestamptz not null,
    recorded_at    timestamptz not null,
    data           json not null,
    metadata       json not null,
    append_size    integer not null,
    constraint events_version_key unique (tenant, category, stream_id, version),
    constraint events_event_id_key unique (event_id)
  )`,

  // The last allocated position, committed or not; 0 before the first. It takes no part in transactions or snapshots.
  `create function eventfold.last_allocated() returns bigint
  language plpgsql volatile as $$
  begin
    return coalesce(pg_sequence_last_value('eventfold.event_position'), 0);
  end
  $$`,

  // The key of an announcement: 15 bits that say it is ours (0x4556, "EV"), then 48 bits of position.
  `create function eventfold.smallest_announced() returns bigint
  language sql volatile as $$
    select min(((classid::bigint & 65535) << 32) | objid::bigint)
    from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1 and (classid::bigint >> 16) = 17750
      and database = (select oid from pg_database where datname = current_database())
  $$`,

  // Written for speed: plain expressions where a query would do, since each query inside costs as much as the insert.
  `create function eventfold.append(
    p_tenant text, p_category text, p_stream_id text, p_expected text, p_expected_version bigint,
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[],
    out outcome text, out version bigint, out "position" bigint
  ) language plpgsql volatile as $$
  #variable_conflict use_column
  declare
    added constant bigint := cardinality(p_ids);
    actual bigint;
    created boolean := false;
    known record;
  begin
    select s.version into actual from eventfold.streams s
    where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
    for update;
    if actual is null and p_expected in ('Any', 'NoStream') then
      insert into eventfold.streams (tenant, category, stream_id, version)
      values (p_tenant, p_category, p_stream_id, added)
      on conflict do nothing;
      created := found;
      if not created then
        -- Somebody else has created it meanwhile: the insert waited for them, and this sees what they appended.
        select s.version into actual from eventfold.streams s
        where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
        for update;
      end if;
    end if;
    actual := coalesce(actual, 0);

    if exists (select 1 from eventfold.events e where e.event_id = any (p_ids)) then
      select count(*) as events, max(e.version) as version, max(e.position) as "position",
        bool_and(e.tenant = p_tenant and e.category = p_category and e.stream_id = p_stream_id)
          and min(e.version - u.ordinal) = max(e.version - u.ordinal)
          and bool_or(u.ordinal = 1 and e.append_size = added) as one_append
      into known
      from unnest(p_ids) with ordinality as u(event_id, ordinal)
      join eventfold.events e on e.event_id = u.event_id;
      outcome := case when known.events = added and known.one_append then 'Replayed' else 'IdConflict' end;
      version := known.version;
      "position" := known."position";
      if created then
        delete from eventfold.streams s
        where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id;
      end if;
      return;
    end if;

    if (p_expected = 'NoStream' and actual <> 0)
      or (p_expected = 'StreamExists' and actual = 0)
      or (p_expected = 'Exact' and actual <> p_expected_version) then
      outcome := 'VersionConflict';
      version := actual;
      return;
    end if;

    -- Announce before allocating. Everybody's lock is shared, so this fails only if a stranger uses our keys.
    if not pg_try_advisory_xact_lock_shared((17750::bigint << 48) | eventfold.last_allocated()) then
      raise exception 'an advisory lock in the key space of the event log is held exclusively'
        using errcode = 'lock_not_available';
    end if;
    insert into eventfold.events (
      position, tenant, category, stream_id, version,
      event_id, type, schema_version, occurred_at, recorded_at, data, metadata, append_size
    )
    select nextval('eventfold.event_position'), p_tenant, p_category, p_stream_id, actual + e.ordinal,
      e.event_id, e.type, e.schema_version, e.occurred_at, clock_timestamp(), e.data::json, e.metadata::json,
      case e.ordinal when 1 then added else 0 end
    from unnest(p_ids, p_types, p_schema_versions, p_occurred_at, p_data, p_metadata)
      with ordinality as e(event_id, type, schema_version, occurred_at, data, metadata, ordinal);
    if not created then
      update eventfold.streams s set version = actual + added
      where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id;
    end if;
    outcome := 'Stored';
    version := actual + added;
    "position" := currval('eventfold.event_position');
  end
  $$`,

  `create function eventfold.read_log(p_after bigint, p_limit integer) returns setof eventfold.events
  language plpgsql volatile as $$
  declare
    horizon bigint;
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'the event log can be read in order only at the isolation level READ COMMITTED';
    end if;
    horizon := eventfold.last_allocated();
    horizon := least(horizon, coalesce(eventfold.smallest_announced(), horizon));
    return query
      select * from eventfold.events e
      where e.position > p_after and e.position <= horizon
      order by e.position limit p_limit;
  end
  $$`
]
