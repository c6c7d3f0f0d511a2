/**
 * A decider: everything one kind of aggregate decides, as a pure value.
 *
 * `decide` answers the events a command causes, or a typed refusal; `evolve` folds one event into the state. Neither
 * reads a clock, a random number or a database, so an aggregate is tested by calling functions.
 * Source of the shape: Jérémie Chassaing, "Functional Event Sourcing Decider" (2021).
 */
import { Result, type Schema } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import { isPersonal } from "./Personal.ts"

/** The shape of a decider. `category` names its streams and is a storage format: it never changes. */
export interface Decider<State, Command, Event extends DomainEvent, Refusal> {
  /** First part of the name of every stream of this aggregate, for example `order`. */
  readonly category: string
  /** The schema of the state: what a snapshot is checked against. */
  readonly State: Schema.Codec<State, unknown>
  /** One schema per event the aggregate can record. */
  readonly Event: EventUnion<Event>
  /** The state before the first event. */
  readonly initial: State
  /**
   * The declared version of the fold, 1 when left out. Raise it whenever `evolve` makes another state of the same
   * events: a snapshot taken under another version is not used, and nothing but this number can tell.
   */
  readonly version?: number
  /** Folds one event into the state. Total: it accepts every event in every state and never throws. */
  readonly evolve: (state: State, event: Event) => State
  /** The events a command causes in a state (none: it is already so), or why it is refused. */
  readonly decide: (command: Command, state: State) => Result.Result<ReadonlyArray<Event>, Refusal>
}

/** The schemas of an aggregate's events: a union whose members are told apart by `_tag`. */
export type EventUnion<Event extends DomainEvent> = Schema.Codec<Event, unknown> & {
  readonly members: ReadonlyArray<Schema.Codec<Event, unknown>>
}

/** The state type of a decider. */
export type State<D> = D extends Decider<infer S, any, any, any> ? S : never
/** The command type of a decider. */
export type Command<D> = D extends Decider<any, infer C, any, any> ? C : never
/** The event type of a decider. */
export type Event<D> = D extends Decider<any, any, infer E, any> ? E : never
/** The refusal type of a decider. */
export type Refusal<D> = D extends Decider<any, any, any, infer R> ? R : never

/** Checks the parts of a decider against each other and infers its types. */
export const make = <State, Command, Event extends DomainEvent, Refusal>(
  decider: Decider<State, Command, Event, Refusal>
): Decider<State, Command, Event, Refusal> => decider

/** The state after `events`, folded onto `from` (the initial state when left out). */
export const fold = <State, Command, Event extends DomainEvent, Refusal>(
  decider: Decider<State, Command, Event, Refusal>,
  events: Iterable<Event>,
  from: State = decider.initial
): State => {
  let state = from
  for (const event of events) state = decider.evolve(state, event)
  return state
}

/** What a decision led to: the new events and the state after them. */
export interface Decision<State, Event> {
  readonly events: ReadonlyArray<Event>
  readonly state: State
}

/** Decides `command` in `state` and folds the outcome; the events are deeply frozen, so nobody can change what happened. */
export const decide = <State, Command, Event extends DomainEvent, Refusal>(
  decider: Decider<State, Command, Event, Refusal>,
  command: Command,
  state: State
): Result.Result<Decision<State, Event>, Refusal> =>
  Result.map(decider.decide(command, state), (decided) => {
    const events = freeze(decided)
    return { events, state: fold(decider, events, state) }
  })

/** Decides `command` after the history `given`. */
export const decideAfter = <State, Command, Event extends DomainEvent, Refusal>(
  decider: Decider<State, Command, Event, Refusal>,
  given: Iterable<Event>,
  command: Command
): Result.Result<Decision<State, Event>, Refusal> => decide(decider, command, fold(decider, given))

/** Freezes plain objects, arrays and personal values all the way down; instances of other classes guard themselves and are left alone. */
export const freeze = <A>(value: A): A => {
  if (typeof value === "object" && value !== null) freezeObject(value)
  return value
}

// Every decoded event comes through here. Visiting objects only, without a list of the values, halves what it costs.
const freezeObject = (value: object): void => {
  // What is frozen already may hold what is not, so the way down goes on below it.
  if (Array.isArray(value)) {
    const items: ReadonlyArray<unknown> = value
    for (const item of items) if (typeof item === "object" && item !== null) freezeObject(item)
  } else if (isPlain(value)) {
    for (const key in value) {
      const item = value[key]
      if (typeof item === "object" && item !== null) freezeObject(item)
    }
  } else {
    // What is known of a person is no less a part of what happened.
    if (isPersonal(value) && value._tag === "Known") freeze(value.value)
    else return
  }
  Object.freeze(value)
}

const isPlain = (value: object): value is { readonly [key: string]: unknown } => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
