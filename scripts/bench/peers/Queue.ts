/**
 * How a queue of jobs is measured beside the relay: so many jobs are put into it, and then drained. Only the draining counts.
 *
 * Before, it has to show that each job is run once and with what was put into it, and that none is left: a queue that
 * forgets jobs would win.
 */
import { Schema } from "effect"
import type { Payloads } from "./Protocol.ts"
import type { Rate } from "../Load.ts"
import type { Runs } from "./Runs.ts"

/** A job: its number, and what a message of the relay holds. */
export interface Job {
  readonly number: number
  readonly content: object
}

/** An opened queue of jobs. */
export interface PeerQueue {
  /** Puts jobs into the queue, which nobody works on yet. */
  readonly add: (jobs: ReadonlyArray<Job>) => Promise<void>
  /** Works on the queue until `run` was called so many times, and ends when what was done is stored. */
  readonly drain: (count: number, run: (job: unknown) => void) => Promise<void>
  /** How many jobs are left. */
  readonly left: () => Promise<number>
  readonly close: () => Promise<void>
}

/** How to use a queue, once its packages are there. */
export interface QueueAdapter {
  /** How many jobs one run drains: fewer for a slow one, because the rate stays the same. */
  readonly jobs: number
  /** Makes its tables. */
  readonly prepare: () => Promise<void>
  readonly open: () => Promise<PeerQueue>
}

const Content = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))
const isNumbered = Schema.is(Schema.Struct({ number: Schema.Int, content: Schema.Record(Schema.String, Schema.Json) }))

/** The runs of the queue that `adapter` opens. */
export const make = (adapter: QueueAdapter): Runs => {
  let content: object = {}

  /** Drains new jobs; answers the milliseconds that it took. */
  const drained = async (queue: PeerQueue, count: number) => {
    await queue.add(Array.from({ length: count }, (_, number) => ({ number, content })))
    const seen = new Set<number>()
    const expected = JSON.stringify(content)
    let runs = 0
    const begun = performance.now()
    await queue.drain(count, (job) => {
      runs += 1
      if (isNumbered(job) && JSON.stringify(job.content) === expected) seen.add(job.number)
    })
    const took = performance.now() - begun
    if (runs !== count || seen.size !== count) throw new Error(`${runs} jobs of ${count} were run, ${seen.size} as put`)
    const left = await queue.left()
    if (left !== 0) throw new Error(`${left} jobs of ${count} were left`)
    return took
  }

  /** Closes only after a success: what has failed may not be able to; the process ends then. */
  const using = async <A>(use: (queue: PeerQueue) => Promise<A>) => {
    const queue = await adapter.open()
    const result = await use(queue)
    await queue.close()
    return result
  }

  return {
    prepare: async (payloads: Payloads) => {
      content = Schema.decodeSync(Content)(payloads.payload)
      await adapter.prepare()
      await using((queue) => drained(queue, 200))
    },
    measure: async ({ measure, seconds }) => {
      if (measure !== "outbox-relay") throw new Error(`a queue of jobs has no ${measure}`)
      return await using(async (queue): Promise<Rate> => {
        const times: Array<number> = []
        const total = () => times.reduce((sum, time) => sum + time, 0)
        while (total() < seconds * 1000) times.push(await drained(queue, adapter.jobs))
        const sorted = times.toSorted((a, b) => a - b)
        return {
          perSecond: (times.length * adapter.jobs * 1000) / total(),
          p50ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
          p99ms: sorted.at(-1) ?? Number.NaN
        }
      })
    }
  }
}
