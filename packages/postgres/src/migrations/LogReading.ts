/**
 * Reading the log in order: how far it is settled, and a stretch of it for a reader who wants some events only.
 */
export const logReading: ReadonlyArray<string> = [
  // Everything at or below this position that will ever be in the log is in it: see EventLog.ts for the argument.
  `create function eventfold.horizon() returns bigint
  language plpgsql volatile as $$
  declare
    horizon bigint;
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'the event log can be read in order only at the isolation level READ COMMITTED';
    end if;
    horizon := eventfold.last_allocated();
    return least(horizon, coalesce(eventfold.smallest_announced(), horizon));
  end
  $$`,

  // The wanted events of a stretch of the log. Whatever the planner believes about how many pass, the log is walked in
  // order until the page is full; the stretch is never sorted for a page.
  `create function eventfold.filtered_range(
    p_after bigint, p_up_to bigint, p_limit bigint, p_tenant text, p_categories text[], p_types text[]
  ) returns setof eventfold.events language plpgsql stable
  set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off as $$
  begin
    return query
      select * from eventfold.events e
      where e.position > p_after and e.position <= p_up_to
        and (p_tenant is null or e.tenant = p_tenant)
        and (p_categories is null or e.category = any (p_categories))
        and (p_types is null or e.type = any (p_types))
      order by e.position limit p_limit;
  end
  $$`
]
