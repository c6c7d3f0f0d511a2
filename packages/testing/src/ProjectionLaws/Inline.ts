/** The law of a projection whose rows are written by the appends themselves. */
import { type DomainEvent, type Projection } from "@eventfold/decider"
import { InlineProjections, ManagedProjection, type ProjectionOptions } from "@eventfold/subscriptions"
import { Effect, Layer, Random } from "effect"
import { smallBatches } from "./Following.ts"
import * as Log from "./Log.ts"
import * as Nodes from "./Nodes.ts"

/** Goes through a history: rows are built over its beginning, written by appends, and built anew in the middle. */
export const check = Effect.fnUntraced(function* <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>,
  Logged extends DomainEvent.DomainEvent
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  log: Log.Log<Logged>,
  options: ProjectionOptions.ProjectionOptions
) {
  const managed = ManagedProjection.make(projection, { ...smallBatches(options), mode: "inline" })
  const append = Log.appending(log)
  const history = yield* log.history
  const third = Math.floor(history.length / 3)
  for (const event of history.slice(0, third)) yield* append(event)
  yield* Layer.build(Layer.fresh(InlineProjections.layer([managed])))
  const { rebuild } = yield* Nodes.begin(managed, { of: 0 })
  yield* Nodes.passUntilRead(managed.name, 1)

  // No time goes by between an append and the look at its rows.
  const happens = Effect.fnUntraced(function* (events: ReadonlyArray<Log.InTenant<Logged>>) {
    for (const event of events) {
      yield* append(event)
      if ((yield* Random.next) < 0.2) yield* Log.expectFolded(projection)
    }
    yield* Log.expectFolded(projection)
  })
  yield* happens(history.slice(third, 2 * third))
  yield* rebuild.rebuild(managed.name)
  yield* Nodes.pass(1)
  const rest = history.slice(2 * third)
  yield* happens(rest.slice(0, Math.floor(third / 2)))
  yield* Nodes.passUntilRead(managed.name, 2)
  yield* happens(rest.slice(Math.floor(third / 2)))
})
