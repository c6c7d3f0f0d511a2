/** Contexts that are asked, on stores in memory: by who is in the same program, and by another program over HTTP. */
import { NodeHttpServer } from "@effect/platform-node"
import type { Documents } from "@eventfold/documents"
import {
  CommandBus,
  type CommandServices,
  type ContextQueries,
  type KeyStore,
  type Transaction
} from "@eventfold/event-store"
import { ServiceRegistryStatic } from "@eventfold/messaging"
import { Breakers } from "@eventfold/processes"
import {
  ContextCommandBus,
  ContextQueryBus,
  layerCredential,
  RemoteCommands,
  RemoteQueries,
  ServiceEndpoint
} from "@eventfold/services"
import { Context, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"
import * as SalesDirectory from "../src/buyers/SalesDirectory.ts"
import * as CatalogCommandHandlers from "../src/commands/CatalogCommandHandlers.ts"
import * as CustomerCommandHandlers from "../src/commands/CustomerCommandHandlers.ts"
import * as OrderCommandHandlers from "../src/commands/OrderCommandHandlers.ts"
import * as OrderPriceList from "../src/commands/OrderPriceList.ts"
import * as ShipmentCommandHandlers from "../src/commands/ShipmentCommandHandlers.ts"
import * as ShipmentOrders from "../src/commands/ShipmentOrders.ts"
import { modules } from "../src/contexts/Hosting.ts"
import * as CustomerContacts from "../src/notifications/CustomerContacts.ts"
import * as BetweenContexts from "../src/queries/BetweenContexts.ts"
import * as Service from "../src/Service.ts"

const credential = { credential: Redacted.make("what-the-two-programs-of-this-test-share") }

const handlers = modules.flatMap(({ answers }) => answers)

/** A program that serves all contexts that are asked; the address is where it answers other services. */
const served = Effect.gen(function* () {
  const program = HttpRouter.serve(ServiceEndpoint.layer(credential), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provide([ContextCommandBus.layer<never>([]), ContextQueryBus.layer<BetweenContexts.Tellers>(handlers)]),
    Layer.provide([
      Layer.mock(RemoteCommands, {}),
      Layer.succeed(RemoteQueries, { askJson: () => Effect.die("it must ask nobody else") })
    ]),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }))
  )
  const { address } = Context.get(yield* Layer.build(Layer.fresh(Layer.orDie(program))), HttpServer.HttpServer)
  return address._tag === "UnixPathAddress" ? address.path : `http://127.0.0.1:${address.port}`
})

/** Queries to contexts at this address. */
export const elsewhere = (url: string): Layer.Layer<ContextQueries> =>
  ContextQueryBus.layer<never>([]).pipe(
    Layer.provide(RemoteQueries.layer()),
    Layer.provide([
      Breakers.layer(),
      FetchHttpClient.layer,
      Layer.orDie(layerCredential(credential)),
      Layer.orDie(ServiceRegistryStatic.layerRecord({ catalog: url, customers: url, ordering: url }))
    ])
  )

/** The ways to ask a context. */
export const ways = {
  "in the same program": BetweenContexts.layer,
  "in another program, over HTTP": Layer.unwrap(Effect.map(served, elsewhere))
} as const

type Services = CommandServices | KeyStore | Documents | Transaction

/** What asks, over the queries, with the commands that make something to ask for. */
export const asking = (queries: Layer.Layer<ContextQueries, never, BetweenContexts.Tellers | Service.Ports>) =>
  CommandBus.layer<Services | Layer.Success<typeof ports>>([
    ...CatalogCommandHandlers.handlers,
    ...CustomerCommandHandlers.handlers,
    ...OrderCommandHandlers.handlers,
    ...ShipmentCommandHandlers.handlers
  ]).pipe(
    Layer.provideMerge(ports),
    Layer.provide(queries),
    Layer.provide(BetweenContexts.tellers),
    Layer.provideMerge(Service.portsMemory),
    Layer.fresh
  )

const ports = Layer.mergeAll(OrderPriceList.layer, ShipmentOrders.layer, SalesDirectory.layer, CustomerContacts.layer)
