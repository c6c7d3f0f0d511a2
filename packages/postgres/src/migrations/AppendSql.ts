/** What the functions that append have in common, written out in each of them: a call would cost as much as the work. */

/** Announce before allocating: see `EventLog.ts`. Everybody's lock is shared, so it fails only if a stranger uses our keys. */
export const announce = `if not pg_try_advisory_xact_lock_shared(
      (17750::bigint << 48) | coalesce(pg_sequence_last_value('eventfold.event_position'), 0)
    ) then
      raise exception 'an advisory lock in the key space of the event log is held exclusively'
        using errcode = 'lock_not_available';
    end if;`

/** The columns of an event, in the order in which all of them give the values. */
export const eventColumns = `position, tenant, category, stream_id, stream_key, version,
      event_id, type, schema_version, occurred_at, recorded_at, data, metadata, append_size`
