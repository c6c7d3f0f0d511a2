/** The table of snapshots: a cache of folded states. Every row of it may be deleted at any moment. */
export const snapshots: ReadonlyArray<string> = [
  `create table eventfold.snapshots (
    tenant      text collate "C" not null,
    category    text collate "C" not null,
    stream_id   text collate "C" not null,
    fingerprint text collate "C" not null,
    version     bigint not null,
    taken_at    timestamptz not null,
    state       json not null,
    primary key (tenant, category, stream_id, fingerprint, version)
  )`,

  // Stores one and lets go of those below the highest versions, so that a stream keeps a few.
  `create function eventfold.save_snapshot(
    p_tenant text, p_category text, p_stream_id text, p_fingerprint text, p_version bigint,
    p_taken_at timestamptz, p_state text, p_kept integer
  ) returns void language plpgsql volatile as $$
  begin
    insert into eventfold.snapshots (tenant, category, stream_id, fingerprint, version, taken_at, state)
    values (p_tenant, p_category, p_stream_id, p_fingerprint, p_version, p_taken_at, p_state::json)
    on conflict (tenant, category, stream_id, fingerprint, version)
    do update set taken_at = excluded.taken_at, state = excluded.state;

    delete from eventfold.snapshots s
    using (
      select o.fingerprint, o.version from eventfold.snapshots o
      where o.tenant = p_tenant and o.category = p_category and o.stream_id = p_stream_id
      order by o.version desc, o.taken_at desc
      offset p_kept
    ) gone
    where s.tenant = p_tenant and s.category = p_category and s.stream_id = p_stream_id
      and s.fingerprint = gone.fingerprint and s.version = gone.version;
  end
  $$`
]
