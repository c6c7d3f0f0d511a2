/**
 * Building rows anew on command, and how far that is.
 *
 * A command only begins a generation; the runners of all nodes find it and build it beside the rows that are read, and
 * readers are led to it when it has caught up (`Generations`). So a command answers at once, and what it began goes on
 * whatever becomes of this process.
 *
 * From a date: of a projection whose rows are counted and dated, only the rows from a day on are folded anew; the older
 * ones are copied in the instant of the switch. The rows are those of a full rebuild.
 */
import { UtcDay } from "@eventfold/decider"
import { EventStore, type EventStoreFailure, type Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Schema } from "effect"
import type { Consumers } from "./Consumers.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import type { Standing } from "./GenerationPlan.ts"
import { Generations } from "./Generations.ts"
import type { NotSwitched } from "./GenerationSwitch.ts"
import * as GenerationTables from "./GenerationTables.ts"
import { LiveProjections } from "./LiveProjections.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { ProjectionRunner } from "./ProjectionRunner.ts"
import type { Generation, ReadModelStore } from "./ReadModelStore.ts"
import { doneOf, progressOf, type RebuildProgress, type Sample, sampled } from "./RebuildProgress.ts"
import { UnknownProjection } from "./UnknownProjection.ts"

/** A rebuild that cannot be begun. `rule` says what must hold. */
export class RebuildRefused extends Schema.TaggedError<RebuildRefused>()("RebuildRefused", {
  projection: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the projection ${this.projection} cannot be built anew like that: ${this.rule}`
  }
}

/** What is built anew. */
export interface RebuildOptions {
  /** A day in UTC, `YYYY-MM-DD`: rows of earlier days are kept. Default: everything. */
  readonly from?: string | undefined
}

/** How the rows of a projection stand. */
export interface RebuildStatus {
  readonly projection: string
  readonly standing: Standing
  /** The generation that is read; undefined when none is. */
  readonly serving: Generation | undefined
  /** The generation that is being built, how far it is, and why it was not switched to when that was tried last. */
  readonly building:
    | {
        readonly generation: Generation
        readonly progress: RebuildProgress
        readonly waitsFor: NotSwitched | undefined
      }
    | undefined
}

type Begin = Effect.Effect<Generation | undefined, UnknownProjection | RebuildRefused | EventStoreFailure>

/** Builds rows anew. */
export class Rebuild extends Context.Service<
  Rebuild,
  {
    /**
     * Begins to build the rows of a projection anew, or answers what is being built already. None for a live projection:
     * its rows are dropped, and folded at the next question.
     */
    rebuild(projection: string, options?: RebuildOptions): Begin
    /** The same for all projections of the program, as a whole; the rows of those that are being built already go on. */
    readonly rebuildAll: Effect.Effect<ReadonlyArray<Generation>, EventStoreFailure>
    /** Drops what is being built beside rows that are up to date. Refused where it would be begun again at once. */
    cancel(projection: string): Effect.Effect<void, UnknownProjection | RebuildRefused | EventStoreFailure>
    /** How all projections but the live ones stand, by name. Asked every second or so, it tells rates. */
    readonly statuses: Effect.Effect<ReadonlyArray<RebuildStatus>, EventStoreFailure>
  }
>()("@eventfold/subscriptions/Rebuild") {
  /** For these projections: all that the program has. Where a `ProjectionRunner` is there, it begins at once. */
  static readonly layer = (
    projections: ReadonlyArray<ManagedProjection>
  ): Layer.Layer<
    Rebuild,
    never,
    Generations | LiveProjections | ReadModelStore | Consumers | DeadLetters | EventStore | Transaction
  > => Layer.effect(Rebuild, make(projections.toSorted((a, b) => (a.name < b.name ? -1 : 1))))
}

const make = Effect.fnUntraced(function* (projections: ReadonlyArray<ManagedProjection>) {
  const [generations, live, letters, log] = [
    yield* Generations,
    yield* LiveProjections,
    yield* DeadLetters,
    yield* EventStore
  ]
  const tables = yield* GenerationTables.make
  // Those of other processes look by themselves, every few seconds.
  const runner = Option.getOrUndefined(yield* Effect.serviceOption(ProjectionRunner))
  const samples = new Map<string, ReadonlyArray<Sample>>()

  const find = (name: string) => {
    const found = projections.find((one) => one.name === name)
    const known = projections.map((one) => one.name)
    return found === undefined ? Effect.fail(new UnknownProjection({ projection: name, known })) : Effect.succeed(found)
  }

  const refusalOf = Effect.fnUntraced(function* (projection: ManagedProjection, from: string | undefined) {
    const { building, serving } = yield* generations.status(projection)
    if (building !== undefined && building.from !== from) {
      return `it is being built already, ${building.from === undefined ? "from the beginning" : `from ${building.from}`}`
    }
    if (from === undefined) return undefined
    if (projection.dated === undefined) {
      return "from must be left out, because its rows are not both counted and dated (Projection.counters, datedBy)"
    }
    if (projection.options.mode === "inline") return "from must be left out, because it is written by appends"
    if (!Schema.is(UtcDay.UtcDay)(from)) return "from must be a day: YYYY-MM-DD"
    if (serving === undefined) return "from must be left out, because there are no rows of this shape to keep"
    return (yield* letters.any(consumerOf(serving)))
      ? "from must be left out, because its rows miss events that are held back as dead letters"
      : undefined
  })

  const begin = Effect.fnUntraced(function* (projection: ManagedProjection, from: string | undefined) {
    if (projection.options.mode !== "live") {
      const rule = yield* refusalOf(projection, from)
      if (rule !== undefined) return yield* new RebuildRefused({ projection: projection.name, rule })
      const begun = yield* tables.begin(projection, from)
      yield* runner?.look ?? Effect.void
      return begun
    }
    if (from !== undefined) {
      const rule = "from must be left out, because its rows are not stored"
      return yield* new RebuildRefused({ projection: projection.name, rule })
    }
    yield* live.drop(projection.name)
    return undefined
  })

  const statusOf = Effect.fnUntraced(function* (projection: ManagedProjection, end: number) {
    const { building, lastTry, serving, sight, standing } = yield* generations.status(projection)
    const status = { projection: projection.name, standing, serving }
    if (building === undefined) return { ...status, building }
    const consumer = consumerOf(building)
    const positions = sight.consumers.flatMap((state) => (state.consumer === consumer ? [state.position] : []))
    const now = sampled(samples.get(consumer) ?? [], { at: sight.now, done: doneOf(positions, end) })
    samples.set(consumer, now)
    return { ...status, building: { generation: building, progress: progressOf(now, end), waitsFor: lastTry } }
  })

  const stored = projections.filter(({ options }) => options.mode !== "live")
  return {
    rebuild: Effect.fnUntraced(function* (name, { from }: RebuildOptions = {}) {
      return yield* begin(yield* find(name), from)
    }),
    rebuildAll: Effect.gen(function* () {
      for (const name of live.names) yield* live.drop(name)
      const begun = yield* Effect.forEach(stored, (projection) => tables.begin(projection, undefined))
      yield* runner?.look ?? Effect.void
      return begun
    }),
    cancel: Effect.fnUntraced(function* (name) {
      const projection = yield* find(name)
      if (projection.options.mode === "live") return
      const { building, serving } = yield* generations.status(projection)
      if (building === undefined) return
      if (projection.options.onChange === "rebuild" && serving?.fingerprint !== building.fingerprint) {
        const rule = "what is being built must go on, because no rows of this version of the program are read"
        return yield* new RebuildRefused({ projection: name, rule })
      }
      samples.delete(consumerOf(building))
      yield* tables.drop(projection, building)
    }),
    statuses: Effect.gen(function* () {
      const end = yield* log.end
      const statuses = yield* Effect.forEach(stored, (projection) => statusOf(projection, end))
      const building = statuses.flatMap((one) =>
        one.building === undefined ? [] : consumerOf(one.building.generation)
      )
      for (const consumer of Array.from(samples.keys())) if (!building.includes(consumer)) samples.delete(consumer)
      return statuses
    })
  } satisfies Rebuild["Service"]
})
