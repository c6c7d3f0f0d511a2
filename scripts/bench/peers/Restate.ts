/**
 * Restate: a handler of four `ctx.run` steps, served over HTTP/2 by this process, and called through the ingress of its
 * server with an idempotency key.
 *
 * Of a process its server keeps a journal, in a log that is synced to disk: what the handler was called with, for each
 * step that it began and what it answered, and the answer. A step is over for the handler when the server has confirmed
 * that its answer is kept. It has no need of PostgreSQL.
 *
 * Gotchas: the server runs only while it is measured. Idle it takes a few hundredths of a processor for its heartbeats.
 */
import { createServer } from "node:http2"
import { Effect, Schema } from "effect"
import type { Load } from "./Modules.ts"
import { type PeerAdapter, type PeerEngine, type Step, steps } from "./Peer.ts"
import * as RestateServer from "./RestateServer.ts"

/** What the server has to say of the answers of steps: the bytes of their JSON. */
const Answers = Schema.Struct({
  rows: Schema.Array(
    Schema.Struct({
      entry_json: Schema.fromJsonString(
        Schema.Struct({
          Notification: Schema.Struct({
            Completion: Schema.Struct({
              Run: Schema.Struct({ result: Schema.Struct({ Success: Schema.Array(Schema.Int) }) })
            })
          })
        })
      )
    })
  )
})

const Answer = Schema.fromJsonString(Schema.String)

/** Restate with the server and the SDK installed in `folder`. */
export const adapter = (load: Load, folder: string, step: Step): PeerAdapter<PeerEngine> => {
  const { endpoint, service } = load("@restatedev/restate-sdk")
  const { connect, rpc } = load("@restatedev/restate-sdk-clients")
  const fourSteps = service({
    name: "FourSteps",
    handlers: {
      run: async (context, id) => {
        const answers: Array<string> = []
        for (const name of steps) answers.push(await context.run(name, () => step(id, name)))
        return answers
      }
    }
  })
  const serving = (async () => {
    // Without its log, which has two lines for each process.
    const handler = endpoint()
      .setLogger(() => {})
      .bind(fourSteps)
      .http2Handler()
    const served = createServer(handler)
    await new Promise<void>((resolve) => served.listen(0, "127.0.0.1", resolve))
    return { served, server: await Effect.runPromise(RestateServer.make(folder)) }
  })()

  const stored = (server: RestateServer.RestateServer, id: string) => {
    const query = `select j.entry_json from sys_journal j join sys_invocation i on i.id = j.id
      where i.idempotency_key = '${id}' and j.entry_type = 'Notification: Run' order by j.index`
    return Effect.map(server.ask("/query", { query }), (answer) =>
      Schema.decodeUnknownSync(Answers)(answer).rows.map(({ entry_json: { Notification } }) =>
        Schema.decodeSync(Answer)(Buffer.from(Notification.Completion.Run.result.Success).toString())
      )
    )
  }

  return {
    prepare: async () => {
      const { served, server } = await serving
      const address = served.address()
      if (typeof address !== "object" || address === null) throw new Error("its handler is not served")
      const deployment = { uri: `http://127.0.0.1:${address.port}` }
      await Effect.runPromise(
        server.start.pipe(Effect.andThen(server.ask("/deployments", deployment)), Effect.andThen(server.stop))
      )
    },
    open: async () => {
      const { server } = await serving
      await Effect.runPromise(server.start)
      const client = connect({ url: server.ingress }).serviceClient(fourSteps)
      return {
        run: (id) => client.run(id, rpc.opts({ idempotencyKey: id })),
        stored: (id) => Effect.runPromise(stored(server, id)),
        close: () => Effect.runPromise(server.stop)
      }
    }
  }
}
