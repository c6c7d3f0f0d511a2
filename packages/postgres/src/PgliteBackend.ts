/**
 * One PGlite database as a backend that runs batches of wire messages, one at a time.
 *
 * Guarantees: a batch is answered, or fails with `BackendCrashed`; it never hangs and never leaves a backend that answers
 * nothing. A database in a directory that crashes is opened again, as PostgreSQL does when one of its processes crashes:
 * what was committed is kept, an open transaction is rolled back. One in memory is gone. Closing writes a checkpoint.
 *
 * Gotcha: PGlite swallows every exception of its WebAssembly (a stack overflow, an abort on a full disk) and then either
 * loops for ever or falls silent. The guard below turns them into failures; it leans on two functions of PGlite's module
 * and is covered by tests, so that an update of PGlite that breaks it is noticed.
 */
import type { PGlite } from "@electric-sql/pglite"
import { Cause, Effect, Exit, type Scope } from "effect"
import { abandon, type OpenPglite } from "./PgliteFiles.ts"
import { Backend, opening, textAt } from "./WireMessages.ts"

/** A message sent by `NOTIFY`. */
export interface Notification {
  readonly processId: number
  readonly channel: string
  readonly payload: string
}

/** What a batch was answered with. */
export interface Answer {
  /** Whole messages, without notifications. */
  readonly bytes: Buffer
  /** Transaction status after the batch: idle, in a transaction, or in a failed one. */
  readonly status: number
}

/** The database crashed while it ran a batch. */
export class BackendCrashed extends Error {
  /** Whether it is open again. */
  readonly recovered: boolean
  constructor(recovered: boolean, reason: string, cause: unknown) {
    super(`The embedded database crashed${recovered ? " and was opened again" : ""}: ${reason}`, { cause })
    this.recovered = recovered
  }
}

/** A running backend. */
export interface PgliteBackend {
  /** The messages a session is greeted with, but for its key data and the final ReadyForQuery. */
  readonly greeting: Buffer
  /** Runs one batch, which ends in a Sync or is one Query. Only one may run at a time. Rejects with `BackendCrashed`. */
  readonly run: (batch: Uint8Array) => Promise<Answer>
  /** A copy of the database's files as a tar archive, for `loadDataDir`. Nobody may use the database meanwhile. */
  readonly dump: Effect.Effect<Blob>
}

/** How a backend is opened. */
export interface BackendOptions<E> {
  /** Opens the database; run again after a crash. */
  readonly open: Effect.Effect<OpenPglite, E>
  /** Whether opening again brings the data back. */
  readonly recoverable: boolean
  readonly onNotification: (notification: Notification) => void
  /** Called when the database is open again after a crash. */
  readonly onRecovered: () => void
}

/** A backend that is closed with the scope. */
export const make = Effect.fnUntraced(function* <E>(
  options: BackendOptions<E>
): Effect.fn.Return<PgliteBackend, E, Scope.Scope> {
  const context = yield* Effect.context()
  const log = Effect.runForkWith(context)
  let failure: BackendCrashed | undefined
  let opened: OpenPglite = yield* Effect.acquireRelease(options.open, () =>
    Effect.suspend(() => (failure === undefined ? close(opened.db) : Effect.void))
  )
  guard(opened.db)

  const recover = async (cause: unknown): Promise<BackendCrashed> => {
    const reason = opened.lastWords() ?? describe(cause)
    abandon(opened.db)
    if (options.recoverable) {
      try {
        opened = await Effect.runPromiseWith(context)(options.open)
        guard(opened.db)
        log(Effect.logError(`The embedded database crashed and was opened again: ${reason}`))
        options.onRecovered()
        return new BackendCrashed(true, reason, cause)
      } catch (reopening) {
        log(Effect.logError(`The embedded database crashed and cannot be opened again: ${reason}`, reopening))
      }
    } else {
      log(Effect.logError(`The embedded database crashed; it was in memory, its data is lost: ${reason}`))
    }
    failure = new BackendCrashed(false, reason, cause)
    return failure
  }

  const run = async (batch: Uint8Array): Promise<Answer> => {
    if (failure !== undefined) throw failure
    let bytes: Buffer
    try {
      bytes = await execute(opened.db, batch)
    } catch (cause) {
      throw await recover(cause)
    }
    const answer = split(bytes, options.onNotification)
    if (answer === undefined) throw await recover(new Error("it did not answer"))
    return answer
  }

  return {
    greeting: yield* Effect.promise(() => greet(opened.db)),
    run,
    dump: Effect.promise(async () => {
      await opened.db.exec("checkpoint")
      return opened.db.dumpDataDir("none")
    })
  }
})

const execute = async (db: PGlite, batch: Uint8Array): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  // What comes is a view of the database's own memory, hence the copy. Nothing needs syncing: files are written through.
  await db.execProtocolRawStream(batch, { syncToFs: false, onRawData: (data) => void chunks.push(Buffer.from(data)) })
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** PGlite longjmps back to its main loop by an exception of this status; no other one leaves the backend usable. */
const longjmpStatus = 100

const guard = (db: PGlite): void => {
  const module = db.Module
  const { _PostgresMainLoopOnce: loopOnce, stackRestore } = module
  let crash: { readonly cause: unknown } | undefined
  module._PostgresMainLoopOnce = () => {
    try {
      loopOnce()
    } catch (cause) {
      if (!isLongjmp(cause)) crash = { cause }
      throw cause
    }
  }
  // Called first in PGlite's own catch block: throwing here is the way out of its loop.
  module.stackRestore = (pointer) => {
    if (crash !== undefined) throw crash.cause
    return stackRestore(pointer)
  }
}

const isLongjmp = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "status" in cause && cause.status === longjmpStatus

const close = (db: PGlite): Effect.Effect<void> =>
  Effect.promise(async () => {
    await db.exec("checkpoint")
    await db.close()
  }).pipe(
    Effect.exit,
    Effect.flatMap((exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.logWarning(
            "The embedded database did not close cleanly; it recovers when opened",
            Cause.squash(exit.cause)
          )
    )
  )

const greet = async (db: PGlite): Promise<Buffer> => {
  const bytes = await execute(db, opening)
  const kept: Array<Buffer> = []
  forEachMessage(bytes, (type, start, end) => {
    if (type !== Backend.keyData && type !== Backend.readyForQuery) kept.push(bytes.subarray(start, end))
  })
  return Buffer.concat(kept)
}

/** Takes the notifications out of an answer. An answer without a final ReadyForQuery is none. */
const split = (bytes: Buffer, onNotification: BackendOptions<never>["onNotification"]): Answer | undefined => {
  let status: number | undefined
  let from = 0
  const kept: Array<Buffer> = []
  forEachMessage(bytes, (type, start, end) => {
    if (type === Backend.readyForQuery) status = bytes[start + 5]
    if (type !== Backend.notification) return
    kept.push(bytes.subarray(from, start))
    from = end
    const channel = textAt(bytes, start + 9)
    const payload = textAt(bytes, start + 9 + Buffer.byteLength(channel) + 1)
    onNotification({ processId: bytes.readInt32BE(start + 5), channel, payload })
  })
  if (status === undefined) return undefined
  return { bytes: from === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(from)]), status }
}

const forEachMessage = (bytes: Buffer, visit: (type: number | undefined, start: number, end: number) => void): void => {
  for (let start = 0; start + 5 <= bytes.length;) {
    const end = start + 1 + bytes.readInt32BE(start + 1)
    visit(bytes[start], start, end)
    start = end
  }
}

const describe = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : (JSON.stringify(cause) ?? "for no known reason")
