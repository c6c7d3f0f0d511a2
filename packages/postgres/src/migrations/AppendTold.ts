/**
 * Appends that tell where and when events were stored, for whoever works with these in the same transaction: `append` and
 * `append_one` of `EventAppend.ts` and `EventAppendMany.ts` with `p_told`, places in the arrays of events, and for each of
 * these what was stored; nulls for an event of a request that was refused or is a repetition.
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

const outTold = "out told_versions bigint[], out told_positions bigint[], out told_recorded timestamptz[]"

const settings = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"

/** The functions `append_told` and `append_one_told`. */
export const appendTold: ReadonlyArray<string> = [
  `create function eventfold.append_told(
    p_tenants text[], p_categories text[], p_stream_ids text[], p_expected bigint[], p_base bigint[],
    p_last integer[], p_request integer[],
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_creating integer, p_changing integer, p_told integer[],
    out places bigint[], out outcomes text[], out versions bigint[], out positions bigint[],
    ${outTold}
  ) language plpgsql volatile ${settings} as $$
  begin
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
    p_data text[], p_metadata text[], p_careful boolean, p_told integer[],
    out outcome text, out version bigint, out "position" bigint,
    ${outTold}
  ) language plpgsql volatile ${settings} as $$
  begin
    select a.outcome, a.version, a."position" into outcome, version, "position"
    from eventfold.append_one(
      p_tenant, p_category, p_stream_id, p_expected, p_ids, p_types, p_schema_versions, p_occurred_at,
      p_data, p_metadata, p_careful
    ) a;
    if outcome = 'Stored' then
      ${told("true")};
    end if;
  end
  $$`
]
