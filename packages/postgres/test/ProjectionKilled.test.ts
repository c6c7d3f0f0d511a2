/**
 * Nodes that run a projection are killed and frozen in the middle of their work: another takes over, and the rows are the
 * fold of the log, each event once and in order.
 *
 * The moments come from a seed, which a failure names; `EVENTFOLD_SEED` makes the same ones again.
 */
import { assert, describe, it } from "@effect/vitest"
import { Consumers, consumerOf, DeadLetters, ReadModelStore } from "@eventfold/subscriptions"
import { effort } from "@eventfold/testing"
import { Cause, Duration, Effect, Exit, Fiber, Layer, Random, Ref, Schedule, Stream } from "effect"
import * as Fixture from "./Fixture.ts"
import * as StoreToMove from "./StoreToMove.ts"
import * as Walks from "./Walks.ts"

/** Fifty in a long run, five in its short form, one in the tests that everybody runs. */
const kills = Math.floor((5 * effort) / 3)

/** To be frozen takes the seconds of a lease: ten times in a long run, once in its short form. */
const freezes = Math.floor(effort / 3)

/**
 * Another node has taken over well within this time, on a busy machine too. A lease is a second long, and a transaction in
 * which a frozen node has stopped is ended after ten.
 */
const takeOver = Duration.seconds(25)

/** A node, and how many transactions it has told of. */
interface Node {
  readonly name: string
  readonly process: Fixture.Fixture
  readonly told: Ref.Ref<number>
}

/** Environment of a new database on the server. */
const place = Effect.map(StoreToMove.newUrl, (url) => ({
  DATABASE_URL: url,
  DATABASE_ROLE: "none",
  EVENTFOLD_MASTER_KEY: Buffer.alloc(32, 7).toString("base64")
}))

const start = Effect.fnUntraced(function* (env: Record<string, string>, name: string) {
  const process = yield* Fixture.startIn(env, "RunWalks", name)
  assert.strictEqual(yield* process.line, "ready", process.complaints())
  const told = yield* Ref.make(0)
  yield* process.line.pipe(
    Effect.andThen(Ref.update(told, (count) => count + 1)),
    Effect.forever,
    Effect.ignoreCause,
    Effect.forkScoped
  )
  return { name, process, told } satisfies Node
})

const states = Effect.gen(function* () {
  const [generation] = yield* (yield* ReadModelStore).generations(Walks.projection.name)
  return generation === undefined ? [] : yield* (yield* Consumers).states([consumerOf(generation)])
})

const soon = { schedule: Schedule.spaced("20 millis") }

/** The first of these nodes that tells of so many more transactions. */
const worksOn = (nodes: ReadonlyArray<Node>, more: number) =>
  Effect.raceAll(
    nodes.map((node) =>
      Effect.gen(function* () {
        const before = yield* Ref.get(node.told)
        yield* Effect.repeat(Ref.get(node.told), {
          until: (now) => now >= before + more,
          schedule: Schedule.spaced("1 millis")
        })
        return node
      })
    )
  )

/** Waits until the slices are all at the end, and none is the business of `gone`. */
const dealtWith = Effect.fnUntraced(function* (end: number, gone?: string) {
  yield* states.pipe(
    Effect.repeat({
      ...soon,
      until: (slices) => slices.length > 0 && slices.every(({ owner, position }) => position >= end && owner !== gone)
    }),
    Effect.timeout(takeOver)
  )
})

/** The rows are the fold of the log, and nothing is a dead letter. */
const allIsRight = Effect.gen(function* () {
  const store = yield* ReadModelStore
  const [generation] = yield* store.generations(Walks.projection.name)
  assert.isDefined(generation)
  const rows = yield* Stream.runCollect(store.rows({ readModel: Walks.walks, generation: generation?.generation ?? 0 }))
  assert.deepStrictEqual(
    rows.map(({ row }) => row).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    yield* Walks.folded
  )
  assert.deepStrictEqual(yield* (yield* DeadLetters).counts, [])
})

/** Says the seed with what goes wrong. */
const seeded = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const seed = process.env["EVENTFOLD_SEED"] ?? String(yield* Random.nextIntBetween(0, 1_000_000))
    const exit = yield* Effect.exit(Random.withSeed(body, seed))
    if (Exit.isFailure(exit)) {
      return yield* Effect.die(new Error(`with EVENTFOLD_SEED=${seed}: ${Cause.pretty(exit.cause)}`))
    }
    return exit.value
  })

describe("a projection on two nodes", () => {
  it.live(`is right after each of ${kills} kills of a node in the middle of its work`, () =>
    seeded(
      Effect.gen(function* () {
        const env = yield* place
        yield* Effect.gen(function* () {
          let nodes: ReadonlyArray<Node> = yield* Effect.all([start(env, "node-0"), start(env, "node-1")], {
            concurrency: 2
          })
          for (let kill = 0; kill < kills; kill++) {
            const walking = yield* Effect.forkChild(Walks.walk(300))
            const victim = yield* worksOn(nodes, yield* Random.nextIntBetween(1, 12))
            yield* victim.process.signal("SIGKILL")
            assert.strictEqual(yield* victim.process.end, "SIGKILL")
            yield* dealtWith(yield* Fiber.join(walking), victim.name)
            yield* allIsRight
            nodes = [yield* start(env, `node-${kill + 2}`), ...nodes.filter(({ name }) => name !== victim.name)]
          }
        }).pipe(Effect.provide(Layer.provide(StoreToMove.store, StoreToMove.ofEnvironment(env))))
      })
    )
  )

  it.live.each(Array.from({ length: freezes }, (_, index) => index))(
    "is not disturbed by a node that was frozen, and wakes up when another has taken over (%i)",
    () =>
      seeded(
        Effect.gen(function* () {
          const env = yield* place
          yield* Effect.gen(function* () {
            const nodes = yield* Effect.all([start(env, "node-0"), start(env, "node-1")], { concurrency: 2 })
            const walking = yield* Effect.forkChild(Walks.walk(300))
            const frozen = yield* worksOn(nodes, yield* Random.nextIntBetween(1, 12))
            yield* frozen.process.signal("SIGSTOP")
            yield* dealtWith(yield* Fiber.join(walking), frozen.name)
            yield* allIsRight
            yield* frozen.process.signal("SIGCONT")
            yield* dealtWith(yield* Walks.walk(100))
            yield* allIsRight
            // It competes again, and is as good as any other.
            const other = nodes.find(({ name }) => name !== frozen.name)
            yield* other?.process.signal("SIGKILL") ?? Effect.void
            yield* dealtWith(yield* Walks.walk(100), other?.name)
            yield* allIsRight
          }).pipe(Effect.provide(Layer.provide(StoreToMove.store, StoreToMove.ofEnvironment(env))))
        })
      )
  )
})
