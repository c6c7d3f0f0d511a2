/**
 * A saga whose steps are handled by two other programs, over HTTP: the same saga, the same runner and the same sender as in
 * one program. What the others do takes effect once, whatever is lost on the way, and is undone over HTTP, too.
 */
import { Message, Saga } from "@eventfold/decider"
import { CommandBus, layerMemory as eventsInMemory } from "@eventfold/event-store"
import { ServiceRegistry, ServiceRegistryMemory } from "@eventfold/messaging"
import { Breakers, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  layerMemory,
  ManagedProjection,
  ProjectionRunner,
  ReadModels,
  Subscriptions
} from "@eventfold/subscriptions"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, References, Schedule, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError } from "effect/http"
import { ContextCommandBus, layerCredential, RemoteCommands } from "../src/index.ts"
import { secret, serve } from "./Programs.ts"

const command = <const Of extends string, const Tag extends string>(context: Of, tag: Tag) =>
  Message.command({
    context,
    payload: Schema.TaggedStruct(tag, { trip: Schema.String, occurredAt: Schema.DateTimeUtc }),
    answer: Schema.Struct({ number: Schema.Int }),
    refusal: Schema.Literal("full")
  })
const [bookFlight, cancelFlight] = [command("flights", "BookFlight"), command("flights", "CancelFlight")]
const [bookHotel, cancelHotel] = [command("hotels", "BookHotel"), command("hotels", "CancelHotel")]

/** Nothing is tried twice: what is lost on the way, and whoever is not there, is waited for. */
const Trip = Saga.make({ name: "trip", input: Schema.Struct({ trip: Schema.String }) })
  .step("flight", bookFlight, {
    retry: { attempts: 1 },
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.by(cancelFlight, ({ at, input }) => ({ _tag: "CancelFlight", ...input, occurredAt: at }))
  })
  .step("hotel", bookHotel, {
    retry: { attempts: 1 },
    send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
    compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at }))
  })
  .end()

/** What the two programs have done, in order; the second one may be full. */
const desk = () => {
  const done: Array<string> = []
  const state = { isFull: false }
  const handled = <P extends { readonly _tag: string }>(
    message: Message.Command<string, P, { readonly number: number }, "full">
  ) =>
    CommandBus.handler(message, ({ payload }) =>
      Effect.suspend(() => {
        if (payload._tag === "BookHotel" && state.isFull) return Effect.fail("full" as const)
        return Effect.succeed({ number: done.push(payload._tag) })
      })
    )
  return {
    done,
    state,
    flights: [handled(bookFlight), handled(cancelFlight)],
    hotels: [handled(bookHotel), handled(cancelHotel)]
  }
}

/** A client that loses the first answer to every command, once it is handled. */
const losing = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (real) => {
    const seen = new Set<string>()
    return HttpClient.transform(real, (answered, request) =>
      Effect.flatMap(answered, (response) => {
        const id = request.headers["idempotency-key"] ?? ""
        if (seen.has(id)) return Effect.succeed(response)
        seen.add(id)
        return Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
        )
      })
    )
  })
).pipe(Layer.provide(FetchHttpClient.layer))

const ports = ProjectionRunner.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)]).pipe(
  Layer.provideMerge(Layer.merge(Generations.layer, ReadModels.layer)),
  Layer.provideMerge(Layer.mergeAll(layerMemory, ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)),
  Layer.provideMerge(eventsInMemory)
)

/** The program that runs trips, and serves no context itself. */
const agency = (http: Layer.Layer<HttpClient.HttpClient>) =>
  Layer.fresh(
    SagaRunner.layer([Trip]).pipe(
      Layer.provide(CommandSender.layer),
      Layer.provide(ContextCommandBus.layer<never>([])),
      Layer.provide(RemoteCommands.layer()),
      Layer.provide([http, Layer.orDie(layerCredential({ credential: secret(1) }))]),
      Layer.provideMerge(Breakers.layer()),
      Layer.provideMerge(ServiceRegistryMemory.layerMemory()),
      Layer.provideMerge(ports)
    )
  )

const registered = (service: string, http: string) =>
  Effect.flatMap(ServiceRegistry, (registry) =>
    registry.register({ namespace: "eventfold", service, instance: "one", version: "1", endpoints: { http } })
  )

const ref = { tenant: "acme", id: "trip-1" }
const start = Effect.flatMap(SagaRunner, (runner) => runner.start(Trip, { ...ref, input: { trip: "t1" } }))

/** Waits until the trip stands like this. A saga that waits for a retry is not through. */
const until = (status: string) =>
  Effect.flatMap(SagaRunner, (runner) => Effect.flatMap(runner.state(ref), Effect.fromOption)).pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (state) => state.status === status }),
    Effect.timeout("40 seconds")
  )

const quietly = Effect.provideService(References.MinimumLogLevel, "None")

describe("a saga across services", () => {
  it.live("completes once all of them are there, though the first answer to every command is lost", () => {
    const { done, flights, hotels } = desk()
    return Effect.gen(function* () {
      yield* registered("flights", yield* serve(flights))
      yield* start
      yield* (yield* SagaRunner).settled(ref)
      // Nobody serves hotels yet: the saga waits, and nothing else has to be told that they are there.
      yield* registered("hotels", yield* serve(hotels))
      yield* until("completed")
      assert.deepStrictEqual(done, ["BookFlight", "BookHotel"])
    }).pipe(Effect.scoped, Effect.provide(agency(losing)), quietly)
  })

  it.live("is undone in the other programs when one of them refuses", () => {
    const { done, flights, hotels, state } = desk()
    state.isFull = true
    return Effect.gen(function* () {
      yield* registered("flights", yield* serve(flights))
      yield* registered("hotels", yield* serve(hotels))
      yield* start
      yield* until("compensated")
      assert.deepStrictEqual(done, ["BookFlight", "CancelFlight"])
    }).pipe(Effect.scoped, Effect.provide(agency(FetchHttpClient.layer)), quietly)
  })
})
