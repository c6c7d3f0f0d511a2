/**
 * The server of Restate, one node of it on this machine: the program that its package brings, on free ports of 127.0.0.1,
 * with its data in a temporary folder that goes with this process.
 *
 * Its defaults stay as they are, syncing its log to disk among them. Only these are said: no logo, TCP alone, no
 * telemetry. It does not see the environment of this process.
 *
 * Gotchas: its interfaces answer before it has found its own partitions, and then with errors. So it has started when
 * it answers a question about all of them.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { arch, platform, tmpdir } from "node:os"
import { join } from "node:path"
import { Duration, Effect, Schedule, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"

/** How long the server may take to begin, and to end. */
const limit = Duration.seconds(30)

/** The server did not begin, or refused what it was asked. */
export class RestateFailed extends Schema.TaggedError<RestateFailed>()("RestateFailed", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

/** A server that is stopped; what it has stored stays until this process ends. */
export interface RestateServer {
  /** Where processes are started. */
  readonly ingress: string
  /** Asks its administration, and answers with the JSON that came back. */
  readonly ask: (path: string, question: object) => Effect.Effect<unknown, RestateFailed>
  readonly start: Effect.Effect<void, RestateFailed>
  readonly stop: Effect.Effect<void>
}

/** The server installed in `folder`, with an empty storage. */
export const make = Effect.fnUntraced(function* (folder: string) {
  const program = join(folder, `node_modules/@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`)
  const [ingress = "", admin = "", node = ""] = yield* freeAddresses(3)
  const data = yield* Effect.sync(() => mkdtempSync(join(tmpdir(), "eventfold-restate-")))
  let server: ChildProcess | undefined
  process.once("exit", () => {
    server?.kill("SIGKILL")
    rmSync(data, { recursive: true, force: true })
  })

  const ask = (path: string, question: object) =>
    HttpClient.execute(
      HttpClientRequest.post(`http://${admin}${path}`).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bodyJsonUnsafe(question)
      )
    ).pipe(
      Effect.flatMap((response) =>
        response.status < 300
          ? response.json
          : Effect.flatMap(response.text, (text) =>
              Effect.fail(new RestateFailed({ reason: `its server answered ${response.status} to ${path}: ${text}` }))
            )
      ),
      Effect.catchTag("HttpClientError", ({ message }) => Effect.fail(new RestateFailed({ reason: message }))),
      Effect.provide(FetchHttpClient.layer)
    )

  /** Never succeeds: fails when `started` does not run, or no longer. */
  const ended = (started: ChildProcess) =>
    Effect.callback<never, RestateFailed>((resume) => {
      const fail = (reason: string) => resume(Effect.fail(new RestateFailed({ reason })))
      started.once("error", (error) => fail(`its server could not be started: ${error.message}`))
      started.once("exit", (code, signal) => fail(`its server ended with ${code ?? signal}`))
    })

  const start = Effect.suspend(() => {
    const settings = {
      RESTATE_BIND_ADDRESS: node,
      RESTATE_INGRESS__BIND_ADDRESS: ingress,
      RESTATE_ADMIN__BIND_ADDRESS: admin,
      RESTATE_DISABLE_TELEMETRY: "true"
    }
    const flags = ["--no-logo", "--listen-mode", "tcp", "--node-name", "bench", "--base-dir", data]
    const started = spawn(program, flags, { stdio: "ignore", env: settings })
    server = started
    return ask("/query", { query: "select count(*) from sys_invocation" }).pipe(
      Effect.retry(Schedule.spaced("50 millis")),
      Effect.raceFirst(ended(started)),
      Effect.timeoutOrElse({
        duration: limit,
        orElse: () => Effect.fail(new RestateFailed({ reason: "its server was not ready in time" }))
      }),
      Effect.asVoid
    )
  })

  const stop = Effect.suspend(() => {
    const stopping = server
    server = undefined
    // Of what has ended there is no event any more.
    if (stopping === undefined || stopping.exitCode !== null || stopping.signalCode !== null) return Effect.void
    return Effect.sync(() => stopping.kill("SIGTERM")).pipe(
      Effect.andThen(Effect.ignore(ended(stopping))),
      Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.sync(() => stopping.kill("SIGKILL")) }),
      Effect.asVoid
    )
  })

  return { ingress: `http://${ingress}`, ask, start, stop } satisfies RestateServer
})

/** So many addresses nobody listens on; each is held until all are found, so that they differ. */
const freeAddresses = (count: number) =>
  Effect.scoped(
    Effect.replicateEffect(
      Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>, RestateFailed>((resume) => {
          const probe = createServer()
          probe.once("error", (error) => resume(Effect.fail(new RestateFailed({ reason: error.message }))))
          probe.listen(0, "127.0.0.1", () => resume(Effect.succeed(probe)))
        }),
        (probe) => Effect.callback<void>((resume) => void probe.close(() => resume(Effect.void)))
      ).pipe(
        Effect.map((probe) => {
          const address = probe.address()
          return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
        })
      ),
      count
    )
  )
