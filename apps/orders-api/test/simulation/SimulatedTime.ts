/**
 * Time that goes by only when somebody says so, for what runs in memory: a clock, and the scheduler of all fibers that
 * live by it.
 *
 * Guarantees: before the clock goes on, everything that can run has run, what awaits promises included; those who sleep
 * wake at their own times, and those of the same time in the order in which they went to sleep. So what draws its random
 * numbers from a seed, and asks nothing outside of the process, does the same each time.
 *
 * Why not `TestClock`: its clock goes on while a fiber awaits a promise, and each waking costs a fiber and a real timer.
 */
import { Clock, Context, type DateTime, Duration, Effect, Layer, Scheduler } from "effect"

/** One who sleeps. */
interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** Tasks in the order of their priorities, and of their coming. */
const makeTasks = () => {
  const queues = new Map<number, Array<() => void>>()
  let order: ReadonlyArray<number> = []
  return {
    add: (task: () => void, priority: number) => {
      const queue = queues.get(priority)
      if (queue !== undefined) return queue.push(task)
      queues.set(priority, [task])
      order = [...queues.keys()].toSorted((a, b) => a - b)
      return 1
    },
    /** Runs all tasks, those that come meanwhile included. Answers whether there were any. */
    run: (): boolean => {
      let found = false
      for (let place = 0; place < order.length; place += 1) {
        const priority = order[place] ?? 0
        const queue = queues.get(priority) ?? []
        if (queue.length === 0) continue
        found = true
        queues.set(priority, [])
        for (const task of queue) task()
        // What has come meanwhile may be more urgent.
        place = -1
      }
      return found
    },
    isEmpty: () => order.every((priority) => queues.get(priority)?.length === 0)
  }
}

/** Time that goes by only when somebody says so. */
export class SimulatedTime extends Context.Service<
  SimulatedTime,
  {
    /** Lets so many milliseconds go by; all that can run in that time has run then. One at a time may ask. */
    readonly advance: (millis: number) => Effect.Effect<void>
  }
>()("@eventfold/orders-api/test/SimulatedTime") {}

// oxlint-disable-next-line no-restricted-globals -- this is what a scheduler is made of: no fiber runs it
const soon = (turn: () => void) => setImmediate(turn)

const make = (start: number) => {
  const tasks = makeTasks()
  /** The one that wakes next is the last. */
  const sleepers: Array<Sleeper> = []
  let now = start
  let turning = false
  /** Who waits until nothing can run any more before a time. */
  let waiting: { readonly until: number; readonly resume: () => void } | undefined

  /** Runs what can run, again after each turn of the event loop, in which promises come true; then lets time go by. */
  const turn = () => {
    if (!tasks.run() && waiting !== undefined) {
      const next = sleepers.at(-1)
      if (next === undefined || next.until > waiting.until) {
        now = waiting.until
        const { resume } = waiting
        waiting = undefined
        resume()
      } else {
        sleepers.pop()
        now = next.until
        next.wake()
      }
      tasks.run()
    }
    turning = waiting !== undefined || !tasks.isEmpty()
    if (turning) soon(turn)
  }
  const go = () => {
    if (turning) return
    turning = true
    soon(turn)
  }

  const scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield,
    makeDispatcher: () => ({
      scheduleTask: (task, priority) => {
        tasks.add(task, priority)
        go()
      },
      flush: () => {
        tasks.run()
      }
    })
  }

  const nanos = () => BigInt(Math.round(now * 1_000)) * 1_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback((resume) => {
        const until = now + Duration.toMillis(duration)
        if (until <= now) return resume(Effect.void)
        const sleeper: Sleeper = { until, wake: () => resume(Effect.void) }
        let place = sleepers.length
        while (place > 0 && (sleepers[place - 1]?.until ?? 0) <= until) place -= 1
        sleepers.splice(place, 0, sleeper)
        return Effect.sync(() => {
          const found = sleepers.indexOf(sleeper)
          if (found !== -1) sleepers.splice(found, 1)
        })
      })
  }

  const advance = (millis: number) =>
    Effect.callback<void>((resume) => {
      waiting = { until: now + millis, resume: () => resume(Effect.void) }
      go()
    })

  return Context.make(Clock.Clock, clock).pipe(
    Context.add(Scheduler.Scheduler, scheduler),
    Context.add(SimulatedTime, { advance })
  )
}

/** Time that begins at `start`. */
export const layer = (start: DateTime.Utc): Layer.Layer<SimulatedTime> =>
  Layer.effectContext(Effect.sync(() => make(start.epochMilliseconds)))
