/**
 * What commands and loads guarantee, whatever snapshots and cached states there are: the answers of a full fold.
 *
 * The aggregate is a ledger whose state depends on the order of its events, so that one left out, taken twice or taken
 * too early shows.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import {
  CommandHandler,
  type CommandServices,
  EventStore,
  SnapshotPolicy,
  SnapshotStore,
  StateCache,
  type StreamId
} from "@eventfold/event-store"
import { Effect, Random, Result, Schema, Stream } from "effect"
import { effort } from "../Effort.ts"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expectEqual, type Law, make } from "../Law.ts"

const Noted = DomainEvent.make("Noted", { number: Schema.Int })

/** A ledger; `version` declares its fold. */
const ledger = (version: number, step: number) =>
  Decider.make({
    category: "ledger",
    State: Schema.Struct({ digest: Schema.Int, numbers: Schema.Array(Schema.Int), count: Schema.BigInt }),
    Event: Schema.Union([Noted]),
    version,
    initial: { digest: version, numbers: [], count: 0n },
    evolve: ({ count, digest, numbers }, { number }: typeof Noted.Type) => ({
      digest: (digest * 31 + number * step) % 1_000_003,
      numbers: [...numbers, number].slice(-3),
      count: count + 1n
    }),
    decide: (numbers: ReadonlyArray<number>) =>
      Result.succeed(numbers.map((number) => Noted.make({ number, occurredAt: Scenario.someTime })))
  })

/** The state by the book: every event from the first on, decoded by hand, without cache or snapshots. */
const fullFold = Effect.fnUntraced(function* (
  decider: ReturnType<typeof ledger>,
  stream: StreamId.StreamId,
  version: number
) {
  const store = yield* EventStore
  const recorded = yield* Stream.runCollect(store.read(stream, { limit: version }))
  const events = recorded.map(({ data }) =>
    Noted.make({ number: decodeNumber(data).number, occurredAt: Scenario.someTime })
  )
  return { state: Decider.fold(decider, events), version: events.length }
})
const decodeNumber = Schema.decodeUnknownSync(Schema.Struct({ number: Schema.Int }))

const policies = [
  SnapshotPolicy.everyEvents(1),
  SnapshotPolicy.everyEvents(2),
  SnapshotPolicy.everyEvents(7),
  SnapshotPolicy.everyEvents(),
  SnapshotPolicy.every(0),
  SnapshotPolicy.onDemand,
  SnapshotPolicy.never
]

const below = (limit: number) => Random.nextIntBetween(0, limit)
const invalidate = Effect.flatMap(StateCache, (cache) => cache.invalidateAll)

/** Fails unless loads of `decider` answer, for every version and for now, what a full fold answers. */
const expectFullFold = Effect.fnUntraced(function* (
  what: string,
  decider: ReturnType<typeof ledger>,
  policy: SnapshotPolicy.SnapshotPolicy,
  stream: StreamId.StreamId,
  length: number
) {
  const handler = CommandHandler.make(decider, { snapshots: policy })
  for (let version = 0; version <= length; version += 1) {
    if ((yield* below(2)) === 0) yield* invalidate
    const expected = yield* fullFold(decider, stream, version)
    yield* expectEqual(`${what}, version ${version}`, yield* handler.load(stream, version), expected)
  }
  yield* invalidate
  const expected = yield* fullFold(decider, stream, length)
  yield* expectEqual(`${what}, as of now`, yield* handler.load(stream), expected)
})

/**
 * A ledger with a history under a random policy, some of it snapshotted, some forgotten on the way. `check` looks at
 * what each command answers.
 */
const history = Effect.fnUntraced(function* <E, R>(
  decider: ReturnType<typeof ledger>,
  check: (stream: StreamId.StreamId, answer: CommandHandler.Loaded<unknown>) => Effect.Effect<void, E, R>
) {
  const store = yield* SnapshotStore
  const stream: StreamId.StreamId = { tenant: yield* Scenario.tenant, category: "ledger", id: yield* Scenario.hex(16) }
  const policy = policies[yield* below(policies.length)] ?? SnapshotPolicy.never
  const handler = CommandHandler.make(decider, { snapshots: policy, readFirst: (yield* below(2)) === 0 })
  let length = 0
  for (let commands = yield* below(12); commands > 0; commands -= 1) {
    const numbers = yield* Effect.forEach(Array.from({ length: yield* below(6) }), () => below(1000))
    length += numbers.length
    const { state, version } = yield* handler.handle(stream, numbers)
    yield* check(stream, { state, version })
    const chance = yield* below(8)
    if (chance === 0) yield* invalidate
    if (chance === 1) yield* handler.snapshot(stream)
    if (chance === 2) yield* store.deleteStream(stream)
    if (chance <= 3) yield* store.settled
  }
  yield* store.settled
  return { stream, policy, length }
})

const rounds = 15 * effort

const unchecked = () => Effect.void

/** The laws of loads and commands over snapshots and cached states. */
export const folding: ReadonlyArray<Law<CommandServices>> = [
  make(
    "a snapshot and the events after it make the state of a full fold, for every version and policy",
    Effect.gen(function* () {
      const decider = ledger(1, 1)
      for (let round = 0; round < rounds; round += 1) {
        const { length, policy, stream } = yield* history(decider, (stream, answer) =>
          Effect.flatMap(fullFold(decider, stream, answer.version), (expected) =>
            expectEqual("the state after a command", answer, expected)
          )
        )
        yield* expectFullFold(`round ${round}`, decider, policy, stream, length)
      }
    })
  ),

  make(
    "a fold of another declared version makes its own state, whatever snapshots the other has left",
    Effect.gen(function* () {
      for (let round = 0; round < rounds; round += 1) {
        const { length, policy, stream } = yield* history(ledger(1, 1), unchecked)
        yield* expectFullFold(`round ${round}`, ledger(2, 7), policy, stream, length)
      }
    })
  ),

  make(
    "deleting every snapshot changes no answer",
    Effect.gen(function* () {
      const decider = ledger(1, 1)
      for (let round = 0; round < rounds; round += 1) {
        const { length, policy, stream } = yield* history(decider, unchecked)
        yield* (yield* SnapshotStore).deleteAll()
        yield* invalidate
        yield* expectFullFold(`round ${round}`, decider, policy, stream, length)
      }
    })
  )
]
