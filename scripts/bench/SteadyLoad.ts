/**
 * A load at a steady rate: operations begin at their times, however long the ones before take, as the requests of many
 * customers do. What is waited for counts: the time of an operation runs from when it was due.
 */
import { Effect, Fiber, Schedule } from "effect"
import { percentiles } from "./Load.ts"

/** What a steady load has shown. Times are in milliseconds. */
export interface Steady {
  readonly operations: number
  readonly failed: number
  readonly p50ms: number
  readonly p99ms: number
}

/** Runs `operation` so many times a second for as long as `during` takes; answers what both have shown. */
export const during = Effect.fnUntraced(function* <A, E, R, R2>(
  perSecond: number,
  operation: Effect.Effect<unknown, unknown, R2>,
  during: Effect.Effect<A, E, R>
) {
  const times: Array<number> = []
  let failed = 0
  const one = (due: number) =>
    Effect.matchCause(operation, {
      onFailure: () => void (failed += 1),
      onSuccess: () => void times.push(performance.now() - due)
    })
  let due = performance.now()
  const beat = Effect.suspend(() => {
    const now = performance.now()
    const begun: Array<Effect.Effect<unknown, never, R2>> = []
    for (; due <= now; due += 1000 / perSecond) begun.push(Effect.forkChild(one(due)))
    return Effect.all(begun, { discard: true })
  })
  const load = yield* Effect.forkChild(Effect.repeat(beat, Schedule.spaced("2 millis")))
  const answer = yield* during
  yield* Fiber.interrupt(load)
  const steady: Steady = { operations: times.length, failed, ...percentiles(times) }
  return { answer, steady }
})
