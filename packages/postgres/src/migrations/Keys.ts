/**
 * The keys of personal data, wrapped by a master key that is not in the database, and the ledger of the forgotten.
 *
 * The row of version 1 stands for the subject: whoever writes anything about a subject writes or locks it first, so two
 * writers wait for each other. It outlives forgetting, without a key, and no key can come in its place.
 */
export const keys: ReadonlyArray<string> = [
  `create table eventfold.subject_keys (
    tenant      text collate "C" not null,
    subject     text collate "C" not null,
    version     integer not null check (version >= 1),
    master_key  text,
    wrapped     text,
    -- The transaction that wrote it: whoever reads in that same one must not rely on it yet.
    written_in  xid8 not null default pg_current_xact_id(),
    primary key (tenant, subject, version),
    -- Without a key the subject is forgotten.
    check ((master_key is null) = (wrapped is null)),
    check (version = 1 or wrapped is not null)
  )`,

  `create table eventfold.forgotten_subjects (
    entry         bigint generated always as identity primary key,
    tenant        text collate "C" not null,
    subject       text collate "C" not null,
    forgotten_at  timestamptz not null,
    actor         text not null,
    reason        text not null,
    unique (tenant, subject)
  )`
]
