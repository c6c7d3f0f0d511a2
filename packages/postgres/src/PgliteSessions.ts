/**
 * Makes one PGlite backend look like a pool of PostgreSQL sessions: each `connect()` is a stream that speaks the wire
 * protocol, so `PgClient` uses it like a socket.
 *
 * Guarantees: a session owns the backend from the first message of a batch to its Sync and through a whole transaction,
 * so two never share one; turns are given in the order asked for; what an ended session leaves open is rolled back and
 * its prepared statements are closed; a cancel request takes back a batch that still waits; a session that idles in a
 * transaction for longer than allowed is ended, so code that waits inside a transaction for another session's query
 * fails, as it would with `idle_in_transaction_session_timeout` on a server, instead of hanging for ever.
 *
 * Gotchas: settings made with `SET`, temporary tables, session advisory locks and `lastval()` belong to the one backend
 * and are shared by all sessions. A running statement cannot be cancelled and blocks the process. An answer is held in
 * memory whole, streamed or not. A statement with its parameters has at most 64 MiB. COPY, Flush and function-call messages
 * are refused; notifications are not passed on.
 */
import type { Duplex } from "node:stream"
import { Clock, Duration, Effect, type Scope } from "effect"
import { BackendTurns } from "./BackendTurns.ts"
import type { PgliteBackend } from "./PgliteBackend.ts"
import { PgliteSession, type SessionHost } from "./PgliteSession.ts"

/** Sessions on one backend. */
export interface PgliteSessions {
  /** A new session, for `PgClient`'s `stream`. */
  readonly connect: () => Duplex
  /** How many batches have run: unchanged while nobody uses the database. */
  readonly batches: () => number
  /** Ends every session with an error that says why. */
  readonly endAll: (reason: string) => void
}

/** What sessions are held to. */
export interface SessionLimits {
  /** How long a session may do nothing inside a transaction, to the quarter. Default: 60 seconds. */
  readonly idleInTransaction?: Duration.Input | undefined
}

/** Sessions on a backend; closing the scope ends them and waits until the backend is free. */
export const make = Effect.fnUntraced(function* (
  backend: PgliteBackend,
  limits: SessionLimits = {}
): Effect.fn.Return<PgliteSessions, never, Scope.Scope> {
  const host: SessionHost = { backend, turns: new BackendTurns(), sessions: new Map() }
  let made = 0
  const endAll = (reason: string) => {
    for (const session of host.sessions.values()) session.fail(adminShutdown, reason)
  }
  yield* Effect.addFinalizer(() => {
    endAll("The embedded database is closing")
    return host.turns.free
  })
  yield* endIdle(host.turns, Duration.fromInputUnsafe(limits.idleInTransaction ?? "60 seconds")).pipe(
    // The machine's clock, whatever a test sets: a deadlock in a test has to end too.
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
    Effect.forkScoped
  )
  return {
    connect: () => {
      made += 1
      return new PgliteSession(host, made)
    },
    batches: () => host.turns.taken,
    endAll
  }
})

const endIdle = Effect.fnUntraced(function* (turns: BackendTurns<PgliteSession>, limit: Duration.Duration) {
  const quarter = Duration.millis(Duration.toMillis(limit) / 4)
  let seen = { owner: turns.idleOwner, taken: turns.taken, times: 0 }
  while (true) {
    yield* Effect.sleep(quarter)
    const { idleOwner: owner, taken } = turns
    const same = owner !== undefined && owner === seen.owner && taken === seen.taken
    seen = { owner, taken, times: same ? seen.times + 1 : 0 }
    if (seen.times === 4) owner?.fail(idleInTransaction, "terminating connection due to idle-in-transaction timeout")
  }
})

const adminShutdown = "57P01"
const idleInTransaction = "25P03"
