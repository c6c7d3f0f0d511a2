/** Runs one operation from several callers at once for a while, and says how often it ended and how long it took. */
import { Effect, Fiber, Schedule } from "effect"

/** What a run showed. Times are in milliseconds. */
export interface Rate {
  readonly perSecond: number
  readonly p50ms: number
  readonly p99ms: number
}

/** What a run in this process showed. */
export interface Measured extends Rate {
  /** The most memory this process held meanwhile, in MiB (RSS). */
  readonly memoryMb: number
}

/** Repeats `operation` from `callers` fibers for `seconds`; `weight` is how many things one operation does. */
export const measure = <E, R>(options: {
  readonly callers: number
  readonly seconds: number
  readonly weight: number
  readonly operation: Effect.Effect<unknown, E, R>
}): Effect.Effect<Measured, E, R> =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const started = performance.now()
    const deadline = started + options.seconds * 1000
    const caller = Effect.whileLoop({
      while: () => performance.now() < deadline,
      body: () => {
        const begun = performance.now()
        return Effect.map(options.operation, () => performance.now() - begun)
      },
      step: (time) => void times.push(time)
    })
    let memoryMb = 0
    const sampled = Effect.sync(() => (memoryMb = Math.max(memoryMb, process.memoryUsage.rss() / 2 ** 20)))
    const sampler = yield* Effect.forkChild(Effect.repeat(sampled, Schedule.spaced("50 millis")))
    yield* Effect.all(
      Array.from({ length: options.callers }, () => caller),
      { concurrency: "unbounded", discard: true }
    )
    const elapsed = (performance.now() - started) / 1000
    yield* Fiber.interrupt(sampler)
    yield* sampled
    return { perSecond: (times.length * options.weight) / elapsed, ...percentiles(times), memoryMb }
  })

/** The middle of what operations took, and what one in a hundred exceeded; sorts `times`. */
export const percentiles = (times: Array<number>) => {
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  return { p50ms: at(0.5), p99ms: at(0.99) }
}

/** The run in the middle by rate: what several noisy runs are worth. */
export const median = <A extends Rate>(rates: ReadonlyArray<A>): A | undefined =>
  rates.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rates.length / 2)]
