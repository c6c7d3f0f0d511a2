/** The statements of the message broker, and the rows they answer. $1 is the topic and $2 the group where there is one. */

/** A message that was received. */
export interface DeliveryRow {
  readonly place: number
  readonly attempt: number
  readonly proof: number
  readonly published: Date
  readonly body: string
}

/** A dead letter. */
export interface DeadRow {
  readonly position: number
  readonly attempts: number
  readonly reason: string
  readonly published_at: Date
  readonly at: Date
  readonly content: string
}

/** A message that is kept. */
export interface MessageRow {
  readonly position: number
  readonly published_at: Date
  readonly content: string
}

/** How a group stands. */
export interface StateRow {
  readonly position: number
  readonly end: number
  readonly held: number
  readonly waiting: number
  readonly dead: number
  readonly oldest: Date | null
}

/** The kinds of places a group can begin at. */
export type Place = "beginning" | "end" | "after" | "since"

/** The position behind which a group begins; $3 is the value the place needs. */
const behind: Readonly<Record<Place, string>> = {
  beginning: "case when $3::text is null then 0 end",
  end: "case when $3::text is null then t.position end",
  after: "least($3::bigint, t.position)",
  // Times never fall in a topic.
  since: `coalesce((
    select m.position - 1 from eventfold.messages m where m.topic = $1 and m.published_at >= $3::timestamptz
    order by m.published_at, m.position limit 1
  ), t.position)`
}

/** Answers how many were new. */
export const publish =
  "select eventfold.publish_messages($1, $2::timestamptz, $3::timestamptz, $4, $5, $6, $7)::float8 as count"

/** Makes the row of a topic. */
export const makeTopic = "insert into eventfold.message_topics (topic, position) values ($1, 0) on conflict do nothing"

/** Keeps others from publishing until the end of the transaction. */
export const lockTopic = "select from eventfold.message_topics where topic = $1 for update"

/** Makes a group at a place; one that is there keeps its own. */
export const subscribe = (
  place: Place
) => `insert into eventfold.message_groups (topic, name, position, max_deliveries, max_in_flight)
  select t.topic, $2, ${behind[place]}, $4, $5 from eventfold.message_topics t where t.topic = $1
  on conflict (topic, name) do update
  set max_deliveries = excluded.max_deliveries, max_in_flight = excluded.max_in_flight`

/** What the group has not done with goes with it. */
export const unsubscribe = "delete from eventfold.message_groups where topic = $1 and name = $2 returning 1 as gone"

/** Whether there is such a group. */
export const find = "select 1 as found from eventfold.message_groups where topic = $1 and name = $2"

/** Takes what can be delivered. The place 0 says that there is more to look at. */
export const receive = `select r.place::float8 as place, r.attempt, r.proof::float8 as proof, r.published, r.body
  from eventfold.receive_messages($1, $2, $3::timestamptz, $4::timestamptz, $5, $6, $7) r order by r.place`

/** Done with these. */
export const finish = "select eventfold.finish_messages($1, $2, $3::timestamptz, $4, $5, $6)::float8 as count"

/** Held until then. Those that somebody is just telling of are passed over: they are held no more. */
export const prolong = `with mine as (
    select d.topic, d.name, d.position from eventfold.message_deliveries d
    join unnest($4::bigint[], $5::bigint[]) as r(position, receipt) on r.position = d.position and r.receipt = d.receipt
    where d.topic = $1 and d.name = $2 and d.state = 'held' for update of d skip locked
  ), held as (
    update eventfold.message_deliveries d set at = $3::timestamptz from mine
    where d.topic = mine.topic and d.name = mine.name and d.position = mine.position
    returning 1
  )
  select count(*)::float8 as count from held`

/** To be delivered again at $6, or dead when that is null or it has come too often. Unless $8, this time does not count. */
export const giveBack = `update eventfold.message_deliveries d set
    state = case when $6::timestamptz is null or ($8::boolean and d.attempts >= g.max_deliveries) then 'dead'
      when $6::timestamptz > $5::timestamptz then 'delayed' else 'ready' end,
    at = case when $8::boolean and d.attempts >= g.max_deliveries then $5::timestamptz
      else coalesce($6::timestamptz, $5::timestamptz) end,
    attempts = d.attempts - case when $8::boolean then 0 else 1 end,
    reason = $7
  from eventfold.message_groups g
  where g.topic = $1 and g.name = $2 and d.topic = $1 and d.name = $2
    and d.position = $3 and d.receipt = $4 and d.state = 'held'
  returning d.state`

/** Those behind a position, in order. */
export const deadLetters = `select d.position::float8 as position, d.attempts, d.reason, d.at, m.published_at, m.content
  from eventfold.message_deliveries d join eventfold.messages m on m.topic = d.topic and m.position = d.position
  where d.topic = $1 and d.name = $2 and d.state = 'dead' and d.position > $3
  order by d.position limit $4`

/** That at a position, or all. */
export const replay = `update eventfold.message_deliveries set state = 'ready', at = $3::timestamptz, attempts = 0
  where topic = $1 and name = $2 and state = 'dead' and ($4::bigint is null or position = $4)
  returning 1 as replayed`

/** Puts a group to another place; it is locked from then on. */
export const rewind = (place: Place) => `update eventfold.message_groups g set position = ${behind[place]}
  from eventfold.message_topics t where t.topic = $1 and g.topic = $1 and g.name = $2 returning 1 as moved`

/** Everything the group has not done with. */
export const forget = "delete from eventfold.message_deliveries where topic = $1 and name = $2"

/** The names of the groups of a topic. */
export const groups = "select name from eventfold.message_groups where topic = $1 order by name"

/** What is kept behind a place, in order. */
export const browse = (
  place: Place
) => `select m.position::float8 as position, m.published_at, m.content from eventfold.messages m
  where m.topic = $1 and m.position > (select ${behind[place]} from eventfold.message_topics t where t.topic = $1)
  order by m.position limit $2`

/** Removes the oldest that nobody needs; answers how many. */
export const trim = "select eventfold.trim_messages($1, $2::timestamptz, $3)::float8 as count"

/** How a group stands. */
export const state = `select s.place::float8 as position, s.last::float8 as end, s.held, s.waiting, s.dead, s.oldest
  from eventfold.message_group_state($1, $2, $3) s`
