/**
 * What appends need whose rows are written in the same statement: `append` of `EventAppendMany.ts` inside a query with the
 * rows. Both functions end the statement with an error where those rows would not be true, and nothing is stored.
 */
export const appendForeseen: ReadonlyArray<string> = [
  // Takes the fence of projections (see `AppendTold.ts`) and answers p_value, so that what is given that value comes after
  // it. An error when the generations that are read are not those of p_serving: `name generation` each, in any order.
  `create function eventfold.behind_fence(p_fence text[], p_serving text[], p_value integer) returns integer
  language plpgsql volatile as $$
  declare
    serving text[];
  begin
    for i in 1 .. cardinality(p_fence) loop
      perform pg_advisory_xact_lock_shared(17751, hashtext(p_fence[i]));
    end loop;
    -- A statement of its own: it sees what is committed behind the lock.
    serving := array(
      select g.projection || ' ' || g.generation from eventfold.generations g
      where g.projection = any (p_fence) and g.state = 'serving'
    );
    if not (serving @> p_serving and serving <@ p_serving) then
      raise exception 'other generations are read by now' using errcode = 'EF002';
    end if;
    return p_value;
  end
  $$`,

  `create function eventfold.all_stored(p_outcomes text[]) returns boolean
  language plpgsql volatile as $$
  begin
    if exists (select from unnest(p_outcomes) as o(outcome) where o.outcome <> 'Stored') then
      raise exception 'of several appends whose rows were foreseen together one is not stored' using errcode = 'EF001';
    end if;
    return true;
  end
  $$`
]
