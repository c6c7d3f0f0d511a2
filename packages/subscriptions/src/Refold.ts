/**
 * Makes the rows of streams anew from their events, in place: for when what the events say has changed, as it does when a
 * person is forgotten.
 *
 * Guarantees: one transaction per stream and generation, in which nobody else moves the consumer: so a row is the fold of
 * the events its consumer has dealt with, at every moment. Events that are dead letters stay that. Whoever works for the
 * consumer loses its lease, and so asks anew which letters there are; caches see by it that rows may have changed.
 *
 * Gotchas: an archived stream shows no events to a store without `WholeHistory`: its row is left as it is, and the answer
 * names it. The row is deleted and made anew: `changes` of `ConsumerProgress` tells of it like of any other change.
 */
import { EventStore, type RecordedEvent, type StreamId, Transaction } from "@eventfold/event-store"
import { Effect, Option, Schema } from "effect"
import { letterOf } from "./LeftOverLetter.ts"
import { ConsumerProgress } from "./ConsumerProgress.ts"
import { Consumers, type ConsumerState } from "./Consumers.ts"
import { inSlice } from "./ConsumerWork.ts"
import { DeadLetters, type HeldPartition } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import { wantsOf } from "./GivenEvents.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import * as ProjectionWork from "./ProjectionWork.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** The rows of the projection do not belong to one stream each: build it anew as a whole. */
export class RowsNotByStream extends Schema.TaggedError<RowsNotByStream>()("RowsNotByStream", {
  projection: Schema.String
}) {
  override get message() {
    return `the rows of ${this.projection} do not belong to one stream each: build it anew as a whole`
  }
}

const pageSize = 1000

/** Makes the rows of streams anew. Answers the streams that show no events here, whose rows it has left as they are. */
export const refold = Effect.fn("refold")(function* (
  projection: ManagedProjection,
  streams: ReadonlyArray<StreamId.StreamId>
) {
  const { clear } = projection
  if (clear === undefined) return yield* new RowsNotByStream({ projection: projection.name })
  const [rows, transaction, progress] = [yield* ReadModelStore, yield* Transaction, yield* ConsumerProgress]
  const generations = (yield* rows.generations(projection.name)).filter(({ state }) => state !== "retired")
  const { fingerprint } = yield* projection.fingerprints
  const left: Array<StreamId.StreamId> = []
  for (const stream of streams) {
    for (const generation of generations) {
      if (generation.fingerprint !== fingerprint) continue
      const done = yield* transaction.run(ofOne(projection, clear, generation, stream))
      if (done === "no-events") left.push(stream)
      else if (done !== "gone") {
        const consumer = consumerOf(generation)
        yield* progress.tell({ consumer, title: projection.name, from: done.position, ...done })
      }
    }
  }
  return Array.from(new Set(left))
})

/**
 * Makes the row of a stream in a generation anew, in the transaction that is open. `gone`: nobody feeds the generation any
 * more.
 */
const ofOne = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  clear: Exclude<ManagedProjection["clear"], undefined>,
  listed: Generation,
  stream: StreamId.StreamId
) {
  const [consumers, letters, rows] = [yield* Consumers, yield* DeadLetters, yield* ReadModelStore]
  // First the fence, then the consumer, as a switch does: two who want both never wait for each other.
  if (projection.options.mode === "inline") yield* rows.fenceAppends(projection.name)
  const states = yield* consumers.hold(consumerOf(listed))
  // Somebody may have switched since it was listed.
  const now = yield* rows.generations(projection.name)
  const generation = now.find((one) => one.generation === listed.generation)
  if (generation === undefined || generation.state === "retired") return "gone"
  const work = ProjectionWork.of(projection, generation, rows)
  // Rows that are written by appends have no checkpoint: nobody appends until this is done.
  const written = ProjectionWork.isWritten(projection, generation)
  const { position, slice } = written ? { position: Number.MAX_SAFE_INTEGER, slice: 0 } : sliceOf(states, stream)
  const first = yield* letters.blocking(work.consumer, [stream], position)
  const upTo = Option.isSome(first) ? first.value.position - 1 : position
  const wanted = yield* wantedOf(projection, work.consumer, stream, upTo)

  const changed = new Set<string>()
  let held: ReadonlyArray<HeldPartition> = []
  let [from, cleared] = [1, false]
  while (true) {
    const page = yield* (yield* EventStore).readPage(stream, { direction: "forwards", from, limit: pageSize })
    if (page.length > 0 && !cleared) {
      cleared = true
      yield* clear(generation.generation, stream)
    }
    const prepared = yield* work.prepare(page.filter(wanted), {
      inSlice: () => true,
      heldAmong: () => Effect.succeed([])
    })
    const outcome = yield* prepared.run(held)
    for (const id of outcome.changed) changed.add(id)
    if (outcome.leftOver.length > 0) yield* letters.park(outcome.leftOver.map((one) => letterOf(work, one)))
    held = [...held, ...outcome.leftOver.filter(({ error }) => Option.isSome(error))]
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    from = last.version + 1
  }
  if (cleared) yield* consumers.revoke(work.consumer)
  return cleared ? { slice, position: written ? 0 : position, changed: Array.from(changed) } : "no-events"
})

/** Which events of the stream its consumer has dealt with: up to a position, but for those that were discarded. */
const wantedOf = Effect.fnUntraced(function* (
  projection: ManagedProjection,
  consumer: string,
  stream: StreamId.StreamId,
  upTo: number
) {
  const letters = yield* DeadLetters
  const discarded = new Set<number>()
  let after: { readonly position: number; readonly consumer: string } | undefined
  while (true) {
    const asked = { consumer, tenant: stream.tenant, state: "discarded" as const, limit: pageSize }
    const page = yield* letters.list(after === undefined ? asked : { ...asked, after })
    for (const { position } of page) discarded.add(position)
    after = page.at(-1)
    if (page.length < pageSize) break
  }
  const wants = wantsOf(projection)
  return (recorded: RecordedEvent) => recorded.position <= upTo && wants(recorded) && !discarded.has(recorded.position)
})

/** The slice that deals with a stream. */
const sliceOf = (states: ReadonlyArray<ConsumerState>, stream: StreamId.StreamId) => {
  const partition = ofStream({ stream })
  const found = states.find(({ slice }) => inSlice(slice, states.length)(partition))
  return found ?? { position: 0, slice: 0 }
}
