/** The register of services in memory, for tests, examples and programs of one process. */
import { Clock, Effect, Layer } from "effect"
import { type RegistryDriver, type RegistryOptions, ServiceRegistry, type StoredInstance } from "./ServiceRegistry.ts"

/** A new store in memory, with what is in it from the beginning. Those that have died are removed when others register. */
export const driver = (initial: ReadonlyArray<StoredInstance> = []): RegistryDriver => {
  const keyOf = ({ instance, namespace, service }: StoredInstance["instance"]) => `${namespace}/${service}/${instance}`
  const all = new Map(initial.map((entry) => [keyOf(entry.instance), entry]))
  return {
    put: (entry) =>
      Effect.sync(() => {
        for (const [key, { until }] of all) if (until <= entry.heardAt) all.delete(key)
        all.set(keyOf(entry.instance), entry)
      }),
    remove: ({ instance, namespace, service }) =>
      Effect.sync(() => {
        all.delete(`${namespace}/${service}/${instance}`)
      }),
    entries: (namespace) =>
      Effect.map(Clock.currentTimeMillis, (at) => ({
        at,
        entries: Array.from(all.values()).filter(({ instance }) => instance.namespace === namespace)
      }))
  }
}

/** A registry in memory, empty at first. */
export const layerMemory = (options: RegistryOptions = {}): Layer.Layer<ServiceRegistry> =>
  Layer.sync(ServiceRegistry, () => ServiceRegistry.make(driver(), options))
