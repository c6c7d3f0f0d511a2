/** The tables of the message broker: what is in them is said beside its functions, in `MessageBroker.ts`. */
export const messageBrokerTables: ReadonlyArray<string> = [
  `create table eventfold.message_topics (
    topic text collate "C" primary key,
    -- The place of the newest message, and when it was published.
    position bigint not null,
    published_at timestamptz not null default '-infinity',
    -- Up to here it has been looked for messages nobody needs; 0 when that begins anew.
    swept bigint not null default 0
  )`,
  `create table eventfold.messages (
    topic        text collate "C" not null,
    position     bigint not null,
    source       text collate "C" not null,
    id           text collate "C" not null,
    key          text collate "C" not null,
    published_at timestamptz not null,
    -- Text, because JSON may hold what neither json nor jsonb can be asked for.
    content      text not null,
    primary key (topic, position)
  )`,
  `create index messages_identity on eventfold.messages (topic, source, id, published_at)`,
  `create index messages_published on eventfold.messages (topic, published_at, position)`,
  `create table eventfold.message_groups (
    topic          text collate "C" not null,
    name           text collate "C" not null,
    position       bigint not null,
    max_deliveries integer not null,
    max_in_flight  integer not null,
    primary key (topic, name)
  )`,
  `create table eventfold.message_deliveries (
    topic    text collate "C" not null,
    name     text collate "C" not null,
    position bigint not null,
    key      text collate "C" not null,
    state    text collate "C" not null check (state in ('ready', 'delayed', 'held', 'queued', 'dead')),
    -- Until when it is delayed or held, or since when it is dead.
    at       timestamptz not null,
    attempts integer not null default 0,
    receipt  bigint not null default 0,
    reason   text not null default '',
    primary key (topic, name, position),
    foreign key (topic, name) references eventfold.message_groups on delete cascade
  )`,
  `create index message_deliveries_key on eventfold.message_deliveries (topic, name, key, position)`,
  `create index message_deliveries_state on eventfold.message_deliveries (topic, name, state, position)`,
  `create index message_deliveries_time on eventfold.message_deliveries (topic, name, state, at)
    where state in ('delayed', 'held')`,
  `create index message_deliveries_needed on eventfold.message_deliveries (topic, position)`,
  // No two deliveries have the same receipt, also of groups of one name that were made one after the other.
  `create sequence eventfold.message_receipts`
]
