/**
 * The NATS server is stopped, killed and started again while relays publish and subscribers hear: nothing is lost, nothing takes
 * effect twice, the order of each key is kept, and who asks how it goes is told. No program is started again.
 */
import { assert, it } from "@effect/vitest"
import { layerMemory as eventsInMemory } from "@eventfold/event-store"
import { InboxMemory, MessageBroker } from "@eventfold/messaging"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import * as Scenario from "@eventfold/testing/SubscriberLaws/Scenario"
import { Effect, Fiber, Layer, Random, References } from "effect"
import { MessageBrokerNats, NatsConnection } from "../src/index.ts"
import * as OwnNats from "./OwnNats.ts"
import * as Messages from "./Messages.ts"

const stores = Layer.mergeAll(readSideInMemory, InboxMemory.layerMemory).pipe(Layer.provideMerge(eventsInMemory))

const brokerOn = (url: string) =>
  MessageBrokerNats.layer().pipe(Layer.provide(NatsConnection.layer({ url, connectTimeout: 500, callTimeout: 1000 })))

type Node = Effect.Success<ReturnType<typeof Scenario.node>>

/** What relays and subscribers say of themselves. */
const statuses = (nodes: ReadonlyArray<Node>) =>
  Effect.map(
    Effect.forEach(nodes, ({ listeners, relays }) => Effect.all([relays.statuses, listeners.statuses])),
    (all) => ({
      // Of the relays of one name one works, and the others have nothing to say.
      relays: all.flatMap(([relays]) => relays),
      topics: all.flatMap(([, listeners]) => listeners.flatMap(({ topics }) => topics))
    })
  )

/** Waits until they say that they are in trouble: a relay that has something to publish, and all who listen. */
const inTrouble = (nodes: ReadonlyArray<Node>) =>
  Effect.gen(function* () {
    const told = Effect.map(
      statuses(nodes),
      ({ relays, topics }) =>
        relays.some(({ problem, state }) => state === "retrying" && (problem ?? "").includes("NATS")) &&
        topics.every(({ problem, state }) => state === "retrying" && (problem ?? "").includes("NATS"))
    )
    assert.isTrue(yield* Scenario.comes(told), "everybody says that NATS is away")
  })

/** Waits until everything that was said is heard, once and in order, and everybody is well. */
const allHeard = Effect.fnUntraced(function* (
  its: Scenario.Fresh,
  nodes: ReadonlyArray<Node>,
  lines: ReadonlyArray<string>
) {
  const isHeard = Effect.map(Scenario.heard(its), (found) => found.length >= lines.length)
  const come = yield* Scenario.comes(isHeard)
  const found = yield* Scenario.heard(its)
  assert.deepStrictEqual(found, lines.toSorted(Scenario.byKey))
  assert.isTrue(come)
  const well = Effect.map(
    statuses(nodes),
    ({ relays, topics }) =>
      relays.every(({ problem }) => problem === undefined) &&
      topics.every(
        ({ dead, lag, problem, state }) => state === "live" && problem === undefined && lag === 0 && dead === 0
      )
  )
  assert.isTrue(yield* Scenario.comes(well), "everybody is well again")
})

/** Two programs with one store, each with a connection of its own. */
const nodesOn = (url: string, its: Scenario.Fresh) =>
  Effect.forEach([1, 2], () =>
    Effect.flatMap(Messages.brokerOf(brokerOn(url)), (broker) =>
      Effect.provideService(Scenario.node(its, { hold: "2 seconds" }), MessageBroker, broker)
    )
  )

/** What goes wrong on purpose is not worth a line in the log. */
const exercise = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.scoped,
    Effect.provide(Layer.fresh(stores)),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(Scenario.Patience, "60 seconds")
  )

const seed = process.env["EVENTFOLD_SEED"] ?? String(process.pid)

it.live(
  `nothing is lost, doubled or put out of its order while the server is stopped and killed (seed ${seed})`,
  () =>
    Effect.gen(function* () {
      const server = yield* OwnNats.make
      yield* server.start
      const its = yield* Scenario.fresh
      const nodes = yield* nodesOn(server.url, its)
      const lines: Array<string> = []
      const more = (count: number) =>
        Array.from({ length: count }, () => {
          const line = `p${lines.length % 3}: ${lines.length}`
          lines.push(line)
          return line
        })
      for (const signal of ["SIGTERM", "SIGKILL", "SIGKILL", "SIGTERM"] as const) {
        const before = (yield* Scenario.heard(its)).length
        const enough = before + (yield* Random.nextIntBetween(1, 40))
        const saying = yield* Effect.forkChild(Scenario.say(its, more(60)))
        const underWay = Effect.map(Scenario.heard(its), (found) => found.length >= enough)
        assert.isTrue(yield* Scenario.comes(underWay))
        yield* server.stop(signal)
        yield* Fiber.join(saying)
        yield* Scenario.say(its, more(6))
        yield* inTrouble(nodes)
        yield* server.start
        yield* Scenario.say(its, more(6))
        yield* allHeard(its, nodes, lines)
      }
    }).pipe(Random.withSeed(seed), exercise),
  240_000
)

it.live(
  "programs start while the server is away, say so, and go on when it is there",
  () =>
    Effect.gen(function* () {
      const server = yield* OwnNats.make
      const its = yield* Scenario.fresh
      const nodes = yield* nodesOn(server.url, its)
      const lines = Scenario.linesOf(12)
      yield* Scenario.say(its, lines)
      yield* inTrouble(nodes)
      yield* server.start
      yield* allHeard(its, nodes, lines)
    }).pipe(exercise),
  400_000
)
