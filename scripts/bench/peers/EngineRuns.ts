/**
 * How an engine of durable processes is measured: processes of four steps that do nothing, each with an id of its own,
 * started and awaited.
 *
 * Before, it has to show that the work is done: no step begins before the answer of the one before is stored, the answer
 * of the process comes back, and after the engine was closed and opened again all answers are there, and the same id
 * runs no step a second time.
 */
import { SecureRandom } from "effect/crypto"
import { type PeerAdapter, type PeerEngine, type Step, steps } from "./Peer.ts"
import { repeatWarm, type Runs } from "./Runs.ts"

const expected = steps.join(", ")

/** Fails with `what` when `answers` are not those of all steps. */
const mustBeAll = (answers: ReadonlyArray<string>, what: string) => {
  if (answers.join(", ") !== expected) throw new Error(`${what} "${answers.join(", ")}" in place of "${expected}"`)
}

/** The runs of the engine that `adapter` opens; its processes must do in each step what they are given for it. */
export const make = (adapter: (step: Step) => PeerAdapter<PeerEngine>): Runs => {
  let begun = 0
  /** What a step looks at before it ends, while the engine proves itself. */
  let look: ((id: string, name: string) => Promise<void>) | undefined
  const engines = adapter(async (id, name) => {
    begun += 1
    if (look !== undefined) await look(id, name)
    return name
  })

  /** Closes only after a success: what has failed may not be able to; the process ends then. */
  const using = async <A>(use: (engine: PeerEngine) => Promise<A>) => {
    const engine = await engines.open()
    const result = await use(engine)
    await engine.close()
    return result
  }

  const run = async (engine: PeerEngine, id: string) => {
    mustBeAll(await engine.run(id), "a process answered")
    if (begun !== steps.length) throw new Error(`${begun} steps of a process were run in place of ${steps.length}`)
  }

  const prove = async () => {
    const id = SecureRandom.uuidV7Unsafe()
    // Kept, not thrown: engines run a step again that fails.
    const early: Array<string> = []
    begun = 0
    await using(async (engine) => {
      look = async (id, name) => {
        const stored = await engine.stored(id)
        if (stored.join() !== steps.slice(0, steps.indexOf(name)).join()) {
          early.push(`${name} began when "${stored.join(", ")}" were stored`)
        }
      }
      await run(engine, id)
    })
    look = undefined
    const [first] = early
    if (first !== undefined) throw new Error(first)
    await using(async (engine) => {
      mustBeAll(await engine.stored(id), "after a restart there were the answers")
      await run(engine, id)
    })
  }

  return {
    prepare: async () => {
      await engines.prepare()
      await prove()
    },
    measure: async ({ callers, measure, seconds }) => {
      if (measure !== "saga-4-steps") throw new Error(`an engine of processes has no ${measure}`)
      return await using(async (engine) => {
        begun = 0
        let ended = 0
        const rate = await repeatWarm(callers, seconds, 1, async () => {
          await engine.run(SecureRandom.uuidV7Unsafe())
          ended += 1
        })
        if (begun !== ended * steps.length) throw new Error(`${ended} processes ended after ${begun} steps`)
        return rate
      })
    }
  }
}
