/** The table of handled commands: claimed in the transaction that handles them, completed with their outcome. */
export const commandLog: ReadonlyArray<string> = [
  `create table eventfold.commands (
    tenant      text collate "C" not null,
    command_id  uuid not null,
    command     text not null,
    fingerprint text not null,
    claimed_at  timestamptz not null,
    outcome     json,
    primary key (tenant, command_id)
  )`,
  // For the purge by age, which would otherwise read the whole table every hour.
  `create index commands_claimed_at on eventfold.commands (claimed_at)`
]
