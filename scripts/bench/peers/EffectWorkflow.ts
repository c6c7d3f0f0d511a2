/**
 * Effect's own workflow engine, the one of its cluster on PostgreSQL, with a single runner: a workflow of four activities.
 *
 * Of a process it stores a message that asks for it and one that asks for each step, and a reply to each. Messages are
 * read back from the table before they are handled.
 *
 * Gotchas: shards are locked in memory, as its runner offers where there is one process only. By default they are locked
 * in PostgreSQL, and then each reply first writes a heartbeat and looks for its lock, all on one connection.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeCrypto } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, ManagedRuntime, Redacted, Schema } from "effect"
import { ClusterWorkflowEngine, SingleRunner } from "effect/cluster"
import { SqlClient } from "effect/sql"
import { Activity, Workflow } from "effect/workflow"
import { connections, type PeerAdapter, type PeerEngine, type Step, steps } from "./Peer.ts"

const FourSteps = Workflow.make("FourSteps", {
  payload: { id: Schema.String },
  success: Schema.Array(Schema.String),
  idempotencyKey: ({ id }) => id
})

/** A reply of a step as it is stored. */
const Reply = Schema.fromJsonString(
  Schema.Struct({ value: Schema.Struct({ exit: Schema.Struct({ value: Schema.String }) }) })
)

/** Effect's engine on the database at `url`. */
export const adapter = (url: string, step: Step): PeerAdapter<PeerEngine> => {
  const fourSteps = FourSteps.toLayer(({ id }) =>
    Effect.forEach(steps, (name) =>
      Activity.make({ name, success: Schema.String, execute: Effect.promise(() => step(id, name)) })
    )
  )
  const engine = fourSteps.pipe(
    Layer.provideMerge(ClusterWorkflowEngine.layer),
    Layer.provide(SingleRunner.layer({ runnerStorage: "memory" })),
    Layer.provide(NodeCrypto.layer),
    Layer.provideMerge(PgClient.layer({ url: Redacted.make(url), maxConnections: connections }))
  )
  const stored = Effect.fnUntraced(function* (id: string) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ payload: string }>`select r.payload
      from cluster_messages m join cluster_replies r on r.request_id = m.id
      where m.entity_id = ${yield* FourSteps.executionId({ id })} and m.tag = 'activity' order by r.rowid`
    return rows.map(({ payload }) => Schema.decodeSync(Reply)(payload).value.exit.value)
  })
  return {
    // The layer makes its tables when they are not there.
    prepare: async () => {},
    open: async () => {
      const runtime = ManagedRuntime.make(engine)
      return {
        run: (id) => runtime.runPromise(FourSteps.execute({ id })),
        stored: (id) => runtime.runPromise(stored(id)),
        close: () => runtime.dispose()
      }
    }
  }
}
