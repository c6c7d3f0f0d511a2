/**
 * What is recorded of a process: each input with what the process did about it. Names and shapes are a storage format.
 *
 * The events of every process manager have the same names and the same outer shape; what differs is what stands in `input`
 * and in `message`. {@link unionOf} describes the events of one process manager in full, and {@link AnyProcessEvent} those
 * of all, with the differing parts as JSON, for whoever follows processes without knowing them.
 */
import { Schema } from "effect"
import type { EventUnion } from "./Decider.ts"
import * as Event from "./DomainEvent.ts"
import type { AnyCommand } from "./Message.ts"
import { schemaOf, type StoredInput } from "./ProcessInput.ts"
import type { ProcessManager, SendOf } from "./ProcessManagerShape.ts"

type Time = Schema.DateTimeUtc["Type"]

/** A process has begun, with its first input that was not ignored. */
export const ProcessStarted = Event.make("ProcessStarted", { manager: Schema.String, managerVersion: Schema.Int })
/** A timer was started, or put to another time. */
export const TimerStarted = Event.make("TimerStarted", { timer: Schema.String, dueAt: Schema.DateTimeUtc })
/** A timer was cancelled before it was due. */
export const TimerCancelled = Event.make("TimerCancelled", { timer: Schema.String })
/** Nothing more will happen. Timers that were running are cancelled with it. */
export const ProcessEnded = Event.make("ProcessEnded", { phase: Schema.String })

const inputTaken = <I>(input: Schema.Codec<I, unknown>) =>
  Event.make("InputTaken", { input, /** Where the process stands with it. */ phase: Schema.String })
const inputIgnored = <I>(input: Schema.Codec<I, unknown>) =>
  Event.make("InputIgnored", { input, because: Schema.String, phase: Schema.String })
const commandIssued = <M>(message: Schema.Codec<M, unknown>) =>
  Event.make("CommandIssued", {
    number: Schema.Int,
    /** The name of the command, its key and its payload. */
    message
  })

/** The parts all inputs have. */
const AnyInput = Schema.StructWithRest(Schema.Struct({ _tag: Schema.String }), [
  Schema.Record(Schema.String, Schema.Json)
])

/** The schema of the events of any process manager, without what only itself knows. */
export const AnyProcessEvent = Schema.Union([
  ProcessStarted,
  inputTaken(AnyInput),
  inputIgnored(AnyInput),
  commandIssued(Schema.Struct({ key: Schema.String, command: Schema.String, payload: Schema.Json })),
  TimerStarted,
  TimerCancelled,
  ProcessEnded
])
/** An event of any process manager. */
export type AnyProcessEvent = typeof AnyProcessEvent.Type

/** An event of one process manager. */
export type ProcessEvent<E extends Event.DomainEvent, C extends AnyCommand> =
  | typeof ProcessStarted.Type
  | InputTaken<E, C>
  | InputIgnored<E, C>
  | CommandIssued<C>
  | typeof TimerStarted.Type
  | typeof TimerCancelled.Type
  | typeof ProcessEnded.Type

interface Named<Tag extends string> {
  readonly _tag: Tag
  readonly occurredAt: Time
}

/** An input was taken. */
export interface InputTaken<E extends Event.DomainEvent, C extends AnyCommand> extends Named<"InputTaken"> {
  readonly input: StoredInput<E, C>
  readonly phase: string
}
/** An input came that does not fit where the process stands. */
export interface InputIgnored<E extends Event.DomainEvent, C extends AnyCommand> extends Named<"InputIgnored"> {
  readonly input: StoredInput<E, C>
  readonly because: string
  readonly phase: string
}
/** A command is to be sent. It is known by its number in the process, however often it is sent. */
export interface CommandIssued<C extends AnyCommand> extends Named<"CommandIssued"> {
  readonly number: number
  readonly message: SendOf<C>
}

/** The schema of the commands a process manager sends. */
export const messageSchemaOf = <C extends AnyCommand>(commands: ReadonlyArray<C>): Schema.Codec<SendOf<C>, unknown> => {
  const messages = commands.map(({ name, Payload }) =>
    Schema.Struct({ key: Schema.String, command: Schema.Literal(name), payload: Payload })
  )
  // Made of a list, as inputs are: see `ProcessInput.schemaOf`.
  return Schema.make<Schema.Codec<SendOf<C>, unknown>>(Schema.Union(messages).ast)
}

/** The schema of the one event of a process manager that says that a command is to be sent. */
export const issuedOf = <C extends AnyCommand>(commands: ReadonlyArray<C>): EventUnion<CommandIssued<C>> =>
  Schema.Union([commandIssued(messageSchemaOf(commands))])

/** The schemas of the events of one process manager. */
export const unionOf = <State, E extends Event.DomainEvent, C extends AnyCommand>({
  commands,
  events
}: ProcessManager<State, E, C>): EventUnion<ProcessEvent<E, C>> => {
  const input = schemaOf(events, commands)
  return Schema.Union([
    ProcessStarted,
    inputTaken(input),
    inputIgnored(input),
    commandIssued(messageSchemaOf(commands)),
    TimerStarted,
    TimerCancelled,
    ProcessEnded
  ])
}
