import { messageBrokerTables } from "./MessageBrokerTables.ts"

// Plans are kept, and made while the tables are small or not looked at yet: without this they read whole tables later.
const byIndex = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"

/**
 * The message broker: topics as logs with places without holes, groups with their place in them, and the messages groups
 * have not done with.
 *
 * Whoever publishes to a topic locks its row, so a message never appears before one that is there; times of publishing never
 * fall in a topic, so that the first message since a time is found by an index. Whoever makes a group, puts it back or removes
 * messages locks that row too: nobody removes what a group is about to be given. Whoever changes what a group has not done
 * with locks the row of the group. Of each key only the first message can be delivered; those behind it are `queued`, so that
 * a long line of one key is not looked through for what can be delivered. What waits for its delay is `delayed`.
 */
export const messageBroker: ReadonlyArray<string> = [
  ...messageBrokerTables,
  // Statements of a function see what was committed before each of them: what is known is asked for under the lock.
  `create function eventfold.publish_messages(
    p_topic text, p_now timestamptz, p_since timestamptz,
    p_sources text[], p_ids text[], p_keys text[], p_contents text[]
  ) returns bigint
  language plpgsql volatile set search_path = pg_catalog, pg_temp
  ${byIndex} as $$
  declare
    v_end bigint;
    v_now timestamptz;
    v_count bigint;
  begin
    insert into eventfold.message_topics (topic, position) values (p_topic, 0) on conflict do nothing;
    select t.position, greatest(t.published_at, p_now) into v_end, v_now
    from eventfold.message_topics t where t.topic = p_topic for update;
    insert into eventfold.messages (topic, position, source, id, key, published_at, content)
    select p_topic, v_end + row_number() over (order by g.place), g.source, g.id, g.key, v_now, g.content
    from (
      select distinct on (n.source, n.id) n.*
      from unnest(p_sources, p_ids, p_keys, p_contents) with ordinality as n(source, id, key, content, place)
      order by n.source, n.id, n.place
    ) g
    -- One look into the index for each message: as a join, or with the time as a bare column, it would be gone through for
    -- each what else was published.
    where (
      select m.position from eventfold.messages m
      where m.topic = p_topic and m.source = g.source and m.id = g.id and m.published_at + interval '0' > p_since limit 1
    ) is null;
    get diagnostics v_count = row_count;
    update eventfold.message_topics set position = v_end + v_count, published_at = v_now
    where topic = p_topic and v_count > 0;
    return v_count;
  end
  $$`,

  // Looks first, so that who finds nothing writes nothing and waits for nobody. The place 0 says: there is more to look at.
  `create function eventfold.receive_messages(
    p_topic text, p_name text, p_now timestamptz, p_until timestamptz, p_limit integer, p_most integer, p_time_is_up text
  ) returns table (place bigint, attempt integer, proof bigint, published timestamptz, body text)
  language plpgsql volatile set search_path = pg_catalog, pg_temp
  ${byIndex} as $$
  declare
    v_group eventfold.message_groups;
    v_room integer;
    v_missing integer;
    v_count integer;
    v_handed integer := 0;
    v_last bigint;
    v_receipt bigint;
  begin
    select * into v_group from eventfold.message_groups g where g.topic = p_topic and g.name = p_name;
    if not found then
      return;
    end if;
    select v_group.max_in_flight - count(*) into v_room from (
      select from eventfold.message_deliveries d
      where d.topic = p_topic and d.name = p_name and d.state = 'held' and d.at > p_now limit v_group.max_in_flight
    ) held;
    if v_room <= 0 or not (
      exists (select from eventfold.message_topics t where t.topic = p_topic and t.position > v_group.position)
      or exists (
        select from eventfold.message_deliveries d where d.topic = p_topic and d.name = p_name and d.state = 'ready'
      )
      or exists (
        select from eventfold.message_deliveries d
        where d.topic = p_topic and d.name = p_name and d.state = 'delayed' and d.at <= p_now
      )
      or exists (
        select from eventfold.message_deliveries d
        where d.topic = p_topic and d.name = p_name and d.state = 'held' and d.at <= p_now
      )
    ) then
      return;
    end if;
    select * into v_group from eventfold.message_groups g where g.topic = p_topic and g.name = p_name for update;
    if not found then
      return;
    end if;
    update eventfold.message_deliveries d set state = 'ready', at = p_now
    where d.topic = p_topic and d.name = p_name and d.state = 'delayed' and d.at <= p_now;
    update eventfold.message_deliveries d set
      state = case when d.attempts >= v_group.max_deliveries then 'dead' else 'ready' end,
      reason = p_time_is_up, at = p_now
    where d.topic = p_topic and d.name = p_name and d.state = 'held' and d.at <= p_now;
    select least(p_limit, v_group.max_in_flight - count(*)) into v_room
    from eventfold.message_deliveries d where d.topic = p_topic and d.name = p_name and d.state = 'held';
    if v_room <= 0 then
      return;
    end if;
    select v_room - count(*) into v_missing from (
      select from eventfold.message_deliveries d
      where d.topic = p_topic and d.name = p_name and d.state = 'ready' limit v_room
    ) ready;
    while v_missing > 0 and v_handed < p_most loop
      with next as (
        select m.position, m.key, row_number() over (partition by m.key order by m.position) as place
        from (
          select m.position, m.key from eventfold.messages m
          where m.topic = p_topic and m.position > v_group.position order by m.position limit greatest(v_missing, 100)
        ) m
      ), made as (
        insert into eventfold.message_deliveries (topic, name, position, key, state, at)
        select p_topic, p_name, n.position, n.key,
          case when n.place > 1 or exists (
            select from eventfold.message_deliveries d
            where d.topic = p_topic and d.name = p_name and d.key = n.key
          ) then 'queued' else 'ready' end, p_now
        from next n
        returning position, state
      )
      select max(m.position), count(*), v_missing - count(*) filter (where m.state = 'ready')
      into v_last, v_count, v_missing from made m;
      exit when v_count = 0;
      v_group.position := v_last;
      v_handed := v_handed + v_count;
    end loop;
    if v_handed > 0 then
      update eventfold.message_groups g set position = v_group.position where g.topic = p_topic and g.name = p_name;
    end if;
    v_receipt := nextval('eventfold.message_receipts');
    return query
      with taken as (
        update eventfold.message_deliveries d
        set state = 'held', at = p_until, attempts = d.attempts + 1, receipt = v_receipt
        where d.topic = p_topic and d.name = p_name and d.position = any(array(
          select r.position from eventfold.message_deliveries r
          where r.topic = p_topic and r.name = p_name and r.state = 'ready' order by r.position limit v_room
        ))
        returning d.position, d.attempts
      )
      select t.position, t.attempts, v_receipt, m.published_at, m.content
      from taken t join eventfold.messages m on m.topic = p_topic and m.position = t.position
      order by t.position;
    if not found and v_handed >= p_most then
      return query select 0::bigint, 0, 0::bigint, p_now, '';
    end if;
  end
  $$`,

  // Looks at so many from where it has stopped the last time. Nobody publishes or puts a group back meanwhile.
  `create function eventfold.trim_messages(p_topic text, p_before timestamptz, p_limit integer) returns bigint
  language plpgsql volatile set search_path = pg_catalog, pg_temp
  ${byIndex} as $$
  declare
    v_topic eventfold.message_topics;
    v_upto bigint;
    v_seen bigint[];
    v_count bigint;
    v_swept bigint := 0;
  begin
    select * into v_topic from eventfold.message_topics t where t.topic = p_topic for update;
    if not found then
      return 0;
    end if;
    select least(
      v_topic.position,
      (select min(g.position) from eventfold.message_groups g where g.topic = p_topic),
      (
        select m.position - 1 from eventfold.messages m
        where m.topic = p_topic and m.published_at >= p_before order by m.published_at, m.position limit 1
      )
    ) into v_upto;
    v_seen := array(
      select m.position from eventfold.messages m
      where m.topic = p_topic and m.position > v_topic.swept and m.position <= v_upto order by m.position limit p_limit
    );
    delete from eventfold.messages m
    where m.topic = p_topic and m.position = any(v_seen) and not exists (
      select from eventfold.message_deliveries d where d.topic = p_topic and d.position = m.position
    );
    get diagnostics v_count = row_count;
    if cardinality(v_seen) >= p_limit then
      v_swept := v_seen[p_limit];
    end if;
    update eventfold.message_topics t set swept = v_swept where t.topic = p_topic and t.swept <> v_swept;
    return v_count;
  end
  $$`,

  // Each number is found by an index, and counted up to p_most.
  `create function eventfold.message_group_state(p_topic text, p_name text, p_most integer)
  returns table (place bigint, last bigint, held integer, waiting integer, dead integer, oldest timestamptz)
  language plpgsql stable set search_path = pg_catalog, pg_temp
  ${byIndex} as $$
  declare
    v_state text;
    v_count integer;
    v_first bigint;
  begin
    select g.position, t.position, 0, 0, 0 into place, last, held, waiting, dead
    from eventfold.message_groups g join eventfold.message_topics t on t.topic = g.topic
    where g.topic = p_topic and g.name = p_name;
    if not found then
      return;
    end if;
    foreach v_state in array array['held', 'ready', 'delayed', 'queued', 'dead'] loop
      select count(*) into v_count from (
        select from eventfold.message_deliveries d
        where d.topic = p_topic and d.name = p_name and d.state = v_state limit p_most
      ) d;
      if v_state = 'held' then
        held := v_count;
      elsif v_state = 'dead' then
        dead := v_count;
      else
        waiting := least(p_most, waiting + v_count);
      end if;
      if v_state <> 'dead' then
        v_first := least(v_first, (
          select d.position from eventfold.message_deliveries d
          where d.topic = p_topic and d.name = p_name and d.state = v_state order by d.position limit 1
        ));
      end if;
    end loop;
    v_first := least(v_first, (
      select m.position from eventfold.messages m
      where m.topic = p_topic and m.position > place order by m.position limit 1
    ));
    select m.published_at into oldest from eventfold.messages m where m.topic = p_topic and m.position = v_first;
    return next;
  end
  $$`,

  // Those that are held need their receipts, dead ones have none. What is behind them in the line of their key goes on.
  `create function eventfold.finish_messages(
    p_topic text, p_name text, p_now timestamptz, p_state text, p_positions bigint[], p_receipts bigint[]
  ) returns bigint
  language plpgsql volatile set search_path = pg_catalog, pg_temp
  ${byIndex} as $$
  declare
    v_keys text[];
    v_next bigint[];
  begin
    perform from eventfold.message_groups g where g.topic = p_topic and g.name = p_name for update;
    with done as (
      delete from eventfold.message_deliveries d
      where d.topic = p_topic and d.name = p_name and d.position = any(p_positions) and d.state = p_state
        and (p_state = 'dead' or exists (
          select from unnest(p_positions, p_receipts) as n(position, receipt)
          where n.position = d.position and n.receipt = d.receipt
        ))
      returning d.key
    )
    select coalesce(array_agg(done.key), '{}') into v_keys from done;
    -- By their places, and not in one statement: joined, all that the group has would be gone through for each key.
    select array_agg((
      select n.position from eventfold.message_deliveries n
      where n.topic = p_topic and n.name = p_name and n.key = k.key order by n.position limit 1
    )) into v_next from unnest(v_keys) as k(key);
    update eventfold.message_deliveries d set state = 'ready', at = p_now
    where d.topic = p_topic and d.name = p_name and d.position = any(v_next) and d.state = 'queued';
    return cardinality(v_keys);
  end
  $$`
]
