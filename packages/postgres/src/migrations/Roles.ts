/**
 * What the role of the service may do, as a function that grants it: all it needs, and neither changing nor deleting
 * events, actions of the audit or entries of the catalogue. See `ServiceRole.ts` for who assumes that role.
 *
 * Tables that later migrations add get all rights of reading and writing, unless they are named here.
 */
export const roles: ReadonlyArray<string> = [
  `create function eventfold.grant_service(p_role name) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
  declare
    kept text;
  begin
    execute format('grant usage on schema eventfold to %I', p_role);
    execute format('grant usage, select on all sequences in schema eventfold to %I', p_role);
    execute format('grant select, insert, update, delete, truncate on all tables in schema eventfold to %I', p_role);
    foreach kept in array array['events', 'streams', 'audit_log', 'event_repairs', 'archived_streams'] loop
      execute format('revoke all on eventfold.%I from %I', kept, p_role);
      execute format('grant select on eventfold.%I to %I', kept, p_role);
    end loop;
    -- What is only ever added to.
    execute format('grant insert on eventfold.events, eventfold.audit_log, eventfold.event_repairs to %I', p_role);
    -- An append moves the version and nothing else.
    execute format('grant insert, update (version) on eventfold.streams to %I', p_role);
  end
  $$`
]
