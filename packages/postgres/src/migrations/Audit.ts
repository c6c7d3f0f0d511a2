/**
 * The actions that are audited and are no events, and how the audit finds its way in the log by time.
 *
 * An action takes a position of the log, announced like that of an event (see EventLog.ts): one order serves both.
 *
 * Why no index serves the audit: events are recorded in the order of their positions, give or take the moment in which
 * several are written at once, so the place of an instant is found by halving, with some thirty looks into the primary
 * key. Actors and correlation ids are looked for in a stretch of the log at a time. Appends pay nothing for it.
 */
export const audit: ReadonlyArray<string> = [
  `create table eventfold.audit_log (
    position       bigint primary key,
    tenant         text collate "C" not null,
    action         text collate "C" not null,
    subject        text collate "C" not null,
    actor          text collate "C" not null,
    reason         text not null,
    correlation_id text collate "C",
    causation_id   text collate "C",
    recorded_at    timestamptz not null,
    details        json not null
  )`,
  `create index audit_log_subject on eventfold.audit_log (tenant, subject, position)`,

  `create function eventfold.record_action(
    p_tenant text, p_action text, p_subject text, p_actor text, p_reason text,
    p_correlation_id text, p_causation_id text, p_details text
  ) returns void language plpgsql volatile as $$
  begin
    perform eventfold.announce();
    insert into eventfold.audit_log (
      position, tenant, action, subject, actor, reason, correlation_id, causation_id, recorded_at, details
    ) values (
      nextval('eventfold.event_position'), p_tenant, p_action, p_subject, p_actor, p_reason,
      p_correlation_id, p_causation_id, clock_timestamp(), p_details::json
    );
  end
  $$`,

  // The position of the last event that was recorded before an instant; 0 when there is none.
  `create function eventfold.last_before(p_instant timestamptz) returns bigint
  language plpgsql stable as $$
  declare
    low bigint := 0;
    high bigint := coalesce((select max(e."position") from eventfold.events e), 0);
    middle bigint;
    probe record;
  begin
    while low < high loop
      middle := low + (high - low + 1) / 2;
      select e."position", e.recorded_at into probe from eventfold.events e
      where e."position" >= middle order by e."position" limit 1;
      if probe.recorded_at < p_instant then
        low := probe."position";
      else
        high := middle - 1;
      end if;
    end loop;
    return low;
  end
  $$`,

  // Between which positions the entries recorded in a stretch of time lie: above the first, up to the second (null: no end).
  // An hour is allowed for clocks that were set back, and for appends that overtook each other.
  `create function eventfold.audit_bounds(p_from timestamptz, p_to timestamptz, out above bigint, out up_to bigint)
  language plpgsql stable as $$
  begin
    above := case when p_from is null then 0 else eventfold.last_before(p_from - interval '1 hour') end;
    if p_to is not null then
      up_to := (
        select min(e."position") - 1 from eventfold.events e
        where e."position" > eventfold.last_before(p_to + interval '1 hour')
      );
    end if;
  end
  $$`
]
