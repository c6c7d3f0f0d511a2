/**
 * Streams for which a call of one append is under way. Whoever else would be called for alone waits behind it, so that a
 * stream that somebody holds locked takes one connection, however many appends to it come; they are decided in the order
 * in which they came behind it.
 *
 * A list and not a map: there are as many lanes as calls of one append at the same moment, mostly one.
 */
import type { StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import type { Waiting } from "./AppendQueue.ts"

/** The lanes. Not for several threads. */
export interface AppendLanes<A extends Waiting> {
  /** Whether a call of one append to this stream is under way. */
  readonly isOpen: (stream: StreamId.StreamId) => boolean
  /** Puts it behind the call that is under way for its stream. `false` when there is none. */
  readonly behind: (one: A) => boolean
  /** Calls for each of these, which are of one stream: one after another, or behind the call that is under way. */
  readonly inTurn: (ofStream: ReadonlyArray<A>) => Effect.Effect<void>
  /** Takes everybody out who waits behind the call to this stream. */
  readonly takeBehind: (stream: StreamId.StreamId) => ReadonlyArray<A>
  /** A call of one append to this stream begins. What it answers says that the call has ended, and must be run then. */
  readonly open: (stream: StreamId.StreamId) => () => void
}

interface Lane<A> {
  readonly stream: StreamId.StreamId
  readonly behind: Array<A>
}

/** Lanes that call `each` for those who have waited, in a fiber of `run`. `each` must not fail. */
export const make = <A extends Waiting>(
  each: (one: A) => Effect.Effect<void>,
  run: (effect: Effect.Effect<void>) => void
): AppendLanes<A> => {
  const lanes: Array<Lane<A>> = []
  const laneOf = ({ category, id, tenant }: StreamId.StreamId) =>
    lanes.find(({ stream }) => stream.id === id && stream.category === category && stream.tenant === tenant)
  const close = (lane: Lane<A>) => lanes.splice(lanes.indexOf(lane), 1)
  // Nobody can come behind between the last look and the end of the lane.
  const isDone = (lane: Lane<A>) => {
    if (lane.behind.length > 0) return false
    close(lane)
    return true
  }
  const drain = (lane: Lane<A>) =>
    Effect.whileLoop({
      while: () => !isDone(lane),
      body: () => {
        const one = lane.behind.shift()
        return one === undefined ? Effect.void : each(one)
      },
      step: () => {}
    })
  return {
    isOpen: (stream) => laneOf(stream) !== undefined,
    behind: (one) => {
      const lane = laneOf(one.append.stream)
      lane?.behind.push(one)
      return lane !== undefined
    },
    inTurn: (ofStream) =>
      Effect.suspend(() => {
        const [first] = ofStream
        if (first === undefined) return Effect.void
        const { stream } = first.append
        const open = laneOf(stream)
        if (open !== undefined) {
          open.behind.push(...ofStream)
          return Effect.void
        }
        const lane: Lane<A> = { stream, behind: [...ofStream] }
        lanes.push(lane)
        return drain(lane)
      }),
    takeBehind: (stream) => laneOf(stream)?.behind.splice(0) ?? [],
    open: (stream) => {
      const lane: Lane<A> = { stream, behind: [] }
      lanes.push(lane)
      return () => {
        if (!isDone(lane)) run(Effect.uninterruptible(drain(lane)))
      }
    }
  }
}
