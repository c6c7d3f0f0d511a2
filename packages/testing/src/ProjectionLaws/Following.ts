/** The law of a projection that follows the log: nodes are killed and begun, and its rows are built anew meanwhile. */
import { type DomainEvent, type Projection, UtcDay } from "@eventfold/decider"
import { consumerOf, DeadLetters, ManagedProjection, type ProjectionOptions } from "@eventfold/subscriptions"
import { DateTime, Effect, Random } from "effect"
import { expectEqual } from "../Law.ts"
import * as Log from "./Log.ts"
import * as Nodes from "./Nodes.ts"

/** How many letters are compared at the most. */
const most = 1000

/** Goes through a history with a projection: live, built anew while events happen, and built anew from a day on. */
export const check = Effect.fnUntraced(function* <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>,
  Logged extends DomainEvent.DomainEvent
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  log: Log.Log<Logged>,
  odds: number,
  options: ProjectionOptions.ProjectionOptions
) {
  const managed = ManagedProjection.make(projection, smallBatches(options))
  const weather = { of: odds }
  const begin = Nodes.begin(managed, weather)
  const nodes = [yield* begin, yield* begin]
  const append = Log.appending(log)

  const happens = Effect.fnUntraced(function* (events: ReadonlyArray<Log.InTenant<Logged>>) {
    weather.of = odds
    for (const event of events) {
      yield* append(event)
      if ((yield* Random.next) < 0.3) yield* Nodes.pass(yield* Random.nextIntBetween(0, 4))
      if ((yield* Random.next) < 0.05) {
        yield* nodes.shift()?.kill ?? Effect.void
        nodes.push(yield* begin)
      }
    }
    weather.of = 0
  })

  /** Everything works again, and what has been left over is replayed. */
  const isAsFolded = Effect.gen(function* () {
    yield* Nodes.pass(2)
    const before = yield* Log.serving(managed.name)
    if (before !== undefined) {
      const consumer = consumerOf(before)
      yield* nodes[0]?.desk.replay({ consumer, by: "the law", reason: "all is well again" }) ?? Effect.void
    }
    yield* Nodes.pass(2)
    const { generation, leftOver } = yield* Log.expectFolded(projection)
    const letters = yield* (yield* DeadLetters).list({ consumer: consumerOf(generation), limit: most })
    const positions = letters.map(({ position }) => position)
    yield* expectEqual("the positions of the events left over", positions, leftOver)
    return { generation: generation.generation, leftOver }
  })

  const anew = Effect.fnUntraced(function* (
    last: number,
    from: string | undefined,
    during: ReadonlyArray<Log.InTenant<Logged>>
  ) {
    yield* nodes[0]?.rebuild.rebuild(managed.name, { from }) ?? Effect.void
    yield* happens(during)
    yield* Nodes.passUntilRead(managed.name, last + 1)
    yield* Nodes.pass(20)
    return yield* isAsFolded
  })

  const history = yield* log.history
  const [half, later] = [Math.floor(history.length / 2), Math.floor(history.length * 0.75)]
  yield* happens(history.slice(0, half))
  yield* Nodes.pass(45)
  const live = yield* isAsFolded
  const rebuilt = yield* anew(live.generation, undefined, history.slice(half, later))
  // From a date is for rows that miss nothing.
  const dated = projection.datedBy !== undefined && rebuilt.leftOver.length === 0
  if (dated) yield* anew(rebuilt.generation, yield* dayOf(history), history.slice(later))
})

/** Small batches, so that there are many of them. */
export const smallBatches = (options: ProjectionOptions.ProjectionOptions): ProjectionOptions.ProjectionOptions => ({
  batchSize: 3,
  catchUpBatchSize: 7,
  rebuildBatchSize: 5,
  ...options
})

/** A day on which something happened. */
const dayOf = Effect.fnUntraced(function* (history: ReadonlyArray<Log.InTenant<DomainEvent.DomainEvent>>) {
  const event = history[yield* Random.nextIntBetween(0, Math.max(1, history.length))]?.event
  return UtcDay.of(event?.occurredAt ?? DateTime.makeUnsafe(0))
})
