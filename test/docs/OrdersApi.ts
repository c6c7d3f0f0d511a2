/** The order service as a reader starts it, on a free port and a database of its own; gone when the scope closes. */
import { Context, Deferred, Effect, FileSystem, Layer, Schedule, Schema, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

const root = `${import.meta.dirname}/../..`

/** The service ended, or said nothing of its address, before it could be used. */
export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", { printed: Schema.String }) {
  override get message() {
    return `the order service did not start; it printed:\n${this.printed}`
  }
}

const Reports = Schema.Struct({ projections: Schema.Array(Schema.Struct({ rows: Schema.String })) })

const patience = Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "30 seconds" }))

/** Waits until its read models can be read: on a new database they are made first. */
const readable = (url: string) =>
  HttpClient.get(`${url}/projections`).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Reports)),
    Effect.repeat({
      schedule: patience,
      until: ({ projections }) => projections.every(({ rows }) => rows === "current")
    })
  )

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
      const at = yield* Deferred.await(url)
      yield* readable(at)
      return { url: at }
    })
  )
}
