/**
 * Appends that tell where and when events were stored, for whoever works with these in the same transaction: `append` and
 * `append_one` of `EventAppend.ts` and `EventAppendMany.ts` with `p_told`, places in the arrays of events, and for each of
 * these what was stored; nulls for an event of a request that was refused or is a repetition.
 *
 * `p_fence` names projections whose fence is taken first; `serving` says which generations of them are read.
 *
 * And the fence between appends that write rows and the switch to another generation of these: appends share a lock per
 * projection, a switch has it alone. It is taken before anything is stored: so when a switch has it, every event that
 * appends have left to others is committed, at or below the last position taken by then.
 */
const told = (isStored: string) => `select
      array_agg(e.version order by t.ordinal), array_agg(e.position order by t.ordinal),
      array_agg(e.recorded_at order by t.ordinal)
    into told_versions, told_positions, told_recorded
    from unnest(p_told) with ordinality as t(place, ordinal)
    left join lateral (
      select e.version, e.position, e.recorded_at from eventfold.events e
      where e.event_id = p_ids[t.place] and ${isStored}
    ) e on true`

const outTold =
  "out serving json, out told_versions bigint[], out told_positions bigint[], out told_recorded timestamptz[]"

const takeFence = `if cardinality(p_fence) > 0 then
      select json_agg(json_build_object('projection', f.projection, 'generation', f.generation, 'fingerprint', f.fingerprint))
      into serving from eventfold.serving_for_append(p_fence) f;
    end if`

const settings = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"

/** The functions `append_told`, `append_one_told`, `serving_for_append` and `fence_appends`. */
export const appendTold: ReadonlyArray<string> = [
  `create function eventfold.append_told(
    p_tenants text[], p_categories text[], p_stream_ids text[], p_expected bigint[], p_base bigint[],
    p_last integer[], p_request integer[],
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_creating integer, p_changing integer, p_told integer[], p_fence text[],
    out places bigint[], out outcomes text[], out versions bigint[], out positions bigint[],
    ${outTold}
  ) language plpgsql volatile ${settings} as $$
  begin
    ${takeFence};
    select a.places, a.outcomes, a.versions, a.positions into places, outcomes, versions, positions
    from eventfold.append(
      p_tenants, p_categories, p_stream_ids, p_expected, p_base, p_last, p_request, p_ids, p_types, p_schema_versions,
      p_occurred_at, p_data, p_metadata, p_creating, p_changing
    ) a;
    ${told("coalesce(outcomes[p_request[t.place]], 'Stored') = 'Stored'")};
  end
  $$`,

  `create function eventfold.append_one_told(
    p_tenant text, p_category text, p_stream_id text, p_expected bigint,
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_careful boolean, p_told integer[], p_fence text[],
    out outcome text, out version bigint, out "position" bigint,
    ${outTold}
  ) language plpgsql volatile ${settings} as $$
  begin
    ${takeFence};
    select a.outcome, a.version, a."position" into outcome, version, "position"
    from eventfold.append_one(
      p_tenant, p_category, p_stream_id, p_expected, p_ids, p_types, p_schema_versions, p_occurred_at,
      p_data, p_metadata, p_careful
    ) a;
    if outcome = 'Stored' then
      ${told("true")};
    end if;
  end
  $$`,

  // Each statement of a function sees what is committed when it begins: the generations as they are behind the lock.
  `create function eventfold.serving_for_append(p_projections text[])
  returns table (projection text, generation integer, fingerprint text)
  language plpgsql volatile as $$
  begin
    perform pg_advisory_xact_lock_shared(17751, hashtext(p.name)) from unnest(p_projections) as p(name);
    return query select g.projection, g.generation, g.fingerprint from eventfold.generations g
      where g.projection = any (p_projections) and g.state = 'serving';
  end
  $$`,

  `create function eventfold.fence_appends(p_projection text) returns bigint
  language plpgsql volatile as $$
  begin
    perform pg_advisory_xact_lock(17751, hashtext(p_projection));
    return coalesce(pg_sequence_last_value('eventfold.event_position'), 0);
  end
  $$`
]
