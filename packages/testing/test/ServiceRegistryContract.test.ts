/** The suite of service registries catches broken ones: for every law there is a registry that breaks it. */
import { ContextNotRegistered } from "@eventfold/event-store"
import { type RegistryDriver, ServiceRegistry, ServiceRegistryMemory } from "@eventfold/messaging"
import { Array, Effect, Layer } from "effect"
import { ServiceRegistryLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

interface BrokenRegistry {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ServiceRegistry>
}

/** A row: a registry in memory with what `wrong` puts in the place of parts of its store. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (driver: RegistryDriver) => Partial<RegistryDriver>
): BrokenRegistry => ({
  breaks,
  fault,
  layer: Layer.sync(ServiceRegistry, () => {
    const driver = ServiceRegistryMemory.driver()
    return ServiceRegistry.make({ ...driver, ...wrong(driver) })
  })
})

/** The same, with what comes in the place of parts of the port. */
const brokenPort = (
  breaks: string,
  fault: string,
  wrong: (port: ServiceRegistry["Service"], driver: RegistryDriver) => Partial<ServiceRegistry["Service"]>
): BrokenRegistry => ({
  breaks,
  fault,
  layer: Layer.sync(ServiceRegistry, () => {
    const driver = ServiceRegistryMemory.driver()
    const port = ServiceRegistry.make(driver)
    return { ...port, ...wrong(port, driver) }
  })
})

const rows: ReadonlyArray<BrokenRegistry> = [
  brokenPort(
    "who is registered is found by namespace and service, with version and endpoints, all of them by instance",
    "finds one of several",
    (port) => ({ find: (service, namespace) => Effect.map(port.find(service, namespace), ([one]) => Array.of(one)) })
  ),
  brokenPort(
    "a service nobody has registered is an error that names those of its namespace",
    "names nobody",
    (port) => ({
      find: (service, namespace) =>
        Effect.catchTag(port.find(service, namespace), "ContextNotRegistered", ({ context, namespace: where }) =>
          Effect.fail(new ContextNotRegistered({ context, namespace: where, known: [] }))
        )
    })
  ),
  brokenPort(
    "namespaces know nothing of one another",
    "keeps the first of each instance, whatever its namespace",
    (port) => {
      const first = new Map<string, string>()
      return {
        register: (instance) => {
          const known = first.get(instance.instance) ?? instance.namespace
          first.set(instance.instance, known)
          const isLaw = instance.instance.length === 16
          return port.register(isLaw ? { ...instance, namespace: known } : instance)
        }
      }
    }
  ),
  brokenPort("who registers again is found as it said last", "believes what it heard first", (port) => {
    const seen = new Set<string>()
    return {
      register: (instance) => {
        const isNew = !seen.has(instance.instance)
        seen.add(instance.instance)
        return isNew || instance.instance.length < 16 ? port.register(instance) : Effect.void
      }
    }
  }),
  broken("who ends is gone at once, and no other", "leaves it to the time to live", () => ({
    remove: () => Effect.void
  })),
  brokenPort("who is alive stays, however long", "is heard of once", (port, driver) => ({
    register: (instance) =>
      Effect.andThen(
        Effect.scoped(port.register(instance)),
        Effect.acquireRelease(
          Effect.flatMap(
            Effect.clockWith((clock) => clock.currentTimeMillis),
            (now) => driver.put({ instance, heardAt: now, until: now + 15_000 })
          ),
          () => Effect.ignore(driver.remove(instance))
        )
      )
  })),
  broken(
    "who is silent for the time to live is not found any more, and is when it is heard of again",
    "never forgets",
    (driver) => ({ put: (entry) => driver.put({ ...entry, until: Infinity }) })
  ),
  brokenPort(
    "what breaks a rule is refused with the names of the wrong fields, and not registered",
    "takes any address",
    (port) => ({
      register: (instance) =>
        port.register({
          ...instance,
          endpoints: Object.fromEntries(
            Object.entries(instance.endpoints).map(([name, url]) => [name, url.replace("me:secret@", "")])
          )
        })
    })
  )
]

suite({
  of: "service registries",
  laws: ServiceRegistryLaws.laws,
  rows,
  sound: ServiceRegistryMemory.layerMemory(),
  // Who is heard of once, say, is not heard of again either.
  only: false
})
