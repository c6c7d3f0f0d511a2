/**
 * The database role the service works as, so that not even a mistake of the program changes or deletes an event.
 *
 * The login of `DATABASE_URL` owns the tables: it migrates, and its right to change events cannot be taken from it. So the
 * connections of the service assume another role, `eventfold_service` unless `DATABASE_ROLE` says otherwise, which has no
 * login and is granted what the service needs (`migrations/Roles.ts`): it appends and reads events, and neither updates,
 * deletes nor truncates them. Where the role is missing and the login may create roles, it is made. Roles belong to the
 * whole server: databases of one server share it, each with grants of its own.
 *
 * Guarantees: a login that may not create or assume the role is never taken for protected: what is so is asked of the
 * server on the very connections that are used, and told in `DatabaseInfo`, the banner, the log and the health page.
 *
 * Gotchas: a connection could put its role down again (`set role none`): this stops mistakes, not somebody who runs SQL of
 * their own. Against those, give the service a login that is only a member of the role, and let another one migrate: see
 * docs/configuration.md, which also says what PgBouncer needs.
 */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** The role when nothing else is asked for. */
export const defaultRole = "eventfold_service"

/** What a name must look like: it goes into statements and start-up packets as it is. */
export const isRoleName = (text: string): boolean => /^[a-z_][a-z0-9_]{0,62}$/u.test(text) && !text.startsWith("pg_")

/** Whether events are protected from the connections of the service, and in words for people how, or why not. */
export interface Protection {
  readonly protected: boolean
  readonly description: string
}

/**
 * Makes the role if need be, lets it have schemas of its own, and answers whether the login may assume it. Several may try
 * at once: on a server the first one makes it, and whoever was slower finds it made.
 */
export const prepare = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  role: string
): Effect.fn.Return<boolean, SqlError.SqlError> {
  if (!(yield* isAssumable(sql, role))) {
    // Whatever refuses, the question below decides: somebody else may have been faster, or the login may not do it.
    yield* sql.unsafe(makeRole(role))
    yield* sql.unsafe(letAssume(role))
    if (!(yield* isAssumable(sql, role))) return false
  }
  yield* sql.unsafe(letOwnSchemas(role))
  return true
})

const makeRole = (role: string) => `do $$ begin
  if not exists (select from pg_roles where rolname = '${role}') then
    create role "${role}" nologin;
  end if;
exception when insufficient_privilege or duplicate_object or unique_violation then null;
end $$`

const letAssume = (role: string) => `do $$ begin
  if exists (select from pg_roles where rolname = '${role}') then
    execute format('grant %I to %I', '${role}', session_user);
  end if;
exception when insufficient_privilege or unique_violation or internal_error or invalid_grant_operation then null;
end $$`

/**
 * Read models have schemas of their own, which the service makes, migrates and drops as it likes: they need no protection,
 * since the events hold all that is in them. Those that were made before there was a role are the login's.
 * One session at a time: two that grant at once get into each other's way. The key lies beside those of the log.
 */
const letOwnSchemas = (role: string) => `do $$ declare place record; begin
  perform pg_advisory_xact_lock(17750, 1);
  if has_database_privilege(current_database(), 'create with grant option')
    and not has_database_privilege('${role}', current_database(), 'create') then
    execute format('grant create on database %I to %I', current_database(), '${role}');
  end if;
  if has_schema_privilege('public', 'create with grant option')
    and not has_schema_privilege('${role}', 'public', 'create') then
    execute format('grant usage, create on schema public to %I', '${role}');
  end if;
  for place in
    select n.nspname as name from pg_namespace n
    where n.nspowner = current_user::regrole and n.nspname not in ('eventfold', 'public', 'information_schema')
      and n.nspname !~ '^pg_' and not has_schema_privilege('${role}', n.oid, 'usage')
  loop
    execute format('grant all on schema %I to %I', place.name, '${role}');
    execute format('grant all on all tables in schema %I to %I', place.name, '${role}');
    execute format('grant all on all sequences in schema %I to %I', place.name, '${role}');
  end loop;
  -- The notes of their migrations.
  for place in
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relowner = current_user::regrole
      and c.relname like '%\\_migrations' and c.relname <> 'eventfold_migrations'
      and not has_table_privilege('${role}', c.oid, 'delete')
  loop
    execute format('grant all on public.%I to %I', place.name, '${role}');
  end loop;
end $$`

/** From PostgreSQL 16 on a member may be kept from assuming a role. Superusers may assume any. */
const isAssumable = (sql: SqlClient.SqlClient, role: string): Effect.Effect<boolean, SqlError.SqlError> =>
  Effect.map(
    sql<{ readonly assumable: boolean }>`
      select coalesce(bool_or(pg_has_role(session_user, r.oid,
        case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end)), false) as assumable
      from pg_roles r where r.rolname = ${role}`,
    ([row]) => row?.assumable === true
  )

/** How events are protected from this client: by the role it works as, or by what its login lacks. */
export const protectionOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  role: string | undefined
): Effect.fn.Return<Protection, SqlError.SqlError> {
  const [found] = yield* sql<{
    readonly role: string
    readonly login: string
    readonly may_change: boolean | null
  }>`
    select current_user::text as role, session_user::text as login,
      (select has_table_privilege(c.oid, 'update, delete, truncate') from pg_class c
        where c.relname = 'events' and c.relnamespace = (
          select n.oid from pg_namespace n where n.nspname = 'eventfold')) as may_change`
  const name = found?.role ?? "unknown"
  // Before the first migration there is no table; it will be the login's, and the role's only by grant.
  const mayChange = found?.may_change ?? name === found?.login
  return mayChange
    ? {
        protected: false,
        description:
          `The service works as ${name}, which may change and delete events: only a trigger refuses that. ` +
          (role === undefined
            ? "DATABASE_ROLE asks for no other role."
            : `It could not work as ${role}: let ${found?.login} create or assume that role (docs/configuration.md).`)
      }
    : { protected: true, description: `The service works as ${name}, which cannot change or delete events.` }
})
