/**
 * The process of a peer, seen from the bench. It ends with the scope, or when it fails; waiting for an answer has a time
 * limit.
 */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Duration, Effect, Schema, type Scope } from "effect"
import type { Rate } from "../Load.ts"
import type { Peer, PeerMeasure } from "./Peer.ts"
import { Answer, type Payloads, type Question } from "./Protocol.ts"

const main = fileURLToPath(new URL("main.ts", import.meta.url))

/** What a peer may take beyond the seconds it is asked to run: to connect, to warm up, to fill what it reads. */
const grace = Duration.seconds(60)

/** The peer did not do what it was asked. */
export class PeerFailed extends Schema.TaggedError<PeerFailed>()("PeerFailed", { reason: Schema.String }) {
  override get message() {
    return `it failed: ${this.reason}`
  }
}

/** Runs one measure of a peer. */
export type Run = (options: {
  readonly measure: PeerMeasure
  readonly callers: number
  readonly seconds: number
}) => Effect.Effect<Rate, PeerFailed>

/** Starts `peer` from `folder` on the database at `url`, and lets it show that it does what is going to be measured. */
export const start = Effect.fnUntraced(function* (
  peer: Peer,
  options: { readonly folder: string; readonly url: string; readonly payloads: Payloads }
): Effect.fn.Return<Run, PeerFailed, Scope.Scope> {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      fork(main, [peer.name, options.folder, options.url], { stdio: ["ignore", "ignore", "pipe", "ipc"] })
    ),
    (child) => Effect.sync(() => void child.kill())
  )
  let complaints = ""
  child.stderr?.on("data", (chunk) => void (complaints = (complaints + String(chunk)).slice(-1000)))
  const ask = (question: Question, seconds: number) =>
    exchange(child, question, () => /^.*Error.*$/mu.exec(complaints)?.[0] ?? complaints.trim()).pipe(
      Effect.timeoutOrElse({
        duration: Duration.sum(grace, Duration.seconds(seconds)),
        orElse: () => Effect.fail(new PeerFailed({ reason: "no answer in time" }))
      }),
      // Whatever it is still doing must not be on the machine while others are measured.
      Effect.tapError(() => Effect.sync(() => child.kill()))
    )
  yield* Effect.flatMap(ask({ _tag: "Prepare", ...options.payloads }, 0), as("Prepared"))
  return (run) => Effect.flatMap(ask({ _tag: "Measure", ...run }, run.seconds), as("Measured"))
})

/** The answer, if it is the one that belongs to the question. */
const as =
  <Tag extends Answer["_tag"]>(tag: Tag) =>
  (answer: Answer) =>
    isTagged(answer, tag)
      ? Effect.succeed(answer)
      : Effect.fail(new PeerFailed({ reason: answer._tag === "Failed" ? answer.reason : `it answered ${answer._tag}` }))

const isTagged = <Tag extends Answer["_tag"]>(answer: Answer, tag: Tag): answer is Extract<Answer, { _tag: Tag }> =>
  answer._tag === tag

/** One question and its answer; a process that ends instead is a failure with its last words. */
const exchange = (child: ChildProcess, question: Question, complaints: () => string) =>
  Effect.flatMap(
    Effect.callback<unknown, PeerFailed>((resume) => {
      const forget = () => void child.off("exit", ended).off("message", answered)
      const ended = () => {
        forget()
        resume(Effect.fail(new PeerFailed({ reason: complaints() || "its process ended" })))
      }
      const answered = (message: unknown) => {
        forget()
        resume(Effect.succeed(message))
      }
      child.on("exit", ended).on("message", answered)
      if (child.connected) child.send(question)
      else ended()
      return Effect.sync(forget)
    }),
    (message) =>
      Effect.mapError(Schema.decodeUnknownEffect(Answer)(message), (error) => new PeerFailed({ reason: error.message }))
  )
