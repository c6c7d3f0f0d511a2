/**
 * A process as a decider: its command is an input that has come, its events are what is recorded of it.
 *
 * Guarantees: an input of its own (a timer, an outcome) that it does not wait for records nothing, nor does an event that
 * was brought before, by its position in the log; so bringing anything twice, or late, does no harm. A command is answered
 * for once, a timer fires once. Nothing is ever refused: what comes at the wrong time is recorded as ignored. After the end
 * only that happens. Before the beginning an event that cannot begin a process records nothing.
 */
import { DateTime, Result, Schema } from "effect"
import type { Decider } from "./Decider.ts"
import { type DomainEvent, nameOf, versionOf } from "./DomainEvent.ts"
import type { AnyCommand } from "./Message.ts"
import { type ProcessEvent, unionOf } from "./ProcessEvent.ts"
import type { Input, OwnInput, StoredInput } from "./ProcessInput.ts"
import { ownTags } from "./ProcessInput.ts"
import type { ProcessManager, Reaction } from "./ProcessManagerShape.ts"

type Time = Schema.DateTimeUtc["Type"]

/** Where a process stands. */
export interface Process<State> {
  readonly status: "new" | "running" | "ended"
  /** What the process manager has folded. */
  readonly state: State
  /** The timers that run, by name, and when each is due. */
  readonly timers: { readonly [timer: string]: Time }
  /** The commands nothing has come back from, by their number. */
  readonly open: { readonly [number: string]: string }
  /** How many commands it has sent. */
  readonly issued: number
  /** Where in the log the last event stands that it was given. */
  readonly position: number
}

/** Something comes to a process. */
export interface Take<Event extends DomainEvent, C extends AnyCommand> {
  readonly input: Input<Event, C>
  /** When it is taken: timers that start count from then. */
  readonly at: Time
  /** Where in the log an event stands. It must rise from event to event; one that does not was there before. */
  readonly position?: number
}

/** The decider of a process manager. */
export type ProcessDecider<State, Event extends DomainEvent, C extends AnyCommand> = Decider<
  Process<State>,
  Take<Event, C>,
  ProcessEvent<Event, C>,
  never
>

/** Makes the decider of a process manager. */
export const of = <State, Event extends DomainEvent, C extends AnyCommand>(
  manager: ProcessManager<State, Event, C>
): ProcessDecider<State, Event, C> => {
  const store = storing<Event, C>(manager)
  const initial: Process<State> = {
    status: "new",
    state: manager.initial,
    timers: {},
    open: {},
    issued: 0,
    position: 0
  }

  const evolve = (process: Process<State>, event: ProcessEvent<Event, C>): Process<State> => {
    switch (event._tag) {
      case "ProcessStarted":
        return process.status === "new" ? { ...process, status: "running" } : process
      case "InputTaken": {
        const state = manager.evolve(process.state, inputOf(event.input))
        return { ...without(process, event.input), state }
      }
      case "InputIgnored":
        return without(process, event.input)
      case "CommandIssued":
        return {
          ...process,
          issued: event.number,
          open: { ...process.open, [String(event.number)]: event.message.key }
        }
      case "TimerStarted":
        return { ...process, timers: { ...process.timers, [event.timer]: event.dueAt } }
      case "TimerCancelled":
        return { ...process, timers: omit(process.timers, event.timer) }
      case "ProcessEnded":
        return { ...process, status: "ended", timers: {} }
    }
  }

  /** What is recorded of an input that is not a repetition. */
  const decided = (
    process: Process<State>,
    { at, input, position }: Take<Event, C>
  ): ReadonlyArray<ProcessEvent<Event, C>> => {
    const occurredAt = at
    const phaseNow = manager.phase(process.state)
    const ignored = (because: string): ReadonlyArray<ProcessEvent<Event, C>> => [
      { _tag: "InputIgnored", occurredAt, input: store(input, position), because, phase: phaseNow }
    ]
    if (process.status === "ended") return ignored("the process has ended")
    const after = manager.evolve(process.state, input)
    const reaction: Reaction<C> = manager.react(process.state, input, { after, at })
    if ("ignored" in reaction) return ignored(reaction.ignored)
    const ended = manager.ended(after)
    const phase = manager.phase(after)
    const events: Array<ProcessEvent<Event, C>> = []
    if (process.status === "new") {
      const { name, version } = manager
      events.push({ _tag: "ProcessStarted", occurredAt, manager: name, managerVersion: version })
    }
    events.push({ _tag: "InputTaken", occurredAt, input: store(input, position), phase })
    for (const [index, message] of (reaction.commands ?? []).entries()) {
      events.push({ _tag: "CommandIssued", occurredAt, number: process.issued + index + 1, message })
    }
    if (ended) return [...events, { _tag: "ProcessEnded", occurredAt, phase }]
    const running = new Set(Object.keys(process.timers))
    if (input._tag === "TimerFired" && "timer" in input) running.delete(input.timer)
    const starting = reaction.start ?? []
    for (const timer of new Set(reaction.cancel)) {
      if (running.has(timer) && !starting.some((start) => start.timer === timer)) {
        events.push({ _tag: "TimerCancelled", occurredAt, timer })
      }
    }
    for (const start of starting) {
      const time = "at" in start ? start.at : DateTime.addDuration(at, start.after)
      // As it is stored: a timer is known by its time, which must be the same whoever reads it.
      const dueAt = DateTime.makeUnsafe(Math.ceil(time.epochMilliseconds))
      events.push({ _tag: "TimerStarted", occurredAt, timer: start.timer, dueAt })
    }
    return events
  }

  return {
    category: manager.category,
    State: stateOf(manager.State),
    Event: unionOf(manager),
    initial,
    version: manager.version,
    evolve,
    decide: (take, process) => {
      const { input } = take
      const isStray = process.status === "new" && !isOwn<Event, C>(input) && !manager.begins(input)
      return Result.succeed(!isStray && isAwaited(process, take) ? decided(process, take) : [])
    }
  }
}

/** Whether an input is one to look at: what a process does not wait for has been dealt with, or never was. */
const isAwaited = <State, Event extends DomainEvent, C extends AnyCommand>(
  { open, position: last, status, timers }: Process<State>,
  { input, position }: Take<Event, C>
): boolean => {
  if (!isOwn<Event, C>(input)) return position === undefined || position > last
  switch (input._tag) {
    case "TimerFired": {
      const dueAt = timers[input.timer]
      return dueAt !== undefined && DateTime.Equivalence(dueAt, input.dueAt)
    }
    case "ProcessStalled":
      return status === "running"
    default:
      // A process that has ended wants to know of no answer; that something was refused or failed is worth a line.
      return open[String(input.number)] !== undefined && (status !== "ended" || input._tag !== "CommandAnswered")
  }
}

/** Takes out what an input was waited for by. */
const without = <State, Event extends DomainEvent, C extends AnyCommand>(
  process: Process<State>,
  input: StoredInput<Event, C>
): Process<State> => {
  switch (input._tag) {
    case "TimerFired":
      return { ...process, timers: omit(process.timers, input.timer) }
    case "Happened":
      return { ...process, position: Math.max(process.position, input.position) }
    case "ProcessStalled":
      return process
    default:
      return { ...process, open: omit(process.open, String(input.number)) }
  }
}

const omit = <A>(record: { readonly [key: string]: A }, key: string): { readonly [key: string]: A } =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

/** An input as it was before it was stored. */
export const inputOf = <Event extends DomainEvent, C extends AnyCommand>(
  stored: StoredInput<Event, C>
): Input<Event, C> => (stored._tag === "Happened" ? stored.event : stored)

const isOwn = <Event extends DomainEvent, C extends AnyCommand>(input: Input<Event, C>): input is OwnInput<C> =>
  ownTags.has(input._tag)

/** From an input to its stored form: an event with the version of its shape. */
const storing = <Event extends DomainEvent, C extends AnyCommand>({
  events
}: {
  readonly events: { readonly members: ReadonlyArray<Schema.Codec<Event, unknown>> }
}) => {
  const versions = new Map(events.members.map((schema) => [nameOf(schema), versionOf(schema)]))
  return (input: Input<Event, C>, position: number = 0): StoredInput<Event, C> =>
    isOwn<Event, C>(input)
      ? input
      : { _tag: "Happened", type: input._tag, version: versions.get(input._tag) ?? 1, position, event: input }
}

const stateOf = <State>(state: Schema.Codec<State, unknown>): Schema.Codec<Process<State>, unknown> =>
  Schema.Struct({
    status: Schema.Literals(["new", "running", "ended"]),
    state,
    timers: Schema.Record(Schema.String, Schema.DateTimeUtc),
    open: Schema.Record(Schema.String, Schema.String),
    issued: Schema.Int,
    position: Schema.Int
  })
