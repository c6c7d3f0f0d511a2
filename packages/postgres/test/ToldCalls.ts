/** A coalescer of appends whose calls are recorded and end when the test says so. */
import { assert } from "@effect/vitest"
import {
  type Appended,
  EventStoreFailure,
  type PreparedAppend,
  StreamId,
  VersionConflict
} from "@eventfold/event-store"
import { DateTime, Deferred, Effect, Exit, Scope } from "effect"
import type { AppendExit } from "../src/AppendCalls.ts"
import * as AppendCoalescer from "../src/AppendCoalescer.ts"

/** An append of one event to a stream of this id. */
export const append = (id: string, size = 2): PreparedAppend => ({
  stream: StreamId.make("test", "order", id),
  expected: { _tag: "Any" },
  events: [
    {
      id: `id-${id}`,
      type: "Happened",
      schemaVersion: 1,
      occurredAt: DateTime.makeUnsafe(0),
      data: "x".repeat(size),
      metadata: ""
    }
  ]
})

/** How calls fail that are told to. */
export const failure = new EventStoreFailure({ operation: "test", retryable: true, cause: "the call failed" })
/** How calls for one append fail whose stream stays locked; appends to `long` fail like this when each is tried alone. */
export const stillLocked = new EventStoreFailure({ operation: "test", retryable: true, cause: "the stream is locked" })
const conflict = ({ expected, stream }: PreparedAppend) => new VersionConflict({ stream, expected, actual: 7 })

/** A call that was made, and how it is told to end. */
export interface Call {
  readonly ids: ReadonlyArray<string>
  readonly end: (failed?: EventStoreFailure) => Effect.Effect<void>
}

/** A coalescer whose calls are recorded and end when told. Appends called `conflict…` are answered with a conflict. */
export const make = Effect.fnUntraced(function* (
  options: AppendCoalescer.CoalescerOptions = {},
  isOfOne: boolean = true
) {
  const calls: Array<Call> = []
  const atOnce = new Map<string, number>()
  let over = false
  const alone: Array<string> = []
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const submit = yield* AppendCoalescer.make(
    {
      isLong: () => false,
      together: (appends) =>
        Effect.gen(function* () {
          const ended = yield* Deferred.make<void, EventStoreFailure>()
          calls.push({
            ids: appends.map(({ stream }) => stream.id),
            end: (failed) =>
              Effect.andThen(
                failed === undefined ? Deferred.succeed(ended, undefined) : Deferred.fail(ended, failed),
                settled
              )
          })
          if (!over) yield* Deferred.await(ended)
          return appends.map((one): AppendExit =>
            one.stream.id.startsWith("conflict") ? Exit.fail(conflict(one)) : Exit.succeed(answerTo(one))
          )
        }),
      alone: (one) =>
        Effect.gen(function* () {
          const { id } = one.stream
          alone.push(id)
          const now = (atOnce.get(id) ?? 0) + 1
          atOnce.set(id, now)
          yield* Effect.yieldNow
          assert.strictEqual(now, 1, "two of one stream at once")
          atOnce.set(id, 0)
          return yield* id === "poison"
            ? Effect.fail(failure)
            : id === "long"
              ? Effect.fail(stillLocked)
              : Effect.succeed(answerTo(one))
        }),
      isOfOne: (): boolean => isOfOne,
      isOfStream: (error) => error === stillLocked
    },
    options
  ).pipe(Scope.provide(scope))
  const start = (one: PreparedAppend) => Effect.tap(Effect.forkChild(submit(one)), () => settled)
  const startAll = (ids: ReadonlyArray<string>) =>
    Effect.tap(
      Effect.forEach(ids, (id) => Effect.forkChild(submit(append(id)))),
      () => settled
    )
  /** Ends every call there is and will be, until all appends are answered. */
  const endAll = Effect.gen(function* () {
    for (let at = 0; at < calls.length; at += 1) yield* calls[at]?.end() ?? Effect.void
  })
  // Closing waits for the calls under way: at the end of a test all end.
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      Effect.sync(() => (over = true)),
      endAll
    )
  )
  return { alone, calls, close: Scope.close(scope, Exit.void), endAll, start, startAll, submit }
})

const answerTo = ({ stream }: PreparedAppend): Appended => ({ version: stream.id.length, position: 1 })

/** Lets every fiber run as far as it goes. */
export const settled = Effect.yieldNow.pipe(Effect.repeat({ times: 20 }), Effect.asVoid)

/** Which appends each call held. */
export const idsOf = (calls: ReadonlyArray<Call>) => calls.map(({ ids }) => ids)
/** So many ids. */
export const numbered = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`)
