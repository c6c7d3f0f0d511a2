/**
 * What holds of every projection: its rows are what the whole log folds to in memory, live and built anew, whatever has
 * failed, whoever has crashed, and whichever node has worked on; and so are those that appends write, for a projection
 * that may run inline. What it remembers of streams is held to the same.
 *
 * ```ts
 * for (const law of ProjectionLaws.of(OrderList, history)) it(law.name, () => Effect.runPromise(law.check))
 * ```
 *
 * Two nodes run the projection over the ports in memory, under a clock of the law's own. Every call of a port can fail
 * before it or after it, or be interrupted; nodes are killed and begun again. In the end everything works again, and what
 * has been left over is replayed.
 *
 * Gotcha: a projection that throws at events and counts without a memory must be held to the laws over histories it does
 * not throw at: inline it leaves over the one event alone, and what follows the log the rest of the partition too.
 */
import { type DomainEvent, Projection } from "@eventfold/decider"
import { layerMemory } from "@eventfold/event-store"
import { layerMemory as readSideInMemory, type ProjectionOptions } from "@eventfold/subscriptions"
import { Effect, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { type Law, make } from "./Law.ts"
import * as Following from "./ProjectionLaws/Following.ts"
import * as Inline from "./ProjectionLaws/Inline.ts"
import type { Log } from "./ProjectionLaws/Log.ts"

export type { InTenant, Log } from "./ProjectionLaws/Log.ts"

/** How a projection is put to the test. */
export interface LawOptions {
  /**
   * How it is run, such as in how many slices. Small batches by default, so that there are many. With several slices, a
   * row that depends on other streams than its own comes out.
   */
  readonly options?: ProjectionOptions.ProjectionOptions
  /** The odds that something goes wrong at a step. Default: 0.02. */
  readonly odds?: number
}

/**
 * The laws of a projection, over histories that `history` makes up: it draws from `Random`. Events need not make sense
 * together: those that the projection throws at are left over live and in memory alike.
 */
export const of = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  history: Log<NoInfer<Event>>["history"],
  options: LawOptions = {}
): ReadonlyArray<Law<never>> => ofLog(projection, { events: projection.events, history }, options)

/** The same, over a log that also has events the projection does not want. */
export const ofLog = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>,
  Logged extends DomainEvent.DomainEvent
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  log: Log<Logged>,
  { odds = 0.02, options = {} }: LawOptions = {}
): ReadonlyArray<Law<never>> => {
  const rows = `the rows of ${projection.readModel.name} are what the log folds to`
  const following = Following.check(projection, log, odds, options)
  const inline = Inline.check(projection, log, options)
  return [
    make(`${rows}, live and built anew, whoever crashes between which two steps`, alone(following)),
    ...(Projection.inlineProblem(projection) === undefined
      ? [make(`${rows} at every append, when appends write them`, alone(inline))]
      : [])
  ]
}

/** On ports of its own. */
const alone = <A, E, R>(check: Effect.Effect<A, E, R>) =>
  Effect.asVoid(check).pipe(
    Effect.scoped,
    Effect.provide(Layer.fresh(Layer.mergeAll(layerMemory, readSideInMemory, TestClock.layer()))),
    // What fails on purpose is not worth a line.
    Effect.provideService(References.MinimumLogLevel, "None")
  )
