/** What an event hands on to whatever it leads to, in any context. */
import type { RecordedEvent } from "@eventfold/event-store"

/** What goes with everything that an event leads to. */
export const causedBy = ({ id, metadata: { correlationId } }: RecordedEvent) => ({
  causationId: id,
  ...(correlationId === undefined ? {} : { correlationId })
})
