/**
 * What appends have stored while an effect ran: which streams, and the highest position. For consistency tokens.
 *
 * An append is noted once it is stored: what a `Transaction` takes back is not noted. Fibers the effect forks note into
 * the same place for as long as somebody looks at it.
 */
import { Context, Effect } from "effect"
import type { Appended } from "./EventStore.ts"
import type { StreamId } from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** How many streams are kept by name: a command writes to one, rarely to a few. */
export const maxStreams = 4

/** Notes appends, and hands them on to the one around it. */
export class AppendedStreams {
  /** The highest position that was noted; undefined when nothing was. */
  position: number | undefined
  /** The streams by their JSON text; one more than {@link maxStreams} at the most, to know that there were too many. */
  readonly streams = new Map<string, StreamId>()
  readonly around: AppendedStreams | undefined

  constructor(around: AppendedStreams | undefined) {
    this.around = around
  }

  /** Notes an append to a stream that ended at a position. */
  add(stream: StreamId, position: number): void {
    this.position = Math.max(this.position ?? 0, position)
    if (this.streams.size <= maxStreams) {
      this.streams.set(JSON.stringify([stream.tenant, stream.category, stream.id]), stream)
    }
    this.around?.add(stream, position)
  }
}

/** Where appends are noted; nowhere unless somebody looks. */
export const Current = Context.Reference<AppendedStreams | undefined>("@eventfold/event-store/AppendedStreams", {
  defaultValue: () => undefined
})

/** Notes appends once they are stored. `appended` are in the order of `streams`. */
export const note = (
  streams: ReadonlyArray<{ readonly stream: StreamId }>,
  appended: ReadonlyArray<Appended>
): Effect.Effect<void> =>
  Effect.flatMap(Current, (noted) =>
    noted === undefined
      ? Effect.void
      : Transaction.afterCommit(
          Effect.sync(() => {
            for (const [index, { position }] of appended.entries()) {
              const stream = streams[index]?.stream
              if (stream !== undefined) noted.add(stream, position)
            }
          })
        )
  )
