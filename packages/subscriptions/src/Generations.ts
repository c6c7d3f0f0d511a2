/**
 * Which generations of a projection this process follows the log for, and when one of them is read.
 *
 * All of it is decided from the tables ({@link planOf}), by every node alike, each time it is asked: so a rebuild goes on
 * after a crash at any point, on whichever node, and needs nobody who leads. Old rows are dropped a while after nobody is
 * led to them any more; questions in flight are answered.
 *
 * Gotcha for inline projections: rows are written by the programs that know them. As long as a program of another version
 * writes rows of the same shape, there is no switch; but a program that does not know the projection at all appends past
 * it. Where such programs still run, let the projection `wait`, and command the rebuild when they have ended.
 */
import type { EventStore, EventStoreFailure, Transaction } from "@eventfold/event-store"
import type { Projection } from "@eventfold/decider"
import { Context, Duration, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Consumers } from "./Consumers.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import { consumerOf, writersOf } from "./GenerationConsumer.ts"
import { type Ages, isFed, type Plan, planOf, type ProgramSide, type Sight } from "./GenerationPlan.ts"
import * as GenerationSwitch from "./GenerationSwitch.ts"
import * as GenerationTables from "./GenerationTables.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import type { Generation, ReadModelStore } from "./ReadModelStore.ts"

/** How long rows are kept that are not read. */
export interface GenerationOptions {
  /** Rows that others took the place of, for questions in flight. Default: 1 minute. */
  readonly grace?: Duration.Input
  /** Rows that no program feeds go when those of another shape have been read, or they been unfinished, for so long. Default: 1 day. */
  readonly abandonedAfter?: Duration.Input
}

/** How the generations of a projection stand, and what was last seen of them. */
export interface GenerationsStatus extends Plan {
  readonly sight: Sight
  /** What came of the last try to switch in this process; undefined when there was none since. */
  readonly lastTry: GenerationSwitch.NotSwitched | undefined
}

/** For how long a program says that it writes inline rows, each time it looks. */
const presence: Duration.Input = "30 seconds"

/** Which generations are worked for. */
export class Generations extends Context.Service<
  Generations,
  {
    /** Those this process is to follow the log for now. Asked again and again; it may begin one, and drop others. */
    feed(projection: ManagedProjection): Effect.Effect<ReadonlyArray<Generation>, EventStoreFailure>
    /**
     * A generation that is being built has come to the end of the log in all its slices: it is switched to, if that can
     * be, and else at a later call. Answers whether it was.
     */
    caughtUp(
      projection: ManagedProjection,
      generation: Generation
    ): Effect.Effect<boolean, EventStoreFailure | Projection.CountTooLarge>
    /** How they stand. */
    status(projection: ManagedProjection): Effect.Effect<GenerationsStatus, EventStoreFailure>
  }
>()("@eventfold/subscriptions/Generations") {
  /** With the ages given. */
  static readonly layerWith = (
    options: GenerationOptions
  ): Layer.Layer<Generations, never, ReadModelStore | Consumers | DeadLetters | EventStore | Transaction> =>
    Layer.effect(
      Generations,
      Effect.suspend(() => make(options))
    )

  /** With the default ages. */
  static readonly layer = Generations.layerWith({})
}

const make = Effect.fnUntraced(function* (options: GenerationOptions) {
  const tables = yield* GenerationTables.make
  const services = yield* GenerationSwitch.services
  const { consumers, store } = services
  const owner = SecureRandom.uuidV7Unsafe()
  const ages: Ages = {
    grace: Duration.toMillis(options.grace ?? "1 minute"),
    abandoned: Duration.toMillis(options.abandonedAfter ?? "1 day")
  }
  const superseded = new Set<string>()
  const tried = new Map<string, GenerationSwitch.NotSwitched>()

  const look = Effect.fnUntraced(function* (projection: ManagedProjection) {
    const { mode, onChange } = projection.options
    const program: ProgramSide = { ...(yield* projection.fingerprints), onChange, inline: mode === "inline" }
    const sight = yield* tables.sight(projection)
    return { ...planOf(program, sight, ages), sight }
  })

  const sayPresent = Effect.fnUntraced(function* (serving: Generation) {
    const consumer = writersOf(serving)
    const said = consumers.acquire({ consumer, slice: 0 }, owner, presence)
    if (Option.isSome(yield* said)) return
    // Another process says so already, or nobody ever has.
    yield* consumers.register(consumer, 1, 0)
    yield* said
  })

  /** Says that this program writes the inline rows that are read: no other version's take their place meanwhile. */
  const bePresent = Effect.fnUntraced(function* (projection: ManagedProjection, { serving, standing }: Plan) {
    if (projection.options.mode !== "inline" || serving === undefined) return
    const { fingerprint } = yield* projection.fingerprints
    if (serving.fingerprint === fingerprint) yield* sayPresent(serving)
    if (standing !== "superseded") superseded.delete(projection.name)
    else if (!superseded.has(projection.name)) {
      superseded.add(projection.name)
      yield* Effect.logError(
        `the rows of ${projection.name} are written by a program of another version: what this one appends is missing ` +
          "in them until they are built anew"
      )
    }
  })

  /** Whether programs of another version append past these rows. */
  const isTooEarly = Effect.fnUntraced(function* (projection: ManagedProjection) {
    if (projection.options.mode !== "inline") return false
    const { serving, sight } = yield* look(projection)
    const { fingerprint } = yield* projection.fingerprints
    return serving !== undefined && serving.fingerprint !== fingerprint && isFed(serving, sight.consumers, sight.now)
  })

  const feed = Effect.fnUntraced(function* (projection: ManagedProjection) {
    if (projection.options.mode === "live") return []
    const plan = yield* look(projection)
    yield* bePresent(projection, plan)
    for (const generation of plan.retire) yield* store.retire(generation)
    for (const generation of plan.drop) {
      tried.delete(consumerOf(generation))
      yield* tables.drop(projection, generation)
    }
    return plan.begin ? [...plan.feed, yield* tables.begin(projection, undefined)] : plan.feed
  })

  return {
    feed,
    caughtUp: Effect.fnUntraced(function* (projection, generation) {
      // Before the switch, which keeps others waiting.
      yield* store.finish(generation, projection.readModels)
      const outcome = (yield* isTooEarly(projection))
        ? "older-program"
        : yield* GenerationSwitch.attempt(services, projection, generation)
      if (outcome === "switched" || outcome === "gone") tried.delete(consumerOf(generation))
      else tried.set(consumerOf(generation), outcome)
      if (outcome === "switched" && projection.options.mode === "inline") yield* sayPresent(generation)
      return outcome === "switched"
    }),
    status: Effect.fnUntraced(function* (projection) {
      const plan = yield* look(projection)
      const { building } = plan
      return { ...plan, lastTry: building === undefined ? undefined : tried.get(consumerOf(building)) }
    })
  } satisfies Generations["Service"]
})
