/**
 * Appending many requests in one transaction, each with an answer of its own. What an append is answered, and how a
 * request travels, stands in `EventAppend.ts`.
 */
import { announce, eventColumns } from "./AppendSql.ts"

/** Creates the streams of the requests that expect none. */
const createStreams = `insert into eventfold.streams (tenant, category, stream_id, version, stream_key)
        select q.tenant, q.category, q.stream_id, q.last - coalesce(q.before, 0), q.stream_key
        from unnest(p_tenants, p_categories, p_stream_ids, p_last, 0 || p_last, keys, bases)
          as q(tenant, category, stream_id, last, before, stream_key, base)
        where q.base = 0`

/** The function `append`. */
export const eventAppendMany: ReadonlyArray<string> = [
  // Requests that are sound are done set-wise, the others one by one after them. p_last[i] is the place of the last
  // event of request i among all events, p_request[j] the request of event j, p_base[i] the version the stream of
  // request i must have to take part in what is done set-wise, null when it must not. Sound requests get no outcome:
  // places[p_last[i]] is the position of their last event.
  // Sequential scans are off because the plans are made while the tables are small and kept while they grow. A stream
  // that is locked for longer fails the call: its neighbours need not wait for it, since each is then asked for alone.
  `create function eventfold.append(
    p_tenants text[], p_categories text[], p_stream_ids text[], p_expected bigint[], p_base bigint[],
    p_last integer[], p_request integer[],
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_creating integer, p_changing integer,
    out places bigint[], out outcomes text[], out versions bigint[], out positions bigint[]
  ) language plpgsql volatile
  set enable_seqscan = off set enable_mergejoin = off set lock_timeout = '250ms' as $$
  #variable_conflict use_column
  declare
    requests constant integer := cardinality(p_tenants);
    bases bigint[] := p_base;
    keys bigint[] := array_fill(null::bigint, array[cardinality(p_tenants)]);
    affected integer;
    missing integer := 0;
    one record;
    first integer := 1;
  begin
    -- Loops, since queries with an unknown number of rows are planned anew in every call.
    for i in 1 .. requests loop
      if p_base[i] = 0 then
        keys[i] := nextval('eventfold.stream_key');
      end if;
    end loop;
    if p_creating + p_changing < requests then
      -- Those left over are done last, one by one: what they lock is locked now, in the order of all.
      perform s.stream_key
      from unnest(p_tenants, p_categories, p_stream_ids) as q(tenant, category, stream_id)
      cross join lateral (
        select s.stream_key from eventfold.streams s
        where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id
        for update
      ) s;
    end if;
    if p_changing > 0 then
      affected := 0;
      for one in
        select q.ordinal::integer as ordinal, s.stream_key
        from unnest(p_tenants, p_categories, p_stream_ids, p_base)
          with ordinality as q(tenant, category, stream_id, base, ordinal)
        cross join lateral (
          select s.stream_key from eventfold.streams s
          where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id
            and s.version = q.base and s.archived_at is null
          for update
        ) s
        where q.base > 0
      loop
        keys[one.ordinal] := one.stream_key;
        affected := affected + 1;
      end loop;
      if affected < p_changing then
        missing := missing + p_changing - affected;
        bases := array(
          select case when q.base > 0 and not exists (
              select from eventfold.streams s
              where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id
                and s.stream_key = q.stream_key
            ) then null else q.base end
          from unnest(p_tenants, p_categories, p_stream_ids, p_base, keys)
            with ordinality as q(tenant, category, stream_id, base, stream_key, ordinal)
          order by q.ordinal
        );
      end if;
    end if;

    if p_creating > 0 then
      -- Looking for conflicts takes more than half as long as inserting, and there are few: it is done when there was one.
      begin
        ${createStreams};
        affected := p_creating;
      exception when unique_violation then
        ${createStreams}
        on conflict do nothing;
        get diagnostics affected = row_count;
      end;
      if affected < p_creating then
        missing := missing + p_creating - affected;
        bases := array(
          select case when q.base = 0 and not exists (
              select from eventfold.streams s
              where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id
                and s.stream_key = q.stream_key
            ) then null else q.base end
          from unnest(p_tenants, p_categories, p_stream_ids, bases, keys)
            with ordinality as q(tenant, category, stream_id, base, stream_key, ordinal)
          order by q.ordinal
        );
      end if;
    end if;

    if missing < p_creating + p_changing then
      ${announce}
      -- One for every event: those of a request that is left over are never used.
      for i in 1 .. cardinality(p_ids) loop
        places[i] := nextval('eventfold.event_position');
      end loop;
      if requests = cardinality(p_ids) then
        -- One event each: all arrays are in one order, and nothing has to be joined.
        insert into eventfold.events (${eventColumns})
        select q.position, q.tenant, q.category, q.stream_id, q.stream_key, q.base + 1,
          q.event_id, q.type, q.schema_version, q.occurred_at, clock_timestamp(), q.data::json, q.metadata::json, 1
        from unnest(
          places, p_tenants, p_categories, p_stream_ids, keys, bases,
          p_ids, p_types, p_schema_versions, p_occurred_at, p_data, p_metadata
        ) as q(
          position, tenant, category, stream_id, stream_key, base,
          event_id, type, schema_version, occurred_at, data, metadata
        )
        where q.base is not null;
      else
        insert into eventfold.events (${eventColumns})
        select e.position, q.tenant, q.category, q.stream_id, q.stream_key, q.base + e.ordinal - q.before,
          e.event_id, e.type, e.schema_version, e.occurred_at, clock_timestamp(), e.data::json, e.metadata::json,
          case e.ordinal - q.before when 1 then q.last - q.before else 0 end
        from unnest(places, p_request, p_ids, p_types, p_schema_versions, p_occurred_at, p_data, p_metadata)
          with ordinality as e(position, request, event_id, type, schema_version, occurred_at, data, metadata, ordinal)
        join unnest(p_tenants, p_categories, p_stream_ids, keys, bases, p_last, 0 || p_last)
          with ordinality as q(tenant, category, stream_id, stream_key, base, last, before, ordinal)
          on q.ordinal = e.request
        where q.base is not null;
      end if;
      if p_changing > 0 then
        update eventfold.streams s set version = q.base + q.last - q.before
        from unnest(p_tenants, p_categories, p_stream_ids, bases, p_last, 0 || p_last)
          as q(tenant, category, stream_id, base, last, before)
        where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream_id and q.base > 0;
      end if;
    end if;

    if requests > p_creating + p_changing - missing then
      outcomes := array_fill(null::text, array[requests]);
      versions := array_fill(null::bigint, array[requests]);
      positions := versions;
      for i in 1 .. requests loop
        if bases[i] is null then
          select r.outcome, r.version, r."position" into one
          from eventfold.append_one(
            p_tenants[i], p_categories[i], p_stream_ids[i], p_expected[i],
            p_ids[first:p_last[i]], p_types[first:p_last[i]], p_schema_versions[first:p_last[i]],
            p_occurred_at[first:p_last[i]], p_data[first:p_last[i]], p_metadata[first:p_last[i]], false
          ) r;
          outcomes[i] := one.outcome;
          versions[i] := one.version;
          positions[i] := one."position";
        end if;
        first := p_last[i] + 1;
      end loop;
    end if;
  end
  $$`
]
