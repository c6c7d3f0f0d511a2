/** The order service as a reader starts it, on a free port and a database of its own; gone when the scope closes. */
import { Context, Deferred, Effect, FileSystem, Layer, Schema, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

const root = `${import.meta.dirname}/../..`

/** The service ended, or said nothing of its address, before it could be used. */
export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", { printed: Schema.String }) {
  override get message() {
    return `the order service did not start; it printed:\n${this.printed}`
  }
}

/** The running service. */
export class OrdersApi extends Context.Service<OrdersApi, { readonly url: string }>()("eventfold/test/docs/OrdersApi") {
  /** The address documents show. */
  static readonly shown = "http://127.0.0.1:3000"

  /** Starts the service on the embedded database. */
  static readonly layer = Layer.effect(
    OrdersApi,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-docs-" })
      const handle = yield* spawner.spawn(
        ChildProcess.make(process.execPath, ["apps/orders-api/src/main.ts"], {
          cwd: root,
          env: { PORT: "0", DATA_DIR: `${folder}/data`, DATABASE_URL: "", NO_COLOR: "1" },
          extendEnv: true
        })
      )
      const lines: Array<string> = []
      const url = yield* Deferred.make<string, NotStarted>()
      // Read to the end, not only to the address: a service nobody listens to would fail when it writes its log.
      yield* handle.all.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runForEach((line) => {
          lines.push(line)
          const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/u.exec(line)?.[0]
          return found === undefined ? Effect.void : Deferred.succeed(url, found)
        }),
        Effect.ensuring(Effect.suspend(() => Deferred.fail(url, new NotStarted({ printed: lines.join("\n") })))),
        Effect.forkScoped
      )
      return { url: yield* Deferred.await(url) }
    })
  )
}
