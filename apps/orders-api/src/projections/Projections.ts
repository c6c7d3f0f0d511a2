/**
 * The projections of a process: those of the contexts it hosts, and that of its sagas.
 *
 * All but two follow the log: a command does not wait for them, and a reader who must see what it did hands over its
 * consistency token. The module of a context says which of its own are kept inline.
 */
import type { DomainEvent, Projection } from "@eventfold/decider"
import { SagaRows } from "@eventfold/processes"
import { ManagedProjection, type ProjectionOptions } from "@eventfold/subscriptions"
import type { ContextModule } from "../contexts/ContextModule.ts"
import { modules } from "../contexts/Hosting.ts"

/** What is done with a projection, whatever its events and rows are; `options` say how the service runs it. */
export interface Use<A> {
  <
    Event extends DomainEvent.DomainEvent,
    Row extends object,
    Key extends keyof Row & string,
    Counter extends Projection.NumberField<Row>
  >(
    projection: Projection.Projection<Event, Row, Key, Counter>,
    options?: ProjectionOptions.ProjectionOptions
  ): A
}

/** Uses every projection of these contexts, and that of sagas; `hash` is that of personal words. */
export const each = <A>(
  hosted: ReadonlyArray<ContextModule>,
  hash: (word: string) => string,
  use: Use<A>
): ReadonlyArray<A> => [
  ...hosted.flatMap((module) => module.projections(hash, use)),
  use(SagaRows.projection, SagaRows.pacing)
]

/** The projections of these contexts, ready to be run; `hash` is that of personal words. */
export const make = (
  hosted: ReadonlyArray<ContextModule>,
  hash: (word: string) => string
): ReadonlyArray<ManagedProjection.ManagedProjection> => each(hosted, hash, ManagedProjection.make)

/** The names of the projections of all contexts. */
export const names: ReadonlyArray<string> = make(modules, String).map(({ name }) => name)
