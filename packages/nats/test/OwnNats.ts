/**
 * A NATS server of a test's own, which it may stop, kill, start again, and rob of its files: on a port and in a folder nobody else
 * has. The program is that of `NATS_SERVER`, or `nats-server` of the PATH; when it is missing the test fails and says so.
 */
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

const program = process.env["NATS_SERVER"] ?? "nats-server"
/** Where servers are, though they are not for every user. */
const path = [process.env["PATH"] ?? "", "/usr/sbin", "/usr/local/sbin"].join(delimiter)

/** A server that does not run yet. */
export interface OwnNats {
  readonly url: string
  /** Runs it on the files it has. It answers when it is ready. */
  readonly start: Effect.Effect<void>
  /** Ends it, and waits until it has ended. */
  readonly stop: (signal: "SIGTERM" | "SIGKILL") => Effect.Effect<void>
  /** Where its files are. */
  readonly folder: string
  /** Removes all it has stored; it must not run. */
  readonly empty: Effect.Effect<void>
}

const freePort = async () => {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("there is no free port")
  return address.port
}

/** Answers when it is ready. What it says until then is in the error when it ends instead. */
const run = (port: number, folder: string) =>
  new Promise<ChildProcess>((resolve, reject) => {
    const args = ["-js", "-a", "127.0.0.1", "-p", String(port), "-sd", folder]
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, PATH: path } })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-5000)
      if (said.includes("Server is ready")) resolve(child)
    })
    child.once("error", (error) =>
      reject(new Error(`the test needs a NATS server: set NATS_SERVER to one (${error.message})`))
    )
    child.once("exit", (code) => reject(new Error(`${program} has ended (${code}): ${said}`)))
  })

/** Ends, with all its files, when the scope closes. */
export const make = Effect.gen(function* () {
  const port = yield* Effect.promise(freePort)
  const folder = mkdtempSync(join(tmpdir(), "eventfold-nats-"))
  let child: ChildProcess | undefined
  const empty = Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  const stop = (signal: NodeJS.Signals) =>
    Effect.promise(async () => {
      const running = child
      child = undefined
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      const ended = once(running, "exit")
      running.kill(signal)
      await ended
    })
  const atExit = () => void child?.kill("SIGKILL")
  process.once("exit", atExit)
  yield* Effect.addFinalizer(() =>
    Effect.andThen(stop("SIGKILL"), empty).pipe(
      Effect.andThen(Effect.sync(() => process.removeListener("exit", atExit)))
    )
  )
  const own: OwnNats = {
    url: `nats://127.0.0.1:${port}`,
    folder,
    stop,
    empty,
    start: Effect.promise(async () => {
      child ??= await run(port, folder)
    })
  }
  return own
})
