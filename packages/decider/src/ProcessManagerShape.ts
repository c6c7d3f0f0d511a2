/** The shape of a process manager: what it is given, and what it answers. See `ProcessManager.ts`. */
import type { Duration, Schema } from "effect"
import type { EventUnion } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import type { AnyCommand, Command } from "./Message.ts"
import type { Input } from "./ProcessInput.ts"

type Time = Schema.DateTimeUtc["Type"]

/** A command that is to be sent. `ProcessManager.send` makes it. */
export interface Send<Name extends string, Payload> {
  /** What the process calls it: outcomes come back under this name. */
  readonly key: string
  readonly command: Name
  readonly payload: Payload
}

/** A command that is to be sent, one of these. */
export type SendOf<C> = C extends Command<infer Name, infer Payload, any, any> ? Send<Name, Payload> : never

/** A timer that is to start: after a time from now on, or at a time. One of the same name is put to the new time. */
export type StartTimer =
  | { readonly timer: string; readonly after: Duration.Input }
  | { readonly timer: string; readonly at: Time }

/** What a process does about an input. */
export interface Actions<C extends AnyCommand> {
  readonly commands?: ReadonlyArray<SendOf<C>>
  readonly start?: ReadonlyArray<StartTimer>
  /** The names of timers that are not to fire any more. One that does not run is no mistake. */
  readonly cancel?: ReadonlyArray<string>
}

/** The input comes at the wrong time: the process stays as it is, and everybody can see what came and why it was left. */
export interface Ignored {
  readonly ignored: string
}

/** What `react` answers. */
export type Reaction<C extends AnyCommand> = Actions<C> | Ignored

/** What `react` is given besides the state before the input, and the input. */
export interface Circumstances<State> {
  /** The state that `evolve` makes of the state and the input. */
  readonly after: State
  /** When the input is taken: what `after` of a timer counts from. */
  readonly at: Time
}

/** What is needed to declare a process manager. */
export interface Declaration<State, Event extends DomainEvent, C extends AnyCommand> {
  /** 1 to 40 lower-case letters, digits, `_` and `-`. A storage format: it names the streams. */
  readonly name: string
  /** Raise it when `evolve` makes another state of the same inputs. 1 when left out. */
  readonly version?: number
  /** One schema per event it follows, of whatever contexts. One that was taken once must stay here. */
  readonly events: EventUnion<Event>
  /** The commands it sends. One that was sent once must stay here. */
  readonly commands: ReadonlyArray<C>
  /** Which process an event belongs to; `undefined`: to none of these. */
  readonly correlate: (event: Event) => string | undefined
  /**
   * Whether an event can begin a process. One that cannot, and belongs to a process that has not begun, leaves no trace:
   * `react` is not asked. Left out: every event can.
   */
  readonly begins?: (event: Event) => boolean
  readonly State: Schema.Codec<State, unknown>
  readonly initial: State
  /** Folds an input into the state. Total and pure. It is not asked about inputs that are ignored. */
  readonly evolve: (state: State, input: Input<Event, C>) => State
  /** What is to be done about an input that comes in a state. Total and pure. */
  readonly react: (state: State, input: Input<Event, C>, circumstances: Circumstances<State>) => Reaction<C>
  /** Whether nothing more is to happen: its timers are cancelled, and what comes later is ignored. */
  readonly ended: (state: State) => boolean
  /** Where it stands, in a word for people and diagrams. `running` when left out. */
  readonly phase?: (state: State) => string
  /** How long it may stand still, no timer running, until somebody should look. Default: 1 hour. */
  readonly patience?: Duration.Input
}

/** A process manager as a value. `ProcessManager.make` builds it. */
export interface ProcessManager<State, Event extends DomainEvent, C extends AnyCommand> extends Required<
  Declaration<State, Event, C>
> {
  /** The category of its streams: `process-` and its name. */
  readonly category: string
}
