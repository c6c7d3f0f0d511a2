/**
 * The NATS server comes back without its files, or with older ones: that is seen and told, nothing is published that would hide it,
 * and what is lost can be published again from the log. What has had its effect has it once.
 */
import { assert, describe, it } from "@effect/vitest"
import { layerMemory as eventsInMemory } from "@eventfold/event-store"
import { InboxMemory, MessageBroker, publishAgain } from "@eventfold/messaging"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import * as Scenario from "@eventfold/testing/SubscriberLaws/Scenario"
import { Context, Effect, Layer, References } from "effect"
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { MessageBrokerNats, NatsConnection, TopicLosses } from "../src/index.ts"
import * as Messages from "./Messages.ts"
import * as OwnNats from "./OwnNats.ts"

const stores = Layer.mergeAll(readSideInMemory, InboxMemory.layerMemory).pipe(Layer.provideMerge(eventsInMemory))

const connectionTo = ({ url }: OwnNats.OwnNats) => NatsConnection.layer({ url, connectTimeout: 500, callTimeout: 1000 })

const brokerOn = (server: OwnNats.OwnNats) =>
  Messages.brokerOf(MessageBrokerNats.layer().pipe(Layer.provide(connectionTo(server))))

const lossesOn = (server: OwnNats.OwnNats) =>
  Effect.map(Layer.build(Layer.fresh(TopicLosses.layer().pipe(Layer.provide(connectionTo(server))))), (context) =>
    Context.get(context, TopicLosses)
  )

const nodeWith = (its: Scenario.Fresh, broker: MessageBroker["Service"]) =>
  Effect.provideService(Scenario.node(its, { hold: "2 seconds" }), MessageBroker, broker)

/** One that is given nothing: what is published waits. */
const deaf = (broker: MessageBroker["Service"]): MessageBroker["Service"] => ({
  ...broker,
  receive: () => Effect.succeed([])
})

/** Waits until it is so. */
const comes = <E, R>(what: string, isSo: Effect.Effect<boolean, E, R>) =>
  Effect.map(Scenario.comes(isSo), (answer) => assert.isTrue(answer, what))

const publishedUpTo = (its: Scenario.Fresh, broker: MessageBroker["Service"], end: number) =>
  comes(
    `published up to ${end}`,
    Effect.map(Scenario.standing(its), (group) => group.end === end)
  ).pipe(Effect.provideService(MessageBroker, broker))

const heardAll = Effect.fnUntraced(function* (its: Scenario.Fresh, lines: ReadonlyArray<string>) {
  yield* Scenario.comes(Effect.map(Scenario.heard(its), (found) => found.length >= lines.length))
  assert.deepStrictEqual(yield* Scenario.heard(its), lines.toSorted(Scenario.byKey))
})

const problemOf = ({ relays }: Effect.Success<ReturnType<typeof nodeWith>>) =>
  Effect.map(relays.statuses, ([status]) => status?.problem ?? "")

const acting = { tenant: "acme", by: "operator", reason: "NATS has lost its disk" }

/** What goes wrong on purpose is not worth a line in the log. */
const exercise = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.scoped,
    Effect.provide(Layer.fresh(stores)),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(Scenario.Patience, "60 seconds")
  )

describe("a server that has lost", () => {
  it.live(
    "everything: nothing goes on until somebody says so, and what nobody had heard is published again",
    () =>
      Effect.gen(function* () {
        const server = yield* OwnNats.make
        yield* server.start
        const [its, broker, losses] = [yield* Scenario.fresh, yield* brokerOn(server), yield* lossesOn(server)]
        const [heard, unheard, late] = [["p0: a", "p1: b"], Scenario.linesOf(12), ["p0: late", "p1: late", "p4: new"]]
        const { end } = yield* nodeWith(its, broker)
        yield* Scenario.say(its, heard)
        yield* heardAll(its, heard)
        yield* end
        const { end: end2 } = yield* nodeWith(its, deaf(broker))
        yield* Scenario.say(its, unheard)
        yield* publishedUpTo(its, broker, 14)
        yield* end2

        yield* server.stop("SIGKILL")
        yield* server.empty
        yield* server.start
        // Though nobody publishes.
        const loss = { topic: its.context, had: 14, has: 0, accepted: false }
        yield* comes(
          "it is noted",
          Effect.map(
            Effect.orElseSucceed(losses.list, () => []),
            (found) => found.length === 1
          )
        )
        assert.deepInclude((yield* losses.list)[0], loss)
        const told = `has lost messages of ${its.context}: there were some up to place 14, and now it ends at 0`
        assert.include((yield* Effect.flip(broker.state(its.group))).message, told)

        const node = yield* nodeWith(its, broker)
        yield* Scenario.say(its, late)
        yield* comes(
          "the relay says so",
          Effect.map(problemOf(node), (problem) => problem.includes(told))
        )
        // A program that has not lived through it is told as well.
        const another = yield* brokerOn(server)
        assert.include((yield* Effect.flip(another.publish(its.context, [Messages.message("x")]))).message, told)
        assert.deepStrictEqual(yield* Scenario.heard(its), heard)

        assert.isAbove((yield* publishAgain(its.context, { ...acting, after: 0 })) ?? 0, 0)
        assert.isTrue(yield* losses.accept(its.context))
        assert.isFalse(yield* losses.accept(its.context))
        yield* heardAll(its, [...heard, ...unheard, ...late])
        yield* publishedUpTo(its, broker, 17)
        yield* comes(
          "the relay is well again",
          Effect.map(problemOf(node), (problem) => problem === "")
        )
        // A restart that loses nothing is none.
        yield* server.stop("SIGKILL")
        yield* server.start
        yield* Scenario.say(its, ["p4: last"])
        yield* heardAll(its, [...heard, ...unheard, ...late, "p4: last"])
      }).pipe(exercise),
    400_000
  )

  it.live(
    "the end of its files: who has published knows, and groups go on from what there is",
    () =>
      Effect.gen(function* () {
        const server = yield* OwnNats.make
        yield* server.start
        const [its, broker, losses] = [yield* Scenario.fresh, yield* brokerOn(server), yield* lossesOn(server)]
        const [before, lost, late] = [Scenario.linesOf(6), ["p0: lost", "p1: lost"], ["p0: late", "p4: new"]]
        const node = yield* nodeWith(its, broker)
        yield* Scenario.say(its, before)
        yield* heardAll(its, before)
        yield* server.stop("SIGTERM")
        const kept = `${server.folder}-kept`
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(kept, { recursive: true, force: true })))
        cpSync(server.folder, kept, { recursive: true })
        yield* server.start
        yield* Scenario.say(its, lost)
        yield* heardAll(its, [...before, ...lost])
        yield* server.stop("SIGKILL")
        yield* server.empty
        cpSync(kept, server.folder, { recursive: true })
        yield* server.start
        yield* Scenario.say(its, late)
        yield* comes(
          "the relay says so",
          Effect.map(problemOf(node), (problem) => problem.includes("up to place 8, and now it ends at 6"))
        )
        yield* publishAgain(its.context, { ...acting, after: 0 })
        yield* losses.accept(its.context)
        yield* heardAll(its, [...before, ...lost, ...late])
        // What it still had is not published again.
        yield* publishedUpTo(its, broker, 10)
      }).pipe(exercise),
    400_000
  )

  it.live(
    "the end of a topic, and no program remembers: groups have been further",
    () =>
      Effect.gen(function* () {
        const server = yield* OwnNats.make
        yield* server.start
        const group = { topic: "ordering", group: "billing" }
        yield* Effect.gen(function* () {
          const broker = yield* brokerOn(server)
          yield* broker.subscribe(group)
          yield* broker.publish(group.topic, [Messages.message("m1"), Messages.message("m2")])
          assert.lengthOf(yield* Messages.drained(broker, group), 2)
        }).pipe(Effect.scoped)
        yield* server.stop("SIGKILL")
        rmSync(join(server.folder, "jetstream/$G/streams/eventfold_log_ordering"), { recursive: true })
        yield* server.start
        const [broker, losses] = [yield* brokerOn(server), yield* lossesOn(server)]
        assert.include((yield* Effect.flip(broker.state(group))).message, "up to place 2, and it ends at 0")
        const failure = yield* Effect.flip(broker.publish(group.topic, [Messages.message("m3")]))
        assert.include(failure.message, "up to place 2, and now it ends at 0")
        assert.isTrue(yield* losses.accept(group.topic))
        assert.strictEqual(yield* broker.publish(group.topic, [Messages.message("m3")]), 1)
        assert.deepStrictEqual(yield* Messages.drained(broker, group), ["m3"])
      }).pipe(exercise),
    400_000
  )
})
