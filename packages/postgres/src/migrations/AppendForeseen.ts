/**
 * Appends whose rows are written in the same statement: `append` of `EventAppendMany.ts`, if the generations that are read
 * of the projections in `p_fence` are those of `p_serving` (`name generation` each, in any order). Otherwise nothing is
 * stored, and `held` is false. The fence is taken first: see `AppendTold.ts`.
 *
 * `p_whole`: the rows are true only if all appends are stored now, so that anything else is an error (`EF001`).
 */
export const appendForeseen: ReadonlyArray<string> = [
  `create function eventfold.append_foreseen(
    p_tenants text[], p_categories text[], p_stream_ids text[], p_expected bigint[], p_base bigint[],
    p_last integer[], p_request integer[],
    p_ids uuid[], p_types text[], p_schema_versions integer[], p_occurred_at timestamptz[],
    p_data text[], p_metadata text[], p_creating integer, p_changing integer,
    p_fence text[], p_serving text[], p_whole boolean,
    out held boolean, out places bigint[], out outcomes text[], out versions bigint[], out positions bigint[]
  ) language plpgsql volatile as $$
  declare
    serving text[];
  begin
    select coalesce(array_agg(f.projection || ' ' || f.generation), '{}') into serving
    from eventfold.serving_for_append(p_fence) f;
    held := serving @> p_serving and serving <@ p_serving;
    if not held then
      return;
    end if;
    select a.places, a.outcomes, a.versions, a.positions into places, outcomes, versions, positions
    from eventfold.append(
      p_tenants, p_categories, p_stream_ids, p_expected, p_base, p_last, p_request, p_ids, p_types, p_schema_versions,
      p_occurred_at, p_data, p_metadata, p_creating, p_changing
    ) a;
    if p_whole and exists (select from unnest(outcomes) as o(outcome) where o.outcome <> 'Stored') then
      raise exception 'one of several appends whose rows were foreseen together was not stored' using errcode = 'EF001';
    end if;
  end
  $$`
]
