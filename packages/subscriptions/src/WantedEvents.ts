/**
 * Which events the read models of a program are made of.
 *
 * A checkpoint passes events that its projection does not want once a second at the most, since to move it is a write. With
 * this, who asks for rows finds out by a read that nothing of what is missing concerns them, whichever process projects.
 */
import type { LogFilter } from "@eventfold/event-store"
import { Context, Layer } from "effect"
import type { ManagedProjection } from "./ManagedProjection.ts"

/** Which events read models are made of. */
export class WantedEvents extends Context.Service<
  WantedEvents,
  {
    /** The events a read model is made of; undefined for one the program does not project. */
    filterOf(readModel: string): LogFilter | undefined
  }
>()("@eventfold/subscriptions/WantedEvents") {
  /** For these projections: all that the program has. */
  static readonly layer = (projections: ReadonlyArray<ManagedProjection>): Layer.Layer<WantedEvents> =>
    Layer.sync(WantedEvents, () => {
      const filters = new Map(
        projections.map(({ eventTypes, name, options }) => [name, { ...options.filter, types: eventTypes }])
      )
      return { filterOf: (readModel) => filters.get(readModel) }
    })
}
