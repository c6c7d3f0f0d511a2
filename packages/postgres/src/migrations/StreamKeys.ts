/**
 * A number for each stream, which the index over the versions of events uses in place of three texts, and a mark for
 * streams that are in the archive.
 */
export const streamKeys: ReadonlyArray<string> = [
  // A number in place of three texts: the index that guards the versions is smaller and quicker to compare. Streams that
  // exist get theirs here.
  `create sequence eventfold.stream_key as bigint start 1 increment 1 no cycle`,
  `alter table eventfold.streams
    add column stream_key bigint not null default nextval('eventfold.stream_key'),
    add column archived_at timestamptz`,
  // What tells streams apart comes first: comparing the parts that most streams share costs time at every step down.
  `alter table eventfold.streams
    drop constraint streams_pkey,
    add constraint streams_pkey primary key (stream_id, category, tenant)`,
  `alter sequence eventfold.stream_key owned by eventfold.streams.stream_key`,
  `alter table eventfold.events add column stream_key bigint`,
  `update eventfold.events e set stream_key = s.stream_key from eventfold.streams s
    where s.tenant = e.tenant and s.category = e.category and s.stream_id = e.stream_id`,
  `alter table eventfold.events
    alter column stream_key set not null,
    drop constraint events_version_key,
    add constraint events_version_key unique (stream_key, version)`,
  `drop function eventfold.append(text, text, text, text, bigint, uuid[], text[], integer[], timestamptz[], text[], text[])`,
  `drop function eventfold.read_log(bigint, integer)`
]
