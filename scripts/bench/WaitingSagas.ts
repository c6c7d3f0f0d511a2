/**
 * A process of `waiting.ts`, with the URL of the database, what it is to do and how many sagas wait:
 *
 * - `fill`: says what it holds with no saga; starts the sagas, of which each fails its first attempt and waits for an hour,
 *   but for one that waits for a second; says what it holds then, and is killed by itself, so that nothing is handed over.
 * - `restart`: says how long after its start the one that was due has been gone on with, and what it holds then.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Message, Saga } from "@eventfold/decider"
import type { CommandOutcome } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import {
  Breakers,
  CommandNotSent,
  CommandSender,
  SagaRows,
  SagaRunner,
  type SagaStatistics
} from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  ManagedProjection,
  ProjectionRunner,
  ReadModels,
  Subscriptions
} from "@eventfold/subscriptions"
import { Console, Effect, Layer, Redacted, Schedule, Schema } from "effect"
import { Reactivity } from "effect/reactivity"

const [, , url = "", task = "fill", count = "0"] = process.argv
const sagas = Number(count)
const tenant = "bench"

const call = Message.command({
  context: "bench",
  payload: Schema.TaggedStruct("Call", { id: Schema.String }),
  answer: Schema.Null
})
const waitingFor = (name: string, first: "1 second" | "1 hour") =>
  Saga.make({ name, input: Schema.Struct({ id: Schema.String }) })
    .step("call", call, {
      send: ({ input }) => ({ _tag: "Call" as const, id: input.id }),
      retry: { first },
      compensate: Saga.nothing("nothing is done")
    })
    .end()
const [hour, second] = [waitingFor("waits-an-hour", "1 hour"), waitingFor("waits-a-second", "1 second")]

// While it fills nobody is there; afterwards somebody is.
const answered: CommandOutcome = { _tag: "Answered", answer: null }
const sender = Layer.succeed(CommandSender, {
  send: (command) =>
    task === "fill"
      ? Effect.fail(new CommandNotSent({ command, reason: "nobody is there", ofOutside: true }))
      : Effect.succeed(answered)
})

const layer = SagaRunner.layer([hour, second]).pipe(
  Layer.provide([sender, Breakers.layer()]),
  Layer.provideMerge(ProjectionRunner.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])),
  Layer.provideMerge(Layer.merge(Generations.layer, ReadModels.layer)),
  Layer.provide([ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer]),
  Layer.provideMerge(layerPostgres),
  Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 32 }))
)

/** What this process holds, in MiB, once it has given back what it needs no more. */
const held = Effect.sync(() => {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" })
  const { heapUsed, rss } = process.memoryUsage()
  return { rss: Math.round(rss / 2 ** 20), heap: Math.round(heapUsed / 2 ** 20) }
})

/** Looks until it is so, for ten minutes at the most; rows that are built for the first time are there in a moment. */
const until = (isSo: (statistics: SagaStatistics) => boolean) =>
  Effect.flatMap(SagaRunner, (runner) => runner.statistics(tenant)).pipe(
    Effect.catchTag("ReadModelNotReady", () => Effect.void),
    Effect.repeat({
      until: (statistics) => statistics !== undefined && isSo(statistics),
      schedule: Schedule.spaced("20 millis")
    }),
    Effect.timeout("10 minutes")
  )

const fill = Effect.gen(function* () {
  const runner = yield* SagaRunner
  yield* until(() => true)
  const idle = yield* held
  const begun = performance.now()
  const started = (saga: typeof hour, id: string) =>
    Effect.andThen(runner.start(saga, { id, tenant, input: { id } }), runner.settled({ tenant, id }))
  yield* Effect.forEach(
    Array.from({ length: sagas }, (_, index) => `waiting-${index}`),
    (id) => started(hour, id),
    {
      concurrency: 64,
      discard: true
    }
  )
  const seconds = (performance.now() - begun) / 1000
  yield* until(({ waiting }) => waiting === sagas)
  const waiting = yield* held
  yield* started(second, "due")
  yield* until((statistics) => statistics.waiting === sagas + 1)
  return { idle, waiting, startedPerSecond: Math.round(sagas / seconds) }
})

const restart = Effect.gen(function* () {
  yield* until(({ completed, waiting }) => completed === 1 && waiting === sagas)
  // Since this process began to be started.
  const seconds = Math.round(performance.now() / 100) / 10
  return { seconds, waiting: yield* held }
})

const work = Effect.gen(function* () {
  yield* Console.log(JSON.stringify(yield* task === "fill" ? fill : restart))
  // Written by now: what goes to a pipe is.
  yield* Effect.sync(() => process.kill(process.pid, "SIGKILL"))
})

work.pipe(Effect.provide(Layer.provideMerge(layer, Reactivity.layer)), NodeRuntime.runMain)
