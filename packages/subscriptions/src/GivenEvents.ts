/** Which events a projection is given, of those that are in the log. */
import type { RecordedEvent } from "@eventfold/event-store"
import type { ManagedProjection } from "./ManagedProjection.ts"

/** Whether an event is of those a projection is to be given. */
export const wantsOf = ({ eventTypes, options }: ManagedProjection) => {
  const types = new Set(eventTypes)
  const { categories, tenant } = options.filter ?? {}
  // The position is not asked for without need: before the event is stored there is none.
  return (recorded: RecordedEvent): boolean =>
    types.has(recorded.type) &&
    (options.startAfter === 0 || recorded.position > options.startAfter) &&
    (tenant === undefined || recorded.stream.tenant === tenant) &&
    (categories === undefined || categories.includes(recorded.stream.category))
}
