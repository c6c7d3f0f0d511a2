/**
 * What a context brings to a process that hosts it: a value for each context, in `modules/`. What the process handles, projects,
 * says, hears and runs follows from the values of the contexts it hosts, and from nothing else.
 *
 * Gotcha: names of projections, subscribers, handlers, sagas and process managers are storage formats, and those of a context are
 * the same wherever it is hosted.
 */
import { Choreography, type Limits, type Reaction } from "@eventfold/domain-fulfilment"
import type { Handler as CommandHandler } from "@eventfold/event-store/CommandBus"
import type { Handler as QueryHandler } from "@eventfold/event-store/QueryBus"
import type { EventHandler, ReadModels } from "@eventfold/subscriptions"
import type { Effect } from "effect"
import type * as Invoicing from "../billing/Invoicing.ts"
import type { CommandServices } from "../commands/CommandHandlers.ts"
import type * as Coordinated from "../fulfilment/Coordinated.ts"
import type * as Reactions from "../fulfilment/Reactions.ts"
import type * as Registrations from "../fulfilment/Registrations.ts"
import type { RunningManager, RunningSaga } from "../fulfilment/RunningProcess.ts"
import type { Hostable } from "../http/ServedBy.ts"
import type { Relay } from "../messaging/Relays.ts"
import type { Subscribers } from "../messaging/Subscribers.ts"
import type * as Telling from "../notifications/Telling.ts"
import type { Use } from "../projections/Projections.ts"
import type { Tellers } from "../queries/BetweenContexts.ts"
import type { Readers } from "../queries/QueryHandlers.ts"
import type { SettingsShape } from "../Settings.ts"

/** What the event handlers of processes may use. */
export type ReactingServices =
  | Effect.Services<typeof Coordinated.handler>
  | Effect.Services<ReturnType<typeof Reactions.handler>>
  | Effect.Services<typeof Registrations.handler>

/** What the event handlers of contexts that hear messages may use. */
export type FollowingServices = Effect.Services<typeof Invoicing.handler> | Effect.Services<typeof Telling.handler>

/** An event handler, ready to be run with these services. */
export type RunnableHandler<R> = Effect.Effect<EventHandler.ManagedHandler, never, R>

/** Something for each setting of `FULFILMENT`. */
export type ByFulfilment<A> = Readonly<Record<SettingsShape["fulfilment"], ReadonlyArray<A>>>

/** What a context brings to a process that hosts it. */
export interface ContextModule {
  readonly name: Hostable
  /** The handlers of its commands. */
  readonly commands: ReadonlyArray<CommandHandler<CommandServices>>
  /** The handlers of its queries. */
  readonly queries: ReadonlyArray<QueryHandler<Readers>>
  /** The handlers of what other contexts ask of it. */
  readonly answers: ReadonlyArray<QueryHandler<Tellers>>
  /** The handlers of what other contexts ask of its read models: a moment behind. */
  readonly figures: ReadonlyArray<QueryHandler<ReadModels>>
  /** Uses each of its projections; `hash` is that of personal words. */
  readonly projections: <A>(hash: (word: string) => string, use: Use<A>) => ReadonlyArray<A>
  /** What says to others what happens; undefined when it says nothing. */
  readonly relay: Relay | undefined
  /** What acts upon what others say. */
  readonly subscribers: Subscribers
  /** The sagas that act for it, as patient as the limits say, whatever the setting: those that run go on. */
  readonly sagas: (limits: Limits.Limits) => ReadonlyArray<RunningSaga>
  /** The process managers that act for it under each setting, as patient as the limits say. */
  readonly managers: (limits: Limits.Limits) => ByFulfilment<RunningManager>
  /** The event handlers that start its processes. */
  readonly handlers: ByFulfilment<RunnableHandler<ReactingServices>>
  /** The rows of the choreography that it reacts with, when nobody coordinates. */
  readonly reactions: ReadonlyArray<Reaction.Reaction>
  /** The event handlers that go on with what it has heard: what they do under each setting of `NOTIFICATIONS`. */
  readonly followers: Readonly<
    Record<SettingsShape["notifications"], ReadonlyArray<RunnableHandler<FollowingServices>>>
  >
}

/** A context that brings this, and nothing else. It reacts with the rows that name it, unless it says with which. */
export const make = (brings: Pick<ContextModule, "name"> & Partial<ContextModule>): ContextModule => ({
  commands: [],
  queries: [],
  answers: [],
  figures: [],
  projections: () => [],
  relay: undefined,
  subscribers: [],
  sagas: () => [],
  managers: () => always([]),
  handlers: always([]),
  reactions: reactionsOf(brings.name),
  followers: { on: [], off: [] },
  ...brings
})

/** The same under each setting of `FULFILMENT`. */
export const always = <A>(all: ReadonlyArray<A>): ByFulfilment<A> => ({
  off: all,
  orchestrated: all,
  choreographed: all
})

/** The rows of the choreography that name one of these contexts. */
export const reactionsOf = (...contexts: ReadonlyArray<string>): ReadonlyArray<Reaction.Reaction> =>
  Choreography.table.filter(({ context }) => contexts.includes(context))
