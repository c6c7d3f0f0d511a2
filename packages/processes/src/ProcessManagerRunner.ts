/**
 * Runs the process managers of a program, on every node: takes events, fires timers, sends commands.
 *
 * Guarantees: a process is what its stream says, so it survives whatever dies. An event is taken exactly once, in the
 * transaction that moves the checkpoint; a command takes effect once, though it may be sent again; a timer fires once, on
 * any node, when it is due or, after downtime, at once. A process that cannot go on (its events cannot be read, its code
 * throws) is a dead letter and holds no other back: see `DeadLetterDesk`.
 *
 * Gotchas: events of a process manager are taken by one node at a time, one after another. A command that its handler
 * answers slowly holds back the next of the same batch of commands: bound it with `sending.timeLimit`.
 */
import type { EventNotDecodable, EventStoreFailure } from "@eventfold/event-store"
import { HandlerRunner, type HandlerRunnerOptions, type HandlerStatus } from "@eventfold/subscriptions"
import type { PoolServices } from "@eventfold/subscriptions/ConsumerPool"
import { Context, Effect, Layer, Schema } from "effect"
import { make as nudge } from "@eventfold/subscriptions/Nudge"
import * as ManagedProcess from "./ManagedProcess.ts"
import * as TimerRunner from "./TimerRunner.ts"
import type { Timer } from "./Timers.ts"

/** There is no such process manager in this program. */
export class UnknownProcessManager extends Schema.TaggedError<UnknownProcessManager>()("UnknownProcessManager", {
  processManager: Schema.String
}) {
  override get message() {
    return `there is no process manager ${this.processManager} in this program`
  }
}

/** Runs process managers. */
export class ProcessManagerRunner extends Context.Service<
  ProcessManagerRunner,
  {
    /** The names of the process managers. */
    readonly managers: ReadonlyArray<string>
    /** How taking events and sending commands goes. It always answers; what the store does not tell is left out. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
    /** How firing timers goes. */
    readonly timers: Effect.Effect<TimerRunner.TimerRunnerStatus>
    /** How a process stands, by its stream: at least the newest events. */
    standing(
      manager: string,
      tenant: string,
      process: string
    ): Effect.Effect<ManagedProcess.ProcessStanding, UnknownProcessManager | EventNotDecodable | EventStoreFailure>
    /** Tells a process whose watch was claimed that nothing comes: for `ProcessMonitor`. */
    readonly stall: (watch: Timer) => ReturnType<ManagedProcess.ManagedProcess["stall"]>
  }
>()("@eventfold/processes/ProcessManagerRunner") {
  /** A process manager to be run. */
  static readonly run = ManagedProcess.make

  /** Runs these for as long as the layer lives. Two of one name stop the program at start. */
  static readonly layer = (
    definitions: ReadonlyArray<ManagedProcess.Definition>,
    options: HandlerRunnerOptions = {}
  ): Layer.Layer<ProcessManagerRunner, never, PoolServices | ManagedProcess.ProcessServices> =>
    Layer.effect(ProcessManagerRunner, run(definitions, options))
}

const run = Effect.fnUntraced(function* (
  definitions: ReadonlyArray<ManagedProcess.Definition>,
  options: HandlerRunnerOptions
) {
  const started = nudge()
  const made = yield* Effect.forEach(definitions, (definition) => definition(started.now))
  const byName = new Map(made.map((process) => [process.name, process]))
  const timers = yield* TimerRunner.make({
    purpose: "timer",
    managers: Array.from(byName.keys()),
    fire: (timer) => byName.get(timer.manager)?.fire(timer) ?? Effect.void
  })
  const scope = yield* Effect.scope
  const handlers = made.flatMap(({ handlers }) => handlers).map((handler) => Effect.succeed(handler))
  const built = yield* Layer.buildWithScope(Layer.fresh(HandlerRunner.layer(handlers, options)), scope)
  const runner = Context.get(built, HandlerRunner)
  yield* Effect.forkScoped(timers.run)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(started.wait("1 hour"), timers.wake)))
  return {
    managers: Array.from(byName.keys()),
    statuses: runner.statuses,
    timers: timers.status,
    standing: (manager: string, tenant: string, process: string) => {
      const found = byName.get(manager)
      return found === undefined
        ? Effect.fail(new UnknownProcessManager({ processManager: manager }))
        : found.standing(tenant, process)
    },
    stall: (watch: Timer) => byName.get(watch.manager)?.stall(watch) ?? Effect.succeed(undefined)
  }
})
