/**
 * Appending one request: what it is answered, and how it travels.
 *
 * What an append is answered follows this order: are its event ids known (a replay answers what the first append was
 * answered, a part of one is refused); is the version of its stream, whose row is locked, what the append expects; is the
 * stream not in the archive; only then positions are taken and events inserted.
 *
 * `append_one` does that for one request, `append` for many in one transaction, each with an answer of its own; what is
 * asked for most, one event for a stream with a version, has `append_event`, which hands all but the sound to `append_one`.
 * They take a shorter way to the same answers: ids are looked up only where they can be known (a repeated `NoStream` or
 * `Exact` always meets a stream that has moved on), and otherwise the unique index on them decides: it fails the
 * statement, and the caller asks again with `p_careful`, which looks. `append` does the many sound requests
 * set-wise, and what is left over one by one with care.
 *
 * How a request travels: `p_expected` is the expected version; 0 no stream, -1 anything, -2 any stream that exists.
 * Rows of streams that exist are locked in the order of the requests, which callers sort by stream, so that two batches
 * do not wait for each other in a circle. Should they, over streams just being created, the time limit ends it.
 */
import { announce, eventColumns } from "./AppendSql.ts"

/** The functions of one append: `announce`, `repeated`, `append_one`, `append_event`. */
export const eventAppend: ReadonlyArray<string> = [
  // Announce before allocating, for whoever else takes positions; the appends below have it written out for speed.
  `create function eventfold.announce() returns void
  language plpgsql volatile as $$
  begin
    ${announce}
  end
  $$`,

  // Is an append a repetition of an earlier one? 'Replayed' with its version and position, 'IdConflict', or null: new.
  `create function eventfold.repeated(
    p_tenant text, p_category text, p_stream_id text, p_ids uuid[],
    out outcome text, out version bigint, out "position" bigint
  ) language plpgsql volatile as $$
  #variable_conflict use_column
  declare
    known record;
  begin
    select count(*) as events, max(e.version) as version, max(e.position) as "position",
      bool_and(e.tenant = p_tenant and e.category = p_category and e.stream_id = p_stream_id)
        and min(e.version - u.ordinal) = max(e.version - u.ordinal)
        and bool_or(u.ordinal = 1 and e.append_size = cardinality(p_ids)) as one_append
    into known
    from unnest(p_ids) with ordinality as u(event_id, ordinal)
    join eventfold.events e on e.event_id = u.event_id;
    if known.events > 0 then
      outcome := case when known.events = cardinality(p_ids) and known.one_append then 'Replayed' else 'IdConflict' end;
      version := known.version;
      "position" := known."position";
    end if;
  end
  $$`,

  // Written for speed: each statement inside costs as much as the insert itself, so there are as few as can be.
  `create function eventfold.append_one(
    p_tenant text, p_category text, p_stream_id text, p_expected bigint,
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_careful boolean,
    out outcome text, out version bigint, out "position" bigint
  ) language plpgsql volatile as $$
  #variable_conflict use_column
  declare
    added constant bigint := cardinality(p_ids);
    key bigint;
    last bigint;
    archived timestamptz;
  begin
    if p_expected <> 0 then
      update eventfold.streams s set version = s.version + added
      where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
        and (s.version = p_expected or (p_expected < 0 and s.version >= -1 - p_expected)) and s.archived_at is null
      returning s.stream_key, s.version into key, last;
    end if;
    if key is null and p_expected in (0, -1) then
      insert into eventfold.streams as s (tenant, category, stream_id, version)
      values (p_tenant, p_category, p_stream_id, added)
      on conflict (tenant, category, stream_id) do update set version = s.version + added
        where (p_expected = -1 or s.version = 0) and s.archived_at is null
      returning s.stream_key, s.version into key, last;
    end if;

    if key is null then
      -- Looked up with the stream locked: a first attempt that was under way, and made the stream what it is, is seen.
      select s.version, s.archived_at into last, archived from eventfold.streams s
      where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id for update;
      last := coalesce(last, 0);
      select r.outcome, r.version, r."position" into outcome, version, "position"
      from eventfold.repeated(p_tenant, p_category, p_stream_id, p_ids) r;
      if outcome is null then
        if archived is null and (last = p_expected or (p_expected < 0 and last >= -1 - p_expected)) then
          -- It has come to be as expected since it was judged. Now that it is locked, it stays so.
          select r.outcome, r.version, r."position" into outcome, version, "position"
          from eventfold.append_one(
            p_tenant, p_category, p_stream_id, p_expected, p_ids, p_types, p_schema_versions, p_occurred_at,
            p_data, p_metadata, p_careful
          ) r;
          return;
        end if;
        version := last;
        outcome := case
          when archived is null or (p_expected >= 0 and p_expected <> last) then 'VersionConflict'
          else 'Archived'
        end;
      end if;
      return;
    end if;

    if p_careful or p_expected < 0 then
      -- Looked up with the stream locked: a repetition at the same moment is seen or waits.
      if exists (select 1 from eventfold.events e where e.event_id = any (p_ids)) then
        update eventfold.streams s set version = last - added
        where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id;
        select r.outcome, r.version, r."position" into outcome, version, "position"
        from eventfold.repeated(p_tenant, p_category, p_stream_id, p_ids) r;
        return;
      end if;
    end if;

    ${announce}
    if added = 1 then
      insert into eventfold.events (${eventColumns}) values (
        nextval('eventfold.event_position'), p_tenant, p_category, p_stream_id, key, last,
        p_ids[1], p_types[1], p_schema_versions[1], p_occurred_at[1], clock_timestamp(),
        p_data[1]::json, p_metadata[1]::json, 1
      );
    else
      insert into eventfold.events (${eventColumns})
      select nextval('eventfold.event_position'), p_tenant, p_category, p_stream_id, key, last - added + e.ordinal,
        e.event_id, e.type, e.schema_version, e.occurred_at, clock_timestamp(), e.data::json, e.metadata::json,
        case e.ordinal when 1 then added else 0 end
      from unnest(p_ids, p_types, p_schema_versions, p_occurred_at, p_data, p_metadata)
        with ordinality as e(event_id, type, schema_version, occurred_at, data, metadata, ordinal);
    end if;
    outcome := 'Stored';
    version := last;
    "position" := currval('eventfold.event_position');
  end
  $$`,

  // The same for one event and an expected version, 0 for none: plain values in place of arrays, and two statements.
  `create function eventfold.append_event(
    p_tenant text, p_category text, p_stream_id text, p_expected bigint,
    p_id uuid, p_type text, p_schema_version integer, p_occurred_at timestamptz, p_data text, p_metadata text,
    out outcome text, out version bigint, out "position" bigint
  ) language plpgsql volatile as $$
  #variable_conflict use_column
  declare
    key bigint;
    created boolean := true;
  begin
    if p_expected = 0 then
      key := nextval('eventfold.stream_key');
      insert into eventfold.streams (tenant, category, stream_id, version, stream_key)
      values (p_tenant, p_category, p_stream_id, 1, key)
      on conflict do nothing;
      created := found;
    else
      update eventfold.streams s set version = p_expected + 1
      where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
        and s.version = p_expected and s.archived_at is null
      returning s.stream_key into key;
    end if;
    if key is null or not created then
      select r.outcome, r.version, r."position" into outcome, version, "position"
      from eventfold.append_one(
        p_tenant, p_category, p_stream_id, p_expected, array[p_id], array[p_type], array[p_schema_version],
        array[p_occurred_at], array[p_data], array[p_metadata], false
      ) r;
      return;
    end if;

    ${announce}
    "position" := nextval('eventfold.event_position');
    insert into eventfold.events (${eventColumns}) values (
      "position", p_tenant, p_category, p_stream_id, key, p_expected + 1,
      p_id, p_type, p_schema_version, p_occurred_at, clock_timestamp(), p_data::json, p_metadata::json, 1
    );
    outcome := 'Stored';
    version := p_expected + 1;
  end
  $$`
]
