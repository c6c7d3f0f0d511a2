/**
 * What comes to a process: events of the contexts it follows, its timers, and what became of the commands it sent.
 *
 * An input is stored with what the process did about it, because a process is folded from its inputs. An event is kept in
 * the shape of the version that was newest then, and lifted to today's shape when it is read, as it is in its own stream.
 * Personal values in events and answers stand in the schemas made here, so they are sealed like everywhere else.
 */
import { Effect, Predicate, Result, Schema, SchemaGetter } from "effect"
import type { EventUnion } from "./Decider.ts"
import { type DomainEvent, nameOf, versionsOf } from "./DomainEvent.ts"
import type { AnyCommand, Command } from "./Message.ts"
import * as Personal from "./Personal.ts"

type Time = Schema.DateTimeUtc["Type"]

/** A timer of the process is due. */
export interface TimerFired {
  readonly _tag: "TimerFired"
  readonly timer: string
  /** When it was to fire; `occurredAt` is when it did. */
  readonly dueAt: Time
  readonly occurredAt: Time
}

/** Nothing has come to the process for longer than it said is normal. */
export interface ProcessStalled {
  readonly _tag: "ProcessStalled"
  /** When something came last. */
  readonly since: Time
  readonly occurredAt: Time
}

/** Which of the commands of a process it is about. */
interface Sent<Name extends string> {
  /** The name of the command. */
  readonly command: Name
  /** What the process called it when it sent it. */
  readonly key: string
  /** Its number among the commands of the process, from 1. */
  readonly number: number
  readonly occurredAt: Time
}

/** A command was answered. */
export interface CommandAnswered<Name extends string, Answer> extends Sent<Name> {
  readonly _tag: "CommandAnswered"
  readonly answer: Answer
}

/** A command was refused: the business says no. */
export interface CommandRefused<Name extends string, Refusal> extends Sent<Name> {
  readonly _tag: "CommandRefused"
  readonly refusal: Refusal
}

/** Nobody could be reached who answers the command, however often it was tried. It may have had its effect all the same. */
export interface CommandFailed<Name extends string> extends Sent<Name> {
  readonly _tag: "CommandFailed"
  /** What went wrong, for people. */
  readonly error: string
}

/** What can become of a command. */
export type OutcomeOf<C> =
  C extends Command<infer Name, any, infer Answer, infer Refusal>
    ? CommandAnswered<Name, Answer> | CommandRefused<Name, Refusal> | CommandFailed<Name>
    : never

/** All that can come to a process besides the events it follows. */
export type OwnInput<C> = TimerFired | ProcessStalled | OutcomeOf<C>

/** All that can come to a process. They are told apart by `_tag`. */
export type Input<Event extends DomainEvent, C extends AnyCommand> = Event | OwnInput<C>

/** The names an event must not have, because inputs of other kinds have them. */
export const ownTags: ReadonlySet<string> = new Set([
  "TimerFired",
  "ProcessStalled",
  "CommandAnswered",
  "CommandRefused",
  "CommandFailed"
])

/** An event as an input is stored: with its name and the version of its shape. */
export interface Happened<Event> {
  readonly _tag: "Happened"
  readonly type: string
  readonly version: number
  /** Where in the log it stands; 0 when nobody said. */
  readonly position: number
  readonly event: Event
}

/** An input in the form in which it is stored. */
export type StoredInput<Event extends DomainEvent, C extends AnyCommand> = Happened<Event> | OwnInput<C>

/** The schema of the inputs of a process that follows `events` and sends `commands`. */
export const schemaOf = <Event extends DomainEvent, C extends AnyCommand>(
  events: EventUnion<Event>,
  commands: ReadonlyArray<C>
): Schema.Codec<StoredInput<Event, C>, unknown> => {
  const members = [timerFired, processStalled, ...events.members.flatMap(happened), ...commands.flatMap(outcomes)]
  // The members come from lists, so only their names tell which of them a value is of: the type says what that makes.
  return Schema.make<Schema.Codec<StoredInput<Event, C>, unknown>>(Schema.Union(members).ast)
}

/** The schema of what can become of `commands`. */
export const outcomeSchemaOf = <C extends AnyCommand>(
  commands: ReadonlyArray<C>
): Schema.Codec<OutcomeOf<C>, unknown> =>
  Schema.make<Schema.Codec<OutcomeOf<C>, unknown>>(Schema.Union(commands.flatMap(outcomes)).ast)

const occurredAt = Schema.DateTimeUtc

const timerFired = Schema.TaggedStruct("TimerFired", { timer: Schema.String, dueAt: Schema.DateTimeUtc, occurredAt })
const processStalled = Schema.TaggedStruct("ProcessStalled", { since: Schema.DateTimeUtc, occurredAt })

const outcomes = ({ Answer, name, Refusal }: AnyCommand): ReadonlyArray<Schema.Codec<unknown, unknown>> => {
  const sent = { command: Schema.Literal(name), key: Schema.String, number: Schema.Int, occurredAt }
  return [
    Schema.TaggedStruct("CommandAnswered", { ...sent, answer: Answer }),
    Schema.TaggedStruct("CommandRefused", { ...sent, refusal: Refusal }),
    Schema.TaggedStruct("CommandFailed", { ...sent, error: Schema.String })
  ]
}

/** The newest version as it is, and older ones with the way to the newest. */
const happened = <Event extends DomainEvent>(
  newest: Schema.Codec<Event, unknown>
): ReadonlyArray<Schema.Codec<unknown, unknown>> => {
  const type = nameOf(newest)
  const stored = <A>(version: number, event: Schema.Codec<A, unknown>) =>
    Schema.TaggedStruct("Happened", {
      type: Schema.Literal(type),
      version: Schema.Literal(version),
      position: Schema.Int,
      event
    })
  const versions = versionsOf(newest)
  const lifted = Schema.toType(newest)
  return versions.toReversed().map(({ schema, version }, back) => {
    const steps = versions.slice(versions.length - 1 - back, -1)
    if (steps.length === 0) return stored(version, newest)
    const checked = Schema.decodeUnknownResult(lifted)
    return stored(
      version,
      Personal.onlyRead(
        schema.pipe(
          Schema.decodeTo(lifted, {
            decode: SchemaGetter.transformEffect((older: DomainEvent) =>
              Effect.fromResult(Result.mapError(Result.flatMap(lift(older, steps), checked), ({ issue }) => issue))
            ),
            // Only the newest version is ever written.
            encode: SchemaGetter.forbidden(() => `version ${version} of ${type} is not written any more`)
          })
        )
      )
    )
  })
}

const lift = (
  oldest: DomainEvent,
  steps: ReturnType<typeof versionsOf>
): Result.Result<unknown, Schema.SchemaError> => {
  const { _tag, occurredAt } = oldest
  let event: unknown = oldest
  for (const { upcast } of steps) {
    if (upcast === undefined) break
    const content = upcast(event)
    if (Result.isFailure(content)) return Result.fail(content.failure)
    event = { ...(Predicate.isObject(content.success) ? content.success : {}), _tag, occurredAt }
  }
  return Result.succeed(event)
}
