/** Which messages handlers have dealt with: marked in the transaction of what they did. */
export const inbox: ReadonlyArray<string> = [
  `create table eventfold.inbox (
    handler  text collate "C" not null,
    tenant   text collate "C" not null,
    source   text collate "C" not null,
    id       text collate "C" not null,
    type     text collate "C" not null,
    state    text collate "C" not null check (state in ('processing', 'processed', 'failed')),
    attempts integer not null default 1,
    at       timestamptz not null,
    error    text,
    primary key (handler, tenant, source, id)
  )`,
  `create index inbox_id on eventfold.inbox (id)`,
  // For lists, and for what is forgotten.
  `create index inbox_at on eventfold.inbox (at desc, handler, tenant, source, id)`
]
