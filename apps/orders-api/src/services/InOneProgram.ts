/**
 * Services that host some contexts each, inside of one program: for tests and examples.
 *
 * Each has a store of its own in memory and a port of its own. They share what services share: a broker, a registry and a
 * credential; and the cards of one gateway. What is in memory outlives a service that stops, so one can come back on its store.
 */
import {
  defaultNamespace,
  MessageBroker,
  MessageBrokerMemory,
  ServiceRegistry,
  ServiceRegistryMemory
} from "@eventfold/messaging"
import { Context, Effect, Layer, Logger, Redacted, References } from "effect"
import { HttpServer } from "effect/http"
import * as GatewayAccess from "../gateway/GatewayAccess.ts"
import * as NodeServer from "../http/NodeServer.ts"
import type { Hostable } from "../http/ServedBy.ts"
import * as Service from "../Service.ts"
import { Settings, type SettingsShape } from "../Settings.ts"
import { GivenRegistry } from "./Registry.ts"

/** The contexts of each of the five services. */
export const five: ReadonlyArray<ReadonlyArray<Hostable>> = [
  ["ordering", "customers", "catalog", "accounts"],
  ["inventory"],
  ["payments"],
  ["shipping"],
  ["billing", "notifications", "analytics"]
]

/** What they know each other by. */
export const credential = Redacted.make("what-the-services-of-a-program-share")

/** What a service keeps its data in. */
export type Store = Context.Context<Service.Ports>

/** The address of a server on this machine. */
export const urlOf = ({ address }: HttpServer.HttpServer["Service"]) =>
  `http://127.0.0.1:${address._tag === "UnixPathAddress" ? 0 : address.port}`

const silent = Layer.merge(Logger.layer([]), Layer.succeed(References.MinimumLogLevel, "None"))

/** What the services share, until the scope closes. */
export const make = Effect.gen(function* () {
  const driver = ServiceRegistryMemory.driver()
  const registry = ServiceRegistry.make(driver)
  const broker = Context.get(yield* Layer.build(Layer.fresh(MessageBrokerMemory.layerMemory())), MessageBroker)
  const gateway = Layer.succeedContext(yield* Layer.build(Layer.fresh(GatewayAccess.layerMemory())))
  const ports = Layer.merge(Service.portsMemory, Layer.succeed(MessageBroker, broker))

  /** What each of them is told. */
  const settingsOf = (contexts: ReadonlyArray<Hostable>): Partial<SettingsShape> => ({
    port: 0,
    messaging: true,
    contexts,
    serviceCredential: credential
  })

  /** A new store of its own, with the broker of all. */
  const newStore = Layer.build(Layer.fresh(ports))

  /** Lets others find contexts at an address, and no longer where they were before; also when nobody answers there any more. */
  const announce = (contexts: ReadonlyArray<Hostable>, url: string) =>
    Effect.forEach(
      contexts,
      (service) => {
        const instance = { namespace: defaultNamespace, service, instance: "1", version: "1", endpoints: { http: url } }
        return driver.put({ instance, heardAt: 0, until: Infinity })
      },
      { discard: true }
    )

  /** Runs a service on a store until the scope closes, where others find it. Answers its address. Its log is not kept. */
  const start = Effect.fnUntraced(function* (
    contexts: ReadonlyArray<Hostable>,
    store: Store,
    settings: Partial<SettingsShape> = {}
  ) {
    const all = Settings.make({ ...settings, ...settingsOf(contexts) })
    const layer = Service.layer.pipe(
      Layer.provide(gateway),
      Layer.provideMerge(NodeServer.layer),
      Layer.provide(Layer.succeedContext(store)),
      Layer.provide([Layer.succeed(Settings, all), Layer.succeed(GivenRegistry, registry), silent])
    )
    const url = urlOf(Context.get(yield* Layer.build(Layer.fresh(layer)), HttpServer.HttpServer))
    yield* announce(contexts, url)
    return url
  })

  return { registry, settingsOf, newStore, announce, start }
})
