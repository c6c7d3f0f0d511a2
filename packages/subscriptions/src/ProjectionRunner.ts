/**
 * Runs the projections of a program that follow the log, on every node: the nodes compete for their slices. Of those that
 * appends write it tells the status, and lets their dead letters be replayed.
 *
 * It looks every few seconds which generations of its projections are to be worked for, and at once when it is told to, so
 * that rows that are built anew by another node are worked for here too.
 *
 * Guarantees: a projection that cannot be worked for disturbs no other. `stop` and `start` are stored, and all nodes obey,
 * within the third of a lease. When the program ends, leases are given back.
 */
import type { EventStore, EventStoreFailure } from "@eventfold/event-store"
import { Context, type Duration, Effect, Layer, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import type { ConsumerPool as Pool, PoolServices } from "./ConsumerPool.ts"
import * as ConsumerPool from "./ConsumerPool.ts"
import * as ConsumerReport from "./ConsumerReport.ts"
import { Consumers } from "./Consumers.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import { Generations } from "./Generations.ts"
import * as InlineWork from "./InlineWork.ts"
import * as LeaseKeeper from "./LeaseKeeper.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { NodePlacement } from "./NodePlacement.ts"
import * as Nudge from "./Nudge.ts"
import type { GenerationStatus, ProjectionStatus } from "./ProjectionStatus.ts"
import * as ProjectionWork from "./ProjectionWork.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"
import { UnknownProjection } from "./UnknownProjection.ts"

/** How projections are run. */
export interface RunnerOptions {
  /** One text per process that competes for slices. Default: that of `NodePlacement`, else a new one each time. */
  readonly owner?: string
  /** After this time a process that is not heard of any more is replaced. Default: 3 s. */
  readonly leaseTime?: Duration.Input
  /** How often to look which generations are to be worked for. Default: 5 s, and 1 s while something is being built. */
  readonly watchEvery?: Duration.Input
}

/** Nobody follows the log for the projection, so nobody can be stopped or started. */
export class ProjectionNotFollowed extends Schema.TaggedError<ProjectionNotFollowed>()("ProjectionNotFollowed", {
  projection: Schema.String,
  mode: Schema.Literals(["inline", "live"])
}) {
  /** Why that is so. */
  get rule() {
    return this.mode === "inline"
      ? "its rows are written by appends, in their transactions"
      : "its rows are folded when they are asked for"
  }
  override get message() {
    return `the projection ${this.projection} cannot be stopped or started: ${this.rule}`
  }
}

type StopOrStart = Effect.Effect<void, UnknownProjection | ProjectionNotFollowed | EventStoreFailure>

/** Runs projections. */
export class ProjectionRunner extends Context.Service<
  ProjectionRunner,
  {
    readonly projections: ReadonlyArray<ManagedProjection>
    /** How the projections are doing, by name. It always answers; what the store does not tell is left out. */
    readonly statuses: Effect.Effect<ReadonlyArray<ProjectionStatus>>
    /**
     * Nobody works for the projection any more, on any node, until it is started; nor for its rows when they are built
     * anew meanwhile. Its rows can still be read. A program with another version of it goes on with its own rows.
     */
    stop(projection: string): StopOrStart
    /** Lets the nodes work for the projection again, from where it was stopped. */
    start(projection: string): StopOrStart
    /** Looks now which generations are to be worked for, rather than in a few seconds. */
    readonly look: Effect.Effect<void>
  }
>()("@eventfold/subscriptions/ProjectionRunner") {
  /** Runs these projections for as long as the layer lives. */
  static readonly layer = (
    projections: ReadonlyArray<ManagedProjection>,
    options: RunnerOptions = {}
  ): Layer.Layer<ProjectionRunner, never, PoolServices | Generations | ReadModelStore> =>
    Layer.effect(ProjectionRunner, make(projections, options))
}

const make = Effect.fnUntraced(function* (projections: ReadonlyArray<ManagedProjection>, options: RunnerOptions) {
  const owner = options.owner ?? (yield* NodePlacement).node ?? SecureRandom.uuidV7Unsafe()
  const { leaseTime = LeaseKeeper.usualTime, watchEvery = "5 seconds" } = options
  const consumers = yield* Consumers
  const context = yield* Effect.context<PoolServices | ReadModelStore | EventStore>()
  const watched = yield* Effect.forEach(
    projections.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    (projection) => watch(projection, { owner, leaseTime, watchEvery })
  )

  const find = (name: string) => {
    const found = watched.find(({ projection }) => projection.name === name)
    const known = watched.map(({ projection }) => projection.name)
    return found === undefined ? Effect.fail(new UnknownProjection({ projection: name, known })) : Effect.succeed(found)
  }
  const setStopped = Effect.fnUntraced(function* (name: string, stopped: boolean) {
    const { fed, pool, projection } = yield* find(name)
    const { mode } = projection.options
    if (mode !== "async") return yield* new ProjectionNotFollowed({ projection: name, mode })
    for (const generation of yield* fed) {
      yield* consumers.setStopped(consumerOf(generation), stopped)
      yield* pool.nudge(consumerOf(generation))
    }
  })

  const workers = Effect.sync(() => watched.flatMap(({ pool }) => pool.running()).flatMap(({ workers }) => workers))
  yield* workers.pipe(
    Effect.flatMap(Effect.forEach(({ recorder }) => recorder.measure)),
    Effect.repeat(Schedule.spaced("1 second")),
    Effect.forkScoped
  )

  return {
    projections,
    statuses: Effect.provideContext(
      Effect.forEach(watched, ({ status }) => status, { concurrency: 4 }),
      context
    ),
    stop: (name: string) => setStopped(name, true),
    start: (name: string) => setStopped(name, false),
    look: Effect.forEach(watched, ({ look }) => look, { discard: true })
  }
})

/** Works for the generations of one projection. */
const watch = Effect.fnUntraced(function* (projection: ManagedProjection, options: Required<RunnerOptions>) {
  const [consumers, generations, store] = [yield* Consumers, yield* Generations, yield* ReadModelStore]
  const nudge = Nudge.make()
  const pool: Pool = yield* ConsumerPool.make({ ...options, onEnd: nudge.now })
  const written = yield* InlineWork.make(projection)
  let [current, problem] = [[] as ReadonlyArray<Generation>, undefined as string | undefined]

  const look = Effect.gen(function* () {
    current = yield* generations.feed(projection)
    yield* written.look
    yield* pool.keep(current.map((generation) => ProjectionWork.of(projection, generation, store)))
    let switched = false
    for (const generation of current) {
      if (generation.state === "building" && (yield* isCaughtUp(consumers, pool, generation))) {
        switched = (yield* generations.caughtUp(projection, generation)) || switched
      }
    }
    problem = undefined
    return switched
  })

  const again = Effect.gen(function* () {
    const switched = yield* look.pipe(
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          if (problem === undefined) yield* Effect.logWarning(`the projection ${projection.name} cannot be run`, cause)
          problem = "the store does not answer which rows to work for"
          return false
        })
      )
    )
    if (switched) return
    const building = problem !== undefined || current.some(({ state }) => state === "building")
    yield* nudge.wait(building ? "1 second" : options.watchEvery)
  })
  yield* Effect.forkScoped(Effect.forever(again))

  const status = Effect.gen(function* () {
    const reports = yield* ConsumerReport.of(pool.running())
    const inline = yield* written.status
    const followed = current.flatMap((generation): ReadonlyArray<GenerationStatus> => {
      const report = reports.find(({ consumer }) => consumer === consumerOf(generation))
      const { generation: number, state } = generation
      return report === undefined ? [] : [{ ...report, generation: number, generationState: state }]
    })
    const found = inline === undefined ? followed : [inline, ...followed]
    const shown = found.find(({ generationState }) => generationState === "serving") ?? found.at(-1)
    return {
      projection: projection.name,
      mode: projection.options.mode,
      current: shown,
      generations: found,
      problem: problem ?? shown?.problem
    } satisfies ProjectionStatus
  })
  return { projection, pool, look: nudge.now, status, fed: Effect.suspend(() => generations.feed(projection)) }
})

/**
 * Whether all slices are past where one of them, worked for here, came to the end of the log for the first time. The others
 * may be worked for elsewhere.
 */
const isCaughtUp = Effect.fnUntraced(function* (consumers: Consumers["Service"], pool: Pool, generation: Generation) {
  const consumer = consumerOf(generation)
  const running = pool.running().find(({ work }) => work.consumer === consumer)
  const ends = running?.workers.flatMap(({ recorder }) => recorder.reachedEnd() ?? []) ?? []
  if (ends.length === 0) return false
  const states = yield* consumers.states([consumer])
  return states.length > 0 && states.every(({ position }) => position >= Math.min(...ends))
})
