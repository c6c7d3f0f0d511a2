/**
 * Writers that do to the log what can go wrong between taking a position and committing: of a hundred appends two stall
 * there until many others have committed, ten are rolled back, and one loses its connection.
 *
 * For stores on PostgreSQL, whose connections can be ended by a statement: tests of the order of the log, and its measures.
 * Nobody sleeps: a stalled append waits for the appends of the others, and goes on when only stalled ones are left.
 */
import { EventStore, ExpectedVersion, StreamId, Transaction } from "@eventfold/event-store"
import { DateTime, Deferred, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"

/** How much is written. */
export interface Writing {
  /** How many write at the same time. */
  readonly writers: number
  /** How many appends each makes. */
  readonly appends: number
  /** Comes after each append that has been stored. */
  readonly onStored?: Effect.Effect<void>
}

/** An append, or what is around it, as it should end: in a failure that the writer itself wanted. */
type Kind = "alone" | "together" | "stalled" | "rolled back" | "lost"

const kindOf = (turn: number): Kind => {
  if (turn % 100 === 41) return "lost"
  if (turn % 50 === 7) return "stalled"
  if (turn % 10 === 3) return "rolled back"
  return turn % 2 === 0 ? "alone" : "together"
}

/** Appends one to three events to a new stream or to one of a few that all writers share. */
const append = Effect.fnUntraced(function* (turn: number) {
  const store = yield* EventStore
  const event = { type: "Written", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: { turn }, metadata: {} }
  const events = Array.from({ length: 1 + (turn % 3) }, () => ({ ...event, id: SecureRandom.uuidV7Unsafe() }))
  const id = turn % 4 === 0 ? `shared-${turn % 5}` : SecureRandom.uuidV7Unsafe()
  const stream = StreamId.make("test", turn % 2 === 0 ? "even" : "odd", id)
  return yield* store.append(stream, ExpectedVersion.Any, events)
})

/** Who waits between position and commit, and for how many appends of others. */
const makeStalls = (writers: number) => {
  let [active, stored] = [writers, 0]
  let waiting: ReadonlyArray<{ readonly until: number; readonly go: Deferred.Deferred<void> }> = []
  const release = Effect.suspend(() => {
    const all = waiting.length >= active
    const going = waiting.filter(({ until }) => all || until <= stored)
    waiting = waiting.filter((one) => !going.includes(one))
    return Effect.forEach(going, ({ go }) => Deferred.succeed(go, undefined), { discard: true })
  })
  return {
    stored: Effect.andThen(
      Effect.sync(() => void (stored += 1)),
      release
    ),
    left: Effect.andThen(
      Effect.sync(() => void (active -= 1)),
      release
    ),
    stall: (appends: number) =>
      Effect.gen(function* () {
        const go = yield* Deferred.make<void>()
        waiting = [...waiting, { until: stored + appends, go }]
        yield* release
        yield* Deferred.await(go)
      })
  }
}

/** Writes; dies of what no writer wanted. */
export const write = Effect.fnUntraced(function* ({ appends, onStored = Effect.void, writers }: Writing) {
  const sql = yield* SqlClient.SqlClient
  const transaction = yield* Transaction
  const stalls = makeStalls(writers)

  const one = Effect.fnUntraced(function* (turn: number) {
    const kind = kindOf(turn)
    if (kind === "alone") yield* append(turn)
    else if (kind === "together") yield* transaction.run(Effect.andThen(append(turn), append(turn + 1)))
    else if (kind === "stalled") yield* transaction.run(Effect.andThen(append(turn), stalls.stall(20)))
    else if (kind === "rolled back") {
      yield* Effect.flip(transaction.run(Effect.andThen(append(turn), Effect.fail("rolled back" as const))))
    } else {
      const end = Effect.exit(sql`select pg_terminate_backend(pg_backend_pid())`)
      yield* Effect.flip(transaction.run(Effect.andThen(append(turn), Effect.andThen(end, append(turn + 1)))))
    }
    yield* stalls.stored
    yield* onStored
  })

  yield* Effect.forEach(
    Array.from({ length: writers }, (_, writer) => writer),
    (writer) =>
      Effect.ensuring(
        Effect.forEach(
          Array.from({ length: appends }, (_, turn) => turn * writers + writer),
          one,
          { discard: true }
        ),
        stalls.left
      ),
    { concurrency: "unbounded", discard: true }
  ).pipe(Effect.orDie)
})
