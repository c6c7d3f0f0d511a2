/** Before an engine of durable processes or a queue of jobs is measured, it has to prove that it does the work: one that leaves any out is found. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as EngineRuns from "../scripts/bench/peers/EngineRuns.ts"
import * as Queue from "../scripts/bench/peers/Queue.ts"
import { type PeerAdapter, type PeerEngine, type Step, steps } from "../scripts/bench/peers/Peer.ts"

interface Faults {
  /** Stores the answers when the process has ended, not after each step. */
  readonly late?: boolean
  /** Keeps nothing beyond a restart. */
  readonly forgetful?: boolean
  /** Runs the steps of a process that has ended once more. */
  readonly repeating?: boolean
  /** Leaves out the last step. */
  readonly lazy?: boolean
}

/** An engine that keeps what it stores in this process. */
const engine =
  (faults: Faults) =>
  (step: Step): PeerAdapter<PeerEngine> => {
    const storage = new Map<string, ReadonlyArray<string>>()
    return {
      prepare: async () => {},
      open: async () => {
        if (faults.forgetful === true) storage.clear()
        return {
          run: async (id) => {
            const before = storage.get(id)
            if (before !== undefined && faults.repeating !== true) return before
            const answers: Array<string> = []
            for (const name of faults.lazy === true ? steps.slice(1) : steps) {
              answers.push(await step(id, name))
              if (faults.late !== true) storage.set(id, [...answers])
            }
            storage.set(id, answers)
            return answers
          },
          stored: async (id) => storage.get(id) ?? [],
          close: async () => {}
        }
      }
    }
  }

const payloads = { payload: "{}", item: "{}", order: [] }

const proof = (faults: Faults) =>
  Effect.promise(() =>
    EngineRuns.make(engine(faults))
      .prepare(payloads)
      .then(
        () => "measured",
        (error: unknown) => String(error)
      )
  )

it.effect("an engine that stores each answer and runs no step twice is measured", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* proof({}), "measured")
  })
)

it.effect("an engine that leaves out a part of the work is not measured", () =>
  Effect.gen(function* () {
    assert.include(yield* proof({ late: true }), `pay began when "" were stored`)
    assert.include(yield* proof({ forgetful: true }), "after a restart")
    assert.include(yield* proof({ repeating: true }), "8 steps of a process were run in place of 4")
    assert.include(yield* proof({ lazy: true }), `"pay, approve, ship" in place of "reserve, pay, approve, ship"`)
  })
)

/** A queue that keeps its jobs in this process; `work` is how it works on them. */
const proofOfQueue = (work: (jobs: Array<Queue.Job>, run: (job: unknown) => void) => void) => {
  const jobs: Array<Queue.Job> = []
  const queue: Queue.PeerQueue = {
    add: async (added) => void jobs.push(...added),
    drain: async (_, run) => work(jobs, run),
    left: async () => jobs.length,
    close: async () => {}
  }
  return Effect.promise(() =>
    Queue.make({ jobs: 200, prepare: async () => {}, open: async () => queue })
      .prepare({ ...payloads, payload: '{"account":"a"}' })
      .then(
        () => "measured",
        (error: unknown) => String(error)
      )
  )
}

it.effect("a queue that runs each job once is measured, and one that does not is not", () =>
  Effect.gen(function* () {
    const all = (jobs: Array<Queue.Job>) => jobs.splice(0)
    assert.strictEqual(yield* proofOfQueue((jobs, run) => all(jobs).forEach(run)), "measured")
    const lost = yield* proofOfQueue((jobs, run) => all(jobs).slice(1).forEach(run))
    assert.include(lost, "199 jobs of 200 were run, 199 as put")
    const twice = yield* proofOfQueue((jobs, run) => [...jobs.slice(0, 1), ...all(jobs).slice(0, -1)].forEach(run))
    assert.include(twice, "200 jobs of 200 were run, 199 as put")
    const empty = yield* proofOfQueue((jobs, run) => all(jobs).forEach(({ number }) => run({ number, content: {} })))
    assert.include(empty, "200 jobs of 200 were run, 0 as put")
    const kept = yield* proofOfQueue((jobs, run) => jobs.forEach(run))
    assert.include(kept, "200 jobs of 200 were left")
  })
)
