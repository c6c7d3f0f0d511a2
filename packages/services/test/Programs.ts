/** Programs that serve contexts, on ports of their own on this machine, and whoever sends them commands. */
import { NodeHttpServer } from "@effect/platform-node"
import { type CommandBus, type ContextQueries, layerMemory } from "@eventfold/event-store"
import type { Handler } from "@eventfold/event-store/CommandBus"
import type { Handler as QueryHandler } from "@eventfold/event-store/QueryBus"
import { type ServiceRegistry, ServiceRegistryStatic } from "@eventfold/messaging"
import { Breakers, type BreakerOptions } from "@eventfold/processes"
import { Context, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, type HttpClient, HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"
import {
  ContextCommandBus,
  ContextQueryBus,
  type CredentialOptions,
  layerCredential,
  RemoteCommands,
  type RemoteOptions,
  RemoteQueries,
  ServiceEndpoint
} from "../src/index.ts"

/** A secret, told by its number. */
export const secret = (number: number) => Redacted.make(`a-secret-of-32-characters-or-more-${number}`)

/** How a program is reached, and what it has. */
export interface ClientOptions extends RemoteOptions {
  readonly credential?: CredentialOptions
  readonly http?: Layer.Layer<HttpClient.HttpClient>
  readonly breakers?: BreakerOptions
}

/** The command bus of a program that serves what there are handlers for, and asks others for the rest. */
export const bus = (
  registry: Layer.Layer<ServiceRegistry>,
  { breakers, credential = { credential: secret(1) }, http = FetchHttpClient.layer, ...options }: ClientOptions = {},
  handlers: ReadonlyArray<Handler<never>> = []
): Layer.Layer<CommandBus | Breakers> =>
  Layer.fresh(
    ContextCommandBus.layer(handlers).pipe(
      Layer.provide(RemoteCommands.layer(options)),
      Layer.provideMerge(Breakers.layer(breakers)),
      Layer.provide([registry, http, Layer.orDie(layerCredential(credential)), layerMemory])
    )
  )

/** The queries of a program that serves what there are handlers for, and asks others for the rest. */
export const queries = (
  registry: Layer.Layer<ServiceRegistry>,
  { breakers, credential = { credential: secret(1) }, http = FetchHttpClient.layer, ...options }: ClientOptions = {},
  handlers: ReadonlyArray<QueryHandler<never>> = []
): Layer.Layer<ContextQueries | Breakers> =>
  Layer.fresh(
    ContextQueryBus.layer(handlers).pipe(
      Layer.provide(RemoteQueries.layer(options)),
      Layer.provideMerge(Breakers.layer(breakers)),
      Layer.provide([registry, http, Layer.orDie(layerCredential(credential))])
    )
  )

/** A program that serves nothing: its commands and its queries, with the breakers they share. */
export const both = (
  registry: Layer.Layer<ServiceRegistry>,
  http: Layer.Layer<HttpClient.HttpClient>
): Layer.Layer<CommandBus | ContextQueries> =>
  Layer.fresh(
    Layer.merge(
      ContextCommandBus.layer<never>([]).pipe(Layer.provide(RemoteCommands.layer())),
      ContextQueryBus.layer<never>([]).pipe(Layer.provide(RemoteQueries.layer()))
    ).pipe(
      Layer.provide([
        Breakers.layer(),
        registry,
        http,
        Layer.orDie(layerCredential({ credential: secret(1) })),
        layerMemory
      ])
    )
  )

/** Starts a program that serves what there are handlers for, and answers its address. It ends with the scope. */
export const serve = Effect.fnUntraced(function* (
  handlers: ReadonlyArray<Handler<never>>,
  credential: CredentialOptions = { credential: secret(1) },
  telling: ReadonlyArray<QueryHandler<never>> = []
) {
  const program = HttpRouter.serve(Layer.orDie(ServiceEndpoint.layer(credential)), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provide([ContextCommandBus.layer(handlers), ContextQueryBus.layer(telling)]),
    Layer.provide([nobodyElse, layerMemory]),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }))
  )
  const { address } = Context.get(yield* Layer.build(Layer.fresh(Layer.orDie(program))), HttpServer.HttpServer)
  return address._tag === "UnixPathAddress" ? address.path : `http://127.0.0.1:${address.port}`
})

/** A program that sends no commands to others, and asks them nothing. */
const nobodyElse = Layer.merge(
  Layer.succeed(RemoteCommands, { dispatchJson: () => Effect.die("it must ask nobody else") }),
  Layer.succeed(RemoteQueries, { askJson: () => Effect.die("it must ask nobody else") })
)

/** The registry of a record of addresses. */
export const known = (record: { readonly [context: string]: string }): Layer.Layer<ServiceRegistry> =>
  Layer.orDie(ServiceRegistryStatic.layerRecord(record))
