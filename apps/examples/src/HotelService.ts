/** Hotels as a service of their own, which others find by name and send commands over HTTP. */
import { NodeHttpServer } from "@effect/platform-node"
import { Message } from "@eventfold/decider"
import { CommandBus, layerMemory } from "@eventfold/event-store"
import { ServiceRegistry, ServiceRegistryMemory } from "@eventfold/messaging"
import { Breakers } from "@eventfold/processes"
import { ContextCommandBus, HostedQueries, layerCredential, RemoteCommands, ServiceEndpoint } from "@eventfold/services"
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { FetchHttpClient, HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"

/** Asks a hotel for a room. */
export const bookRoom = Message.command({
  context: "hotels",
  payload: Schema.TaggedStruct("BookRoom", { guest: Schema.String }),
  answer: Schema.Struct({ room: Schema.Int }),
  refusal: Schema.Literal("full")
})

/** What the two programs share, so that they answer each other. */
const credential = { credential: Redacted.make("what-only-the-services-know-of-each-other") }

const handler = CommandBus.handler(bookRoom, ({ payload }) =>
  payload.guest === "Ada" ? Effect.succeed({ room: 12 }) : Effect.fail("full" as const)
)

/** A program that serves hotels, on a free port of this machine. While it runs, it is registered under the name of the instance. */
export const hotels = (instance: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const http = address._tag === "UnixPathAddress" ? address.path : `http://127.0.0.1:${address.port}`
      const registry = yield* ServiceRegistry
      yield* registry.register({
        namespace: "eventfold",
        service: "hotels",
        instance,
        version: "1.0.0",
        endpoints: { http }
      })
    })
  ).pipe(
    Layer.provideMerge(
      HttpRouter.serve(ServiceEndpoint.layer(credential), { disableLogger: true, disableListenLog: true })
    ),
    Layer.provide([Layer.fresh(ContextCommandBus.layer([handler])), HostedQueries.none]),
    Layer.provide(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }))
  )

/** What both programs have, in one process or in several: where they find one another, and what they need to speak. */
export const sharing = <E>(registry: Layer.Layer<ServiceRegistry, E>) =>
  RemoteCommands.layer().pipe(
    Layer.provideMerge(registry),
    Layer.provideMerge(Breakers.layer()),
    Layer.provide([FetchHttpClient.layer, layerCredential(credential)]),
    Layer.provideMerge(layerMemory)
  )

/** What they share in one process; they speak HTTP all the same. */
export const shared = sharing(ServiceRegistryMemory.layerMemory())

/** The command bus of a program that serves no context itself. */
export const bus = Layer.effectContext(
  Effect.map(Layer.build(Layer.fresh(ContextCommandBus.layer<never>([]))), (built) =>
    Context.make(CommandBus, Context.get(built, CommandBus))
  )
)

/** A command for a guest, with an id of its number. */
export const booking = (number: number, guest: string) => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  tenant: "acme",
  payload: { _tag: "BookRoom" as const, guest }
})
