/** The table of the repairs of events: the audit trail of what is read in place of what. Rows are only ever added. */
export const eventRepairs: ReadonlyArray<string> = [
  `create table eventfold.event_repairs (
    number         bigint generated always as identity primary key,
    position       bigint not null,
    event_id       uuid not null,
    type           text collate "C" not null,
    schema_version integer not null,
    data           json not null,
    actor          text not null,
    reason         text not null,
    repaired_at    timestamptz not null
  )`,
  // For the codec, which asks for the last repair of some positions.
  `create index event_repairs_position on eventfold.event_repairs (position, number)`
]
