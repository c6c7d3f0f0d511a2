/**
 * The work of a handler that says what each event means, and hands what was said of a batch on together.
 *
 * Guarantees: what is handed on is in the order of the events, and of a partition nothing comes before what was said of an
 * earlier event of it. An event of which nothing can be said, or whose messages are refused, holds its partition back and
 * nothing else; which one is refused is found by halving. While nothing can be handed on, nothing is held back: that is
 * waited for, and so are ten events in a row that are refused, which is the fault of whoever refuses them.
 *
 * Gotcha: what was handed on is known for as long as the process lives. After a crash it is handed on again.
 */
import type { EventStoreFailure, RecordedEvent } from "@eventfold/event-store"
import { Effect, Exit, identity, Result, Schedule } from "effect"
import {
  type ConsumerWork,
  type HandlerFailed,
  type HeldAmong,
  OutsideFailure,
  type PreparedWork
} from "./ConsumerWork.ts"
import type { HeldPartition } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import type { Delivery, TogetherBatch } from "./EventHandler.ts"
import * as FailurePolicy from "./FailurePolicy.ts"
import type { CompleteOptions } from "./HandlerOptions.ts"
import { Lines, nameOf, partitionsOf, stillHeld } from "./Lines.ts"

/** After so many refusals in a row without one success it is not the events. */
const mostInARow = 10

/** By position: whether something could be said of the event. Missing when nobody has tried yet. */
type Said = Map<number, Result.Result<void, HandlerFailed>>

/** So many events are said without a pause, while what they mean is there at once. */
const mostAtOnce = 100

/**
 * Says what the events of a partition mean, one after another, up to the first of which nothing can be said. What is there at
 * once is noted at once; answers what is left to be waited for.
 */
const sayLane = (lane: ReadonlyArray<Delivery>, said: Said, from = 0): Effect.Effect<void> | undefined => {
  for (let index = from; index < lane.length; index += 1) {
    const delivery = lane[index]
    if (delivery === undefined || Result.isFailure(delivery.attempt)) continue
    const { position } = delivery.recorded
    const attempt = delivery.attempt.success(undefined)
    if (!Exit.isExit(attempt) || Exit.isFailure(attempt)) {
      return Effect.flatMap(Effect.result(attempt), (result) => {
        said.set(position, result)
        return Result.isFailure(result) ? Effect.void : (sayLane(lane, said, index + 1) ?? Effect.void)
      })
    }
    said.set(position, Result.succeed(undefined))
  }
  return undefined
}

/** What such a handler does with events. */
export const prepare = (
  { concurrency, failure }: Pick<CompleteOptions, "concurrency" | "failure">,
  begin: (events: ReadonlyArray<RecordedEvent>) => Effect.Effect<TogetherBatch, EventStoreFailure>
): ConsumerWork["prepare"] => {
  const flushed = new Set<number>()
  let refusedInARow = 0

  /** Says what events mean: partitions at the same time, each up to the first of which nothing can be said. */
  const say = Effect.fnUntraced(function* (deliveries: ReadonlyArray<Delivery>, said: Said) {
    const lanes = Map.groupBy(deliveries, nameOf)
    const slow: Array<Effect.Effect<void>> = []
    let atOnce = 0
    for (const lane of lanes.values()) {
      const rest = sayLane(lane, said)
      if (rest !== undefined) slow.push(rest)
      // Others in this process have their turn in between.
      atOnce += lane.length
      if (atOnce >= mostAtOnce) {
        yield* Effect.yieldNow
        atOnce = 0
      }
    }
    yield* Effect.forEach(slow, identity, { concurrency, discard: true })
  })

  /** Hands on what was said of these events, but for those whose partition is held by then. */
  const flush = (
    batch: TogetherBatch,
    deliveries: ReadonlyMap<number, Delivery>,
    lines: Lines
  ): ((positions: ReadonlyArray<number>) => Effect.Effect<void, OutsideFailure>) => {
    const deal = (positions: ReadonlyArray<number>): Effect.Effect<void, OutsideFailure> =>
      Effect.suspend(() => {
        const passing = positions.filter((position) => {
          const delivery = deliveries.get(position)
          return delivery !== undefined && lines.mayPass(delivery)
        })
        return passing.length === 0
          ? Effect.void
          : Effect.matchEffect(batch.flush(passing), {
              onSuccess: () =>
                Effect.sync(() => {
                  refusedInARow = 0
                  for (const position of passing) flushed.add(position)
                }),
              onFailure: (failed) => refused(passing, failed)
            })
      })
    const refused = (positions: ReadonlyArray<number>, failed: HandlerFailed): Effect.Effect<void, OutsideFailure> => {
      const [first = 0, ...others] = positions
      const delivery = deliveries.get(first)
      if (failed.kind === "transient" || delivery === undefined || refusedInARow >= mostInARow) {
        return Effect.fail(new OutsideFailure(failed.error))
      }
      if (others.length > 0) {
        const middle = Math.ceil(positions.length / 2)
        return Effect.andThen(deal(positions.slice(0, middle)), deal(positions.slice(middle)))
      }
      refusedInARow += 1
      lines.hold(delivery, failed)
      return Effect.void
    }
    return (positions) => Effect.forEach(batch.parts(positions), deal, { discard: true })
  }

  /** What can be handed on now, what is to be said again, and what is held back: behind what stands before it. */
  const sorted = (deliveries: ReadonlyArray<Delivery>, said: Said, lines: Lines, mayRetry: boolean) => {
    const [ready, again, stuck] = [new Array<number>(), new Array<Delivery>(), new Array<Delivery>()]
    const [waiting, holding] = [new Set<string>(), new Set<string>()]
    for (const delivery of deliveries) {
      const { attempt, recorded } = delivery
      if (waiting.size > 0 && waiting.has(nameOf(delivery))) again.push(delivery)
      else if (holding.size > 0 && [delivery, ofStream(recorded)].some((one) => holding.has(nameOf(one)))) {
        stuck.push(delivery)
      } else if (Result.isFailure(attempt)) {
        stuck.push(delivery)
        holding.add(nameOf(ofStream(recorded)))
      } else if (lines.mayPass(delivery) && !flushed.has(recorded.position)) {
        const result = said.get(recorded.position)
        if (result !== undefined && Result.isSuccess(result)) ready.push(recorded.position)
        else if (mayRetry && result?.failure.kind !== "permanent") {
          again.push(delivery)
          waiting.add(nameOf(delivery))
        } else {
          stuck.push(delivery)
          holding.add(nameOf(delivery))
        }
      }
    }
    return { ready, again, stuck }
  }

  /** Hands the batch on; answers the events that are left over. What may pass is said again with growing waits. */
  const deliver = Effect.fnUntraced(function* (batch: TogetherBatch, said: Said, held: ReadonlyArray<HeldPartition>) {
    const lines = new Lines(held)
    const handOn = flush(batch, new Map(batch.deliveries.map((one) => [one.recorded.position, one])), lines)
    const pause = yield* Schedule.toStepWithSleep(FailurePolicy.waits(failure))
    let left = batch.deliveries
    for (let tries = 0; ; tries += 1) {
      const { again, ready, stuck } = sorted(left, said, lines, tries < failure.retries)
      yield* handOn(ready)
      // Only now: what stands before them was to be handed on.
      for (const delivery of stuck) {
        if (!lines.mayPass(delivery)) continue
        const result = said.get(delivery.recorded.position)
        if (result !== undefined && Result.isFailure(result)) lines.hold(delivery, result.failure)
      }
      if (again.length === 0) return lines.leftOver.toSorted((a, b) => a.recorded.position - b.recorded.position)
      yield* Effect.ignore(pause(undefined))
      yield* say(again, said)
      left = again
    }
  })

  return Effect.fnUntraced(function* (events) {
    const batch = yield* begin(events)
    const said: Said = new Map()
    yield* say(batch.deliveries, said)
    const partitions = partitionsOf(batch.deliveries)
    let outcome: { readonly held: ReadonlyArray<HeldPartition>; readonly leftOver: Lines["leftOver"] } = {
      held: [],
      leftOver: []
    }
    return {
      partitions,
      deliver: Effect.fnUntraced(function* (heldAmong: HeldAmong) {
        const first = events[0]?.position ?? 0
        for (const position of flushed) if (position < first) flushed.delete(position)
        const held = partitions.length === 0 ? [] : yield* heldAmong(partitions)
        outcome = { held, leftOver: yield* deliver(batch, said, held) }
      }),
      run: (heldNow) =>
        Effect.suspend(() => stillHeld(outcome.held, heldNow, { leftOver: outcome.leftOver, changed: [] }))
    } satisfies PreparedWork
  })
}
