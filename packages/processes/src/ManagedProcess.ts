/**
 * A process manager made ready to be run: what it does about an input, in one transaction.
 *
 * Guarantees: what is recorded of an input, the timers it starts and ends, and what else the open transaction stores (the
 * checkpoint that moves over the event, the timer that was claimed) are stored together or not at all. A process that two
 * nodes change at the same moment is changed by one of them, and the other decides again.
 */
import { type DomainEvent, type Message, ProcessManager } from "@eventfold/decider"
import {
  CommandHandler,
  type CommandServices,
  type EventMetadata,
  type EventNotDecodable,
  type EventStoreFailure,
  StreamId,
  Transaction
} from "@eventfold/event-store"
import { EventHandler } from "@eventfold/subscriptions"
import { DateTime, Effect } from "effect"
import type { Breakers } from "./Breakers.ts"
import type { CommandSender } from "./CommandSender.ts"
import * as ProcessSending from "./ProcessSending.ts"
import { type NewTimer, type ProcessKey, type Timer, Timers } from "./Timers.ts"

/** How the processes of a process manager are run. */
export interface ProcessOptions {
  readonly sending?: ProcessSending.SendingOptions
  /** Events with a greater position only, when it is run for the first time. Default: 0, from the beginning. */
  readonly startAfter?: number
}

/** How a process stands. */
export interface ProcessStanding {
  readonly status: "new" | "running" | "ended"
  readonly phase: string
  /** The timers that run, by name, and when each is due. */
  readonly timers: { readonly [timer: string]: DateTime.Utc }
  /** The keys of the commands nothing has come back from. */
  readonly open: ReadonlyArray<string>
  /** How many events its stream has; 0: there is no such process. */
  readonly version: number
}

/** Nothing came to a process for longer than it said is normal. */
export interface StalledProcess extends ProcessKey {
  /** When something came last, or its last timer was due. */
  readonly since: DateTime.Utc
  /** When it was found. */
  readonly foundAt: DateTime.Utc
  /** The version of its stream once it was told: at a greater one something has come since. */
  readonly version: number
}

/** A process manager with what it takes to run it. */
export interface ManagedProcess {
  readonly name: string
  /** What takes its events, and what sends its commands. */
  readonly handlers: ReadonlyArray<EventHandler.ManagedHandler>
  /** Brings a timer that was claimed to its process; inside the transaction that claimed it. */
  fire(timer: Timer): Effect.Effect<void, CommandHandler.CommandFailure>
  /** Tells a process whose watch was claimed that nothing comes; inside the transaction that claimed it. */
  stall(watch: Timer): Effect.Effect<StalledProcess | undefined, CommandHandler.CommandFailure>
  standing(tenant: string, process: string): Effect.Effect<ProcessStanding, EventNotDecodable | EventStoreFailure>
}

/** What running a process manager needs. */
export type ProcessServices = CommandServices | CommandSender | Breakers | Timers | Transaction

/** A process manager to be run. `earlier` is to be done when a timer was started. */
export interface Definition {
  (earlier: Effect.Effect<void>): Effect.Effect<ManagedProcess, never, ProcessServices>
}

/** Makes a process manager ready to be run. */
export const make = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  options: ProcessOptions = {}
): Definition => {
  const { category, name } = manager
  const decider = ProcessManager.decider(manager)
  // A process that is not at hand has most probably begun already.
  const processes = CommandHandler.make(decider, { readFirst: true })
  const sender = ProcessSending.make(manager.commands, options.sending)
  const issuedOf = ProcessManager.issuedOf(manager.commands)
  return (earlier) =>
    Effect.gen(function* () {
      const context = yield* Effect.context<ProcessServices>()
      const [timers, transaction] = [yield* Timers, yield* Transaction]
      const send = yield* sender
      const streamOf = (tenant: string, process: string) => StreamId.make(tenant, category, process)

      /** Takes an input, and starts and ends timers; answers what it recorded. */
      const take = Effect.fnUntraced(function* (
        { process, tenant }: Pick<ProcessKey, "process" | "tenant">,
        input: ProcessManager.Input<Event, C>,
        metadata: EventMetadata,
        position?: number
      ) {
        const at = yield* DateTime.now
        const taken = { input, at, ...(position === undefined ? {} : { position }) }
        const handled = yield* processes.handle(streamOf(tenant, process), taken, { metadata })
        if (handled.events.length === 0) return handled
        const key: ProcessKey = { tenant, manager: name, process }
        if (handled.state.status === "ended") {
          yield* timers.cancelAll(key)
          return handled
        }
        const timer = (timer: string) => ({ ...key, purpose: "timer" as const, timer })
        const started: Array<NewTimer> = []
        const cancelled: Array<string> = []
        for (const event of handled.events) {
          if (event._tag === "TimerStarted") started.push({ ...timer(event.timer), dueAt: event.dueAt })
          if (event._tag === "TimerCancelled") cancelled.push(event.timer)
        }
        yield* timers.cancel(cancelled.map(timer))
        if (handled.state.status === "running") {
          const last = Object.values(handled.state.timers).reduce(DateTime.max, at)
          const dueAt = DateTime.addDuration(last, manager.patience)
          yield* timers.schedule([...started, { ...key, purpose: "watch", timer: progress, dueAt }])
        }
        if (started.length > 0) yield* Transaction.afterCommit(earlier)
        return handled
      }, Effect.provideContext(context))

      const taking = EventHandler.make({
        name: `process-${name}`,
        events: manager.events,
        delivery: "in-transaction",
        classify,
        partitionBy: (event, { stream }) => manager.correlate(event) ?? `${stream.category}/${stream.id}`,
        handle: (event, recorded) => {
          const process = manager.correlate(event)
          return process === undefined
            ? Effect.void
            : take({ tenant: recorded.stream.tenant, process }, event, causedBy(recorded), recorded.position)
        },
        options: { startAfter: options.startAfter ?? 0 }
      })

      const sending = EventHandler.make({
        name: `send-${name}`,
        events: issuedOf,
        classify,
        handle: Effect.fnUntraced(function* (issued, recorded) {
          const { id: process, tenant } = recorded.stream
          // Whoever begins anew, after an import for example, comes by all that was ever sent.
          const { state } = yield* Effect.provideContext(processes.load(recorded.stream), context)
          if (state.open[String(issued.number)] === undefined) return
          const input = yield* send(issued, recorded)
          yield* transaction.run(take({ tenant, process }, input, causedBy(recorded)))
        }),
        options: {
          filter: { categories: [category] },
          concurrency: ProcessSending.complete(options.sending).concurrency,
          batchSize: 256,
          timeLimit: ProcessSending.longest(options.sending)
        }
      })

      return {
        name,
        handlers: yield* Effect.all([taking, sending]),
        fire: (timer) =>
          Effect.flatMap(DateTime.now, (occurredAt) =>
            Effect.asVoid(
              take(
                timer,
                { _tag: "TimerFired", timer: timer.timer, dueAt: timer.dueAt, occurredAt },
                { causationId: `timer ${timer.timer}` }
              )
            )
          ),
        stall: Effect.fnUntraced(function* (watch) {
          const { process, tenant } = watch
          const occurredAt = yield* DateTime.now
          if (watch.timer !== progress) {
            // Made by an import, which does not know how patient the process is.
            const dueAt = DateTime.addDuration(occurredAt, manager.patience)
            yield* timers.schedule([{ tenant, manager: name, process, purpose: "watch", timer: progress, dueAt }])
            return undefined
          }
          const since = DateTime.subtractDuration(watch.dueAt, manager.patience)
          const { events, version } = yield* take(
            watch,
            { _tag: "ProcessStalled", since, occurredAt },
            { causationId: "process monitor" }
          )
          return events.length === 0
            ? undefined
            : { tenant, manager: name, process, since, foundAt: occurredAt, version }
        }),
        standing: (tenant, process) =>
          Effect.map(processes.load(streamOf(tenant, process)), ({ state, version }) => ({
            status: state.status,
            phase: manager.phase(state.state),
            timers: state.timers,
            open: Object.values(state.open),
            version
          })).pipe(Effect.provideContext(context))
      } satisfies ManagedProcess
    })
}

/** The name of the watch over a process. */
const progress = "progress"

/** What connects what follows with what it follows from. */
const causedBy = ({
  id,
  metadata: { correlationId }
}: {
  readonly id: string
  readonly metadata: EventMetadata
}): EventMetadata => ({ causationId: id, ...(correlationId === undefined ? {} : { correlationId }) })

/** What stays however often it is tried. */
const classify = (error: CommandHandler.CommandFailure): "transient" | "permanent" => {
  switch (error._tag) {
    case "EventStoreFailure":
      return error.retryable ? "transient" : "permanent"
    case "TooManyConflicts":
    case "VersionConflict":
      return "transient"
    default:
      return "permanent"
  }
}
