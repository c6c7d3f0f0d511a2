/**
 * Graphile Worker on PostgreSQL: jobs that were added a thousand at a time are run by tasks that do nothing.
 *
 * With its defaults it runs one job at a time, and takes and completes each by a statement of its own. Tuned as its page on
 * performance says, it takes 500 jobs at once, works on 24 at the same time and completes those of a quarter of a second
 * by one statement.
 */
import { setTimeout } from "node:timers/promises"
import type { Load, Modules } from "./Modules.ts"
import { connections } from "./Peer.ts"
import type { Job, PeerQueue, QueueAdapter } from "./Queue.ts"

/** The name of the task. */
const task = "deposit"

const tuned = { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 250, failJobBatchDelay: 250 }

const left = async (pool: InstanceType<Modules["pg"]["Pool"]>): Promise<number> => {
  const { rows } = await pool.query("select count(*)::int as left from graphile_worker._private_jobs")
  return Number(rows[0]?.["left"])
}

/** Graphile Worker on the database at `url`. */
export const adapter = (load: Load, url: string, settings: "tuned" | "defaults"): QueueAdapter => {
  const { Logger, makeWorkerUtils, run, runMigrations } = load("graphile-worker")
  const { Pool } = load("pg")
  // It writes several lines for each job otherwise.
  const logger = new Logger(() => () => {})
  const preset = {
    worker: { connectionString: url, maxPoolSize: connections, logger, ...(settings === "tuned" ? tuned : {}) }
  }
  return {
    jobs: settings === "tuned" ? 20_000 : 2_000,
    prepare: () => runMigrations({ preset }),
    open: async (): Promise<PeerQueue> => {
      const utils = await makeWorkerUtils({ connectionString: url, logger })
      const pool = new Pool({ connectionString: url, max: 1 })
      return {
        add: async (jobs) => {
          for (let from = 0; from < jobs.length; from += 1000) {
            await utils.addJobs(jobs.slice(from, from + 1000).map((payload: Job) => ({ identifier: task, payload })))
          }
          // Without statistics the server would look for jobs in a way that nobody would leave it.
          await pool.query("analyze graphile_worker._private_jobs")
        },
        drain: async (count, work) => {
          let runs = 0
          let done = () => {}
          const all = new Promise<void>((resolve) => void (done = resolve))
          const runner = await run({
            preset,
            noHandleSignals: true,
            taskList: {
              [task]: (payload) => {
                work(payload)
                runs += 1
                if (runs === count) done()
              }
            }
          })
          await all
          await runner.stop()
          // It stops when its tasks have ended, and stores that the last of them did meanwhile.
          const patience = performance.now() + 5000
          while ((await left(pool)) > 0 && performance.now() < patience) await setTimeout(5)
        },
        left: () => left(pool),
        close: async () => {
          await utils.release()
          await pool.end()
        }
      }
    }
  }
}
