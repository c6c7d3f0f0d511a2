/**
 * The switch: from one moment to the next, readers get the rows of a generation that was built beside the one they read.
 *
 * One transaction holds both consumers, in the order of their names, so that neither moves; folds the little that the new
 * one is behind; and makes it the one that is read. So whoever reads sees one or the other, and no row ever falls back:
 * - the new one has dealt with everything the old one has, slice by slice;
 * - every event it holds back is held back by the old one too.
 * Where that is not so nothing is changed, and it is tried again later.
 *
 * Inline rows are written by appends, which are fenced off for the instant: what is committed before the fence is folded
 * here, and what comes after it writes the new rows.
 *
 * Gotcha: the transaction keeps both consumers waiting while it folds, so it begins only when at most {@link most} events
 * are left, and, for rows built from a date, while the older rows are copied.
 */
import { EventStore, type RecordedEvent, Transaction } from "@eventfold/event-store"
import { type Duration, Effect, Option, Schema } from "effect"
import { letterOf } from "./LeftOverLetter.ts"
import { Consumers, type ConsumerState } from "./Consumers.ts"
import { inSlice, type FoldFailure } from "./ConsumerWork.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { consumerOf, supersededOf } from "./GenerationConsumer.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import * as ProjectionWork from "./ProjectionWork.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** The most events that are folded in the transaction of a switch. */
export const most = 2048

/** How often, and how long apart, the log is looked at again while appends that nobody fenced off are being committed. */
const [looks, pause]: readonly [number, Duration.Input] = [20, "10 millis"]

/**
 * Why there was no switch. `behind`: it has not come far enough; `letters`: it holds back events that the other one has
 * dealt with, or rows are to be copied that miss events; `stopped`: its consumer is; `older-program`: a program of another
 * version still writes inline rows; `gone`: it is not being built.
 */
export type NotSwitched = "behind" | "letters" | "stopped" | "older-program" | "gone"

/** A switch, or why there was none. */
export type SwitchOutcome = "switched" | NotSwitched

class NotNow extends Schema.TaggedError<NotNow>()("NotNow", {
  reason: Schema.Literals(["behind", "letters", "stopped", "gone"])
}) {}

/** A generation and how the slices of its consumer stand, while they are held. */
interface Held {
  readonly generation: Generation
  readonly states: ReadonlyArray<ConsumerState>
}

/** What switches are made with. */
export const services = Effect.all({
  consumers: Consumers,
  letters: DeadLetters,
  log: EventStore,
  store: ReadModelStore,
  transaction: Transaction
})

/** What switches are made with. */
export type Services = Effect.Success<typeof services>

/** Makes `next` the generation that is read, if it is as far as the one that is. */
export const attempt = (
  { consumers, letters, log, store, transaction }: Services,
  projection: ManagedProjection,
  next: Generation
): Effect.Effect<SwitchOutcome, FoldFailure> => {
  const inline = projection.options.mode === "inline"

  const hold = Effect.fnUntraced(function* (generations: ReadonlyArray<Generation>) {
    const held: Array<Held> = []
    for (const generation of generations.toSorted((a, b) => (consumerOf(a) < consumerOf(b) ? -1 : 1))) {
      held.push({ generation, states: yield* consumers.hold(consumerOf(generation)) })
    }
    return held
  })

  /** What is left in the log for a held generation. */
  const leftOf = ({ generation, states }: Held) => {
    const { filter } = ProjectionWork.of(projection, generation, store)
    return log.readLog({ after: leastOf(states), limit: most, filter })
  }

  /** Folds what a held generation has left up to a position, for all its slices. Whoever works for it begins anew there. */
  const fold = Effect.fnUntraced(function* (
    { generation, states }: Held,
    events: ReadonlyArray<RecordedEvent>,
    upTo: number
  ) {
    const work = ProjectionWork.of(projection, generation, store)
    for (const { position, slice } of states) {
      const left = events.filter((event) => event.position > position && event.position <= upTo)
      if (left.length === 0) continue
      const prepared = yield* work.prepare(left, {
        inSlice: inSlice(slice, generation.slices),
        heldAmong: () => Effect.succeed([])
      })
      const { leftOver } = yield* prepared.run(yield* letters.heldOf(work.consumer, prepared.partitions))
      if (leftOver.length > 0) yield* letters.park(leftOver.map((one) => letterOf(work, one)))
    }
    yield* consumers.remove(work.consumer)
    yield* consumers.register(work.consumer, generation.slices, upTo)
  })

  const bringUp = Effect.fnUntraced(function* (held: Held, upTo: number) {
    const { events, position } = yield* leftOf(held)
    if (position < upTo) return yield* new NotNow({ reason: "behind" })
    yield* fold(held, events, upTo)
  })

  /** Folds all that appends have stored before they were fenced off, once that can be read. */
  const toEnd = Effect.fnUntraced(function* (held: Held, fence: number) {
    for (let look = 0; look < looks; look++) {
      const { end, events, position } = yield* leftOf(held)
      if (end && position >= fence) return yield* fold(held, events, Math.max(position, leastOf(held.states)))
      // Appends of other events are not fenced off, and keep the end of the log back until they are committed.
      if (!end) break
      yield* Effect.sleep(pause)
    }
    return yield* new NotNow({ reason: "behind" })
  })

  /** Fails when `to` holds back an event that `from` has dealt with. */
  const compareLetters = Effect.fnUntraced(function* (to: string, from: string) {
    if (!(yield* letters.any(to))) return
    let after: { readonly position: number; readonly consumer: string } | undefined
    while (true) {
      const page = yield* letters.list({ consumer: to, limit: 256, ...(after === undefined ? {} : { after }) })
      for (const { position } of page) {
        const known = yield* letters.find(from, position)
        if (Option.isNone(known) || known.value.discarded !== undefined) return yield* new NotNow({ reason: "letters" })
      }
      const last = page.at(-1)
      if (last === undefined || page.length < 256) return
      after = last
    }
  })

  const copyOlder = Effect.fnUntraced(function* (from: Held | undefined, to: Generation) {
    if (to.from === undefined || projection.dated === undefined) return
    if (from === undefined) return yield* new NotNow({ reason: "behind" })
    // A row of the other one that misses events would miss them here for ever.
    if (yield* letters.any(consumerOf(from.generation))) return yield* new NotNow({ reason: "letters" })
    yield* projection.dated.copyBefore(store, to.from, { from: from.generation.generation, to: to.generation })
  })

  /** Brings both to the same place, or the new one as far as the old one. */
  const meet = Effect.fnUntraced(function* (from: Held, to: Held) {
    const dated = to.generation.from !== undefined
    if (!dated && isPast(to, from)) return
    const upTo = Math.max(...from.states.map(({ position }) => position), ...to.states.map(({ position }) => position))
    if (to.states.some(({ position }) => position < upTo)) yield* bringUp(to, upTo)
    // Rows that are copied must be where those are that are not.
    if (!dated || from.states.every(({ position }) => position === upTo)) return
    if (from.generation.fingerprint !== to.generation.fingerprint) return yield* new NotNow({ reason: "behind" })
    yield* bringUp(from, upTo)
  })

  const body = Effect.gen(function* () {
    const known = yield* store.generations(projection.name)
    const replaced = known.find(
      ({ rowsFingerprint, state }) => state === "serving" && rowsFingerprint === next.rowsFingerprint
    )
    const fence = inline ? yield* store.fenceAppends(projection.name) : undefined
    const held = yield* hold(replaced === undefined ? [next] : [replaced, next])
    // Somebody may have switched while this one waited.
    const now = yield* store.generations(projection.name)
    const stateOf = (of: Generation) => now.find(({ generation }) => generation === of.generation)?.state
    if (stateOf(next) !== "building" || (replaced !== undefined && stateOf(replaced) !== "serving")) {
      return yield* new NotNow({ reason: "gone" })
    }
    const to = held.find(({ generation }) => generation.generation === next.generation)
    if (to === undefined || to.states.length === 0) return yield* new NotNow({ reason: "gone" })
    if (to.states.some(({ stopped }) => stopped)) return yield* new NotNow({ reason: "stopped" })
    const from = held.find((one) => one !== to)
    if (fence !== undefined) yield* toEnd(to, fence)
    else if (from !== undefined) yield* meet(from, to)
    // Nothing of this shape is read yet: it is enough that hardly anything is left.
    else if (!(yield* leftOf(to)).end) return yield* new NotNow({ reason: "behind" })
    if (replaced !== undefined) yield* compareLetters(consumerOf(next), consumerOf(replaced))
    yield* copyOlder(from, next)
    yield* store.serve(next, projection.readModels[0])
    // From now on appends write the rows: a checkpoint that stands still would look like rows that are behind.
    if (inline) yield* consumers.remove(consumerOf(next))
    yield* consumers.remove(supersededOf(next))
    return "switched" as const
  })

  return transaction.run(body).pipe(Effect.catchTag("NotNow", ({ reason }) => Effect.succeed(reason)))
}

/** Whether one has dealt with all that another has. */
const isPast = (to: Held, from: Held): boolean =>
  to.generation.slices === from.generation.slices
    ? from.states.every(
        ({ position, slice }) => (to.states.find((one) => one.slice === slice)?.position ?? 0) >= position
      )
    : leastOf(to.states) >= Math.max(...from.states.map(({ position }) => position))

/** The position of the slice that is furthest behind. */
export const leastOf = (states: ReadonlyArray<ConsumerState>): number =>
  Math.min(...states.map(({ position }) => position))
