/** Carries out a plan on two stores over one database, and notes what each caller was answered, and when. */
import {
  type Appended,
  type AppendError,
  type EventStore,
  ExpectedVersion,
  type NewEvent,
  StreamId,
  type Transaction
} from "@eventfold/event-store"
import { Cause, DateTime, Effect, Exit, Fiber } from "effect"
import type { Piece, Step } from "./AppendModelPlan.ts"

/** A store and the transactions over the same database. */
export interface Store {
  readonly events: EventStore["Service"]
  readonly transaction: Transaction["Service"]
}

/** One append and its answer. Moments are counted, not measured. */
export interface Attempt {
  readonly piece: Piece
  readonly expected: ExpectedVersion.ExpectedVersion
  readonly begun: number
  /** When its caller knew the answer; of an append in a transaction, when that had ended. */
  ended: number
  /** `interrupted` while it was under way: it may be stored or not. */
  answer: Appended | AppendError | "interrupted"
  /** What it is part of, all of which is stored or nothing: `undone` when it was rolled back after the answer. */
  readonly unit: { outcome: "open" | "done" | "undone" | "unknown" }
}

/** What a run has noted. */
export interface Notes {
  readonly attempts: ReadonlyArray<Attempt>
  /** Callers that died, which no append may let them do. */
  readonly defects: ReadonlyArray<string>
}

/** The stream of a number. */
export const streamOf = (tenant: string, stream: number) => StreamId.make(tenant, "model", `s${stream}`)

/** Carries out the steps of each fiber, every third fiber on the second store. */
export const run = Effect.fnUntraced(function* (
  plan: ReadonlyArray<ReadonlyArray<Step>>,
  tenant: string,
  [first, second]: readonly [Store, Store]
) {
  const attempts: Array<Attempt> = []
  const defects: Array<string> = []
  /** By stream: the version last answered, and what it will be if all that was called for is stored. */
  const known = new Map<number, number>()
  const ahead = new Map<number, number>()
  let now = 0

  const expect = ({ expectation, ids, stream }: Piece): ExpectedVersion.ExpectedVersion => {
    const version = known.get(stream) ?? 0
    const hoped = ahead.get(stream) ?? 0
    ahead.set(stream, hoped + ids.length)
    if (expectation === "known") return ExpectedVersion.at(version)
    if (expectation === "ahead") return ExpectedVersion.at(hoped)
    return expectation === "wrong" ? ExpectedVersion.Exact(version + 1 + (now % 7)) : { _tag: expectation }
  }
  const begin = (piece: Piece, unit: Attempt["unit"] = { outcome: "open" }): Attempt => {
    const attempt: Attempt = { piece, expected: expect(piece), begun: ++now, ended: 0, answer: "interrupted", unit }
    attempts.push(attempt)
    return attempt
  }
  const learn = (attempt: Attempt) => {
    const { answer, piece, unit } = attempt
    if (answer === "interrupted") return
    if ("version" in answer && unit.outcome === "done") {
      known.set(piece.stream, Math.max(known.get(piece.stream) ?? 0, answer.version))
      return
    }
    // Nothing of it was stored: hopes start anew from what is known.
    if ("_tag" in answer && answer._tag === "VersionConflict" && unit.outcome === "done") {
      known.set(piece.stream, Math.max(known.get(piece.stream) ?? 0, answer.actual))
    }
    ahead.set(piece.stream, known.get(piece.stream) ?? 0)
  }
  const answerOf = <A, E>(exit: Exit.Exit<A, E>): A | E | "interrupted" => {
    if (Exit.isSuccess(exit)) return exit.value
    const error = Cause.findErrorOption(exit.cause)
    if (error._tag === "Some") return error.value
    if (!Cause.hasInterruptsOnly(exit.cause)) defects.push(Cause.pretty(exit.cause))
    return "interrupted"
  }
  const end = (attempt: Attempt, answer: Attempt["answer"]) => {
    attempt.answer = answer
    attempt.ended = ++now
    if (attempt.unit.outcome === "open") attempt.unit.outcome = answer === "interrupted" ? "unknown" : "done"
    learn(attempt)
  }

  /** Runs it in a fiber of its own, which loses its patience after so many yields. */
  const impatient = <A, E>(effect: Effect.Effect<A, E>, patience: number | undefined) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect)
      if (patience !== undefined) {
        for (let yields = 0; yields <= patience && fiber.pollUnsafe() === undefined; yields += 1) yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
      }
      return yield* Fiber.await(fiber)
    })
  const one = Effect.fnUntraced(function* ({ events: store }: Store, piece: Piece, patience?: number) {
    const attempt = begin(piece)
    const append = store.append(streamOf(tenant, piece.stream), attempt.expected, eventsOf(piece))
    end(attempt, answerOf(yield* impatient(append, patience)))
    return attempt
  })
  /** How the whole ended; its appends have their answers from `answers`, or have them already. */
  const endUnit = (
    own: ReadonlyArray<Attempt>,
    exit: Exit.Exit<unknown, AppendError | "rolled back">,
    answers?: ReadonlyArray<Appended>
  ) => {
    const outcome = Exit.isSuccess(exit) ? "done" : answerOf(exit) === "interrupted" ? "unknown" : "undone"
    for (const [index, attempt] of own.entries()) {
      attempt.unit.outcome = outcome
      end(attempt, answers?.[index] ?? attempt.answer)
    }
  }
  const together = Effect.fnUntraced(function* (
    { events: store }: Store,
    pieces: ReadonlyArray<Piece>,
    patience?: number
  ) {
    const unit: Attempt["unit"] = { outcome: "open" }
    const own = pieces.map((piece) => begin(piece, unit))
    const all = own.map(({ expected, piece }) => ({
      stream: streamOf(tenant, piece.stream),
      expected,
      events: eventsOf(piece)
    }))
    const exit = yield* impatient(store.appendAll(all), patience)
    endUnit(own, exit, Exit.isSuccess(exit) ? exit.value : undefined)
  })
  const inTransaction = Effect.fnUntraced(function* (
    { events: store, transaction }: Store,
    { commits, patience, pieces, tolerant }: Step & { readonly _tag: "Transaction" }
  ) {
    const unit: Attempt["unit"] = { outcome: "open" }
    const own: Array<Attempt> = []
    const body = Effect.gen(function* () {
      for (const piece of pieces) {
        const attempt = begin(piece, unit)
        own.push(attempt)
        const answer = yield* Effect.result(
          store.append(streamOf(tenant, piece.stream), attempt.expected, eventsOf(piece))
        )
        attempt.answer = answer._tag === "Success" ? answer.success : answer.failure
        if (answer._tag === "Failure" && (!tolerant || answer.failure._tag === "EventStoreFailure")) {
          return yield* answer.failure
        }
        yield* Effect.yieldNow
      }
      if (!commits) return yield* Effect.fail("rolled back" as const)
    })
    endUnit(own, yield* impatient(transaction.run(body), patience))
  })

  const carryOut = Effect.fnUntraced(function* (step: Step, store: Store, other: Store) {
    switch (step._tag) {
      case "One": {
        const { answer } = yield* one(store, step.piece, step.patience)
        if (answer === "interrupted" && step.again) yield* one(store, step.piece)
        return
      }
      case "Twins": {
        const twins = Array.from({ length: step.count }, (_, index) => one(index % 2 === 0 ? store : other, step.piece))
        return yield* Effect.all(twins, { concurrency: "unbounded", discard: true })
      }
      case "Together":
        return yield* together(store, step.pieces, step.patience)
      case "Transaction":
        return yield* inTransaction(store, step)
    }
  })
  yield* Effect.forEach(
    plan.entries(),
    ([fiber, steps]) => {
      const [own, other] = fiber % 3 === 2 ? [second, first] : [first, second]
      return Effect.forEach(steps, (step) => carryOut(step, own, other), { discard: true })
    },
    { concurrency: "unbounded", discard: true }
  )
  return { attempts, defects } satisfies Notes
})

/** Each event says which piece it came with. */
const eventsOf = ({ ids, name }: Piece): ReadonlyArray<NewEvent> =>
  ids.map((id) => ({
    id,
    type: "Happened",
    schemaVersion: 1,
    occurredAt: DateTime.makeUnsafe(0),
    data: { name },
    metadata: {}
  }))
