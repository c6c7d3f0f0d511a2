/**
 * DBOS on PostgreSQL: a workflow of four steps, started with an id and awaited, in the process that calls it.
 *
 * Of a process it stores its status when it begins, one row for each step with what the step answered, and its status
 * and answer at the end; each is a transaction, and the next step waits for it.
 */
import { Schema } from "effect"
import type { Load } from "./Modules.ts"
import { connections, type PeerAdapter, type PeerEngine, type Step, steps } from "./Peer.ts"

/** An answer of a step as it is stored. */
const Stored = Schema.fromJsonString(Schema.Struct({ json: Schema.String }))

/** DBOS on the database at `url`. */
export const adapter = (load: Load, url: string, step: Step): PeerAdapter<PeerEngine> => {
  const { DBOS } = load("@dbos-inc/dbos-sdk")
  const { Pool } = load("pg")
  const fourSteps = DBOS.registerWorkflow(
    async (id: string) => {
      const answers: Array<string> = []
      for (const name of steps) answers.push(await DBOS.runStep(() => step(id, name), { name }))
      return answers
    },
    { name: "four-steps" }
  )
  // More connections than its ten; with each launch it looks for the tables and finds them.
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, systemDatabasePoolSize: connections, logLevel: "error" })
  return {
    prepare: () => DBOS.migrate(url),
    open: async () => {
      await DBOS.launch()
      return {
        run: async (id) => await (await DBOS.startWorkflow(fourSteps, { workflowID: id })(id)).getResult(),
        // Not asked of DBOS itself: within a step that would belong to the workflow.
        stored: async (id) => {
          const pool = new Pool({ connectionString: url, max: 1 })
          const { rows } = await pool.query({
            name: "stored",
            text: "select output from dbos.operation_outputs where workflow_uuid = $1 order by function_id",
            values: [id]
          })
          await pool.end()
          return rows.map(({ output }) => Schema.decodeUnknownSync(Stored)(output).json)
        },
        close: () => DBOS.shutdown()
      }
    }
  }
}
