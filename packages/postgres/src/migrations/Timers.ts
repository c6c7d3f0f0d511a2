/**
 * Durable timers of processes, and a function that makes them anew from what the processes have recorded.
 *
 * What is to be tried next is found by an index, however many timers wait. Each purpose is looked for by itself.
 */
export const timers: ReadonlyArray<string> = [
  `create table eventfold.timers (
    tenant   text collate "C" not null,
    manager  text collate "C" not null,
    process  text collate "C" not null,
    purpose  text collate "C" not null check (purpose in ('timer', 'watch')),
    timer    text collate "C" not null,
    due_at   timestamptz not null,
    try_at   timestamptz not null,
    attempts integer not null default 0,
    error    text,
    primary key (tenant, manager, process, purpose, timer)
  )`,
  `create index timers_next on eventfold.timers (purpose, try_at)`,
  `create index timers_list on eventfold.timers (purpose, due_at, tenant, manager, process, timer)`,

  // A timer runs when the stream of its process started it, and nothing in the stream ends it after that; a process that
  // has not ended is watched. Timers that run stay as they are.
  `create function eventfold.timers_from_log() returns bigint
  language sql volatile set search_path = pg_catalog, pg_temp as $$
    with made as (
      insert into eventfold.timers (tenant, manager, process, purpose, timer, due_at, try_at)
      select e.tenant, substr(e.category, 9), e.stream_id, 'timer', e.data->>'timer',
        (e.data->>'dueAt')::timestamptz, (e.data->>'dueAt')::timestamptz
      from eventfold.events e
      where e.type = 'TimerStarted' and e.category like 'process-%' and not exists (
        select from eventfold.events l
        where l.tenant = e.tenant and l.category = e.category and l.stream_id = e.stream_id and l.version > e.version
          and (l.type = 'ProcessEnded'
            or (l.type in ('TimerStarted', 'TimerCancelled') and l.data->>'timer' = e.data->>'timer')
            or (l.type in ('InputTaken', 'InputIgnored') and l.data->'input'->>'_tag' = 'TimerFired'
              and l.data->'input'->>'timer' = e.data->>'timer'))
      )
      on conflict do nothing
      returning 1
    ), watched as (
      insert into eventfold.timers (tenant, manager, process, purpose, timer, due_at, try_at)
      select e.tenant, substr(e.category, 9), e.stream_id, 'watch', 'imported', clock_timestamp(), clock_timestamp()
      from eventfold.events e
      where e.type = 'ProcessStarted' and e.category like 'process-%'
        and not exists (
          select from eventfold.events l
          where l.tenant = e.tenant and l.category = e.category and l.stream_id = e.stream_id and l.type = 'ProcessEnded')
        and not exists (
          select from eventfold.timers t
          where t.tenant = e.tenant and t.manager = substr(e.category, 9) and t.process = e.stream_id
            and t.purpose = 'watch')
      on conflict do nothing
    )
    select count(*) from made
  $$`
]
