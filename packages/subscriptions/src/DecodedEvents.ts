/** Events that are decoded one by one: what cannot be decoded holds its stream back, and nothing else. */
import { Projection } from "@eventfold/decider"
import type { EventCodec, RecordedEvent } from "@eventfold/event-store"
import { Option, Result } from "effect"
import type { HeldPartition } from "./DeadLetters.ts"
import type { LeftOver } from "./ManagedProjection.ts"

/** An event, or why it cannot be decoded. */
export type Decoded<Event> = Result.Result<EventCodec.DecodedEvent<Event>, unknown>

/** What cannot be decoded, with the later events of its stream, apart from the events that can be folded. */
export const separate = <Event>(events: ReadonlyArray<RecordedEvent>, decoded: ReadonlyArray<Decoded<Event>>) => {
  const foldable: Array<EventCodec.DecodedEvent<Event>> = []
  const unreadable: Array<LeftOver> = []
  const stuck = new Set<string>()
  for (const [index, recorded] of events.entries()) {
    const one = decoded[index]
    if (one === undefined) continue
    // Hardly ever is anything stuck, and then no names are made.
    if (Result.isSuccess(one) && stuck.size === 0) {
      foldable.push(one.success)
      continue
    }
    const partition = ofStream(recorded)
    const name = JSON.stringify([partition.tenant, partition.partition])
    if (Result.isSuccess(one) && !stuck.has(name)) foldable.push(one.success)
    else {
      const error = Result.isFailure(one) && !stuck.has(name) ? Option.some(one.failure) : Option.none()
      stuck.add(name)
      unreadable.push({ recorded, ...partition, error })
    }
  }
  return { foldable, unreadable }
}

/** The partition that the stream of an event is. */
export const ofStream = ({ stream }: Pick<RecordedEvent, "stream">): HeldPartition => ({
  tenant: stream.tenant,
  partition: Projection.streamPartition(stream)
})
