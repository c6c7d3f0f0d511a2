/**
 * Reads the stored events of one name, of every version there has been.
 *
 * An event of the newest version is decoded and nothing else. An older one is decoded with the schema of its own version
 * and then taken from version to version; every step is checked against the schema it leads to. The stored event stays
 * as it is. Whatever goes wrong is a value that names the version that did not accept it, also when a function throws.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import { Cause, type DateTime, Predicate, Result, Schema } from "effect"
import * as EventShape from "./EventShape.ts"

/** Why stored data makes no event. */
export interface Unreadable {
  /** The version whose schema or function did not accept it. */
  readonly failedAt: number
  readonly reason: string
  /** What was thrown, if something was. */
  readonly cause?: unknown
}

/** Reads data of one version; the event it answers is deeply frozen. */
export type Reader<Event> = (data: Schema.JsonObject, occurredAt: DateTime.Utc) => Result.Result<Event, Unreadable>

/**
 * One reader for each version of an event.
 *
 * @throws Error when there is no way from version 1 to the newest: a mistake of the program, found at start.
 */
export const make = <Event extends DomainEvent.DomainEvent>(
  newest: Schema.Codec<Event, unknown>,
  shape: EventShape.EventShape<Event>
): ReadonlyMap<number, Reader<Event>> => {
  const versions = DomainEvent.versionsOf(newest)
  const current = DomainEvent.versionOf(newest)
  checkComplete(DomainEvent.nameOf(newest), current, versions[0]?.version ?? current)
  const check = Schema.decodeUnknownResult(Schema.toType(newest))
  const readers = new Map<number, Reader<Event>>()
  for (const [index, { schema, version }] of versions.entries()) {
    if (version === current) continue
    const older = EventShape.make(schema)
    const steps = versions.slice(index, -1)
    readers.set(
      version,
      guarded(version, (data, occurredAt) => {
        const decoded = older.decode(data, occurredAt)
        if (Result.isFailure(decoded)) return Result.fail({ failedAt: version, reason: decoded.failure })
        const lifted = lift(decoded.success, steps)
        if (Result.isFailure(lifted)) return Result.fail(lifted.failure)
        const event = check(lifted.success)
        return Result.isFailure(event)
          ? Result.fail({ failedAt: current, reason: `as version ${current}: ${event.failure.message}` })
          : Result.succeed(Decider.freeze(event.success))
      })
    )
  }
  const unreadable = (reason: string): Unreadable => ({ failedAt: current, reason })
  const read: Reader<Event> = (data, occurredAt) => {
    const event = Result.mapError(shape.decode(data, occurredAt), unreadable)
    if (Result.isSuccess(event)) Decider.freeze(event.success)
    return event
  }
  return readers.set(current, guarded(current, read))
}

/** Takes an event from version to version, up to the newest, which the caller checks. */
const lift = (
  oldest: DomainEvent.DomainEvent,
  steps: ReadonlyArray<DomainEvent.EventVersion>
): Result.Result<unknown, Unreadable> => {
  const { _tag, occurredAt } = oldest
  let event: unknown = oldest
  for (const { upcast, version } of steps) {
    if (upcast === undefined) break
    try {
      const content = upcast(event)
      if (Result.isFailure(content)) {
        return Result.fail({ failedAt: version, reason: `as version ${version}: ${content.failure.message}` })
      }
      // Neither the name nor the time of what happened is for an upcaster to change.
      event = { ...(Predicate.isObject(content.success) ? content.success : {}), _tag, occurredAt }
    } catch (error) {
      const { cause, reason } = thrown(error)
      return Result.fail({
        failedAt: version + 1,
        reason: `from version ${version} to ${version + 1}: ${reason}`,
        cause
      })
    }
  }
  return Result.succeed(event)
}

/** One stored event that makes a schema throw must not end a program that has a thousand others to read. */
const guarded =
  <Event>(version: number, read: Reader<Event>): Reader<Event> =>
  (data, occurredAt) => {
    try {
      return read(data, occurredAt)
    } catch (error) {
      return Result.fail({ failedAt: version, ...thrown(error) })
    }
  }

/** What was thrown, and what it says; schemas wrap what their code throws. */
const thrown = (error: unknown) => {
  const cause = error instanceof Error && Cause.isCause(error.cause) ? Cause.squash(error.cause) : error
  return { reason: cause instanceof Error ? cause.message : String(cause), cause }
}

const checkComplete = (type: string, current: number, oldest: number) => {
  if (oldest === 1) return
  const missing = oldest === 2 ? "version 1" : `versions 1 to ${oldest - 1}`
  throw new Error(
    `Event ${type} is at version ${current}, and nothing says how ${missing} of it can be read. ` +
      `Declare version 1 with DomainEvent.make("${type}", fields) ` +
      `and each later one with DomainEvent.nextVersion(versionBefore, fields, upcast), up to version ${current}`
  )
}
