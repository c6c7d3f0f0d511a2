/**
 * The register of services as a program is configured: who serves what is said before it starts, and stays so.
 *
 * What is configured counts as alive for ever; whether it can be reached, whoever asks it finds out. A program that registers
 * itself is found by itself only.
 */
import { Clock, Effect, Layer, Predicate, Result, Schema } from "effect"
import {
  decodeWith,
  defaultNamespace,
  Endpoints,
  type ServiceInstance,
  ServiceName,
  type ServicesNotValid,
  ServiceVersion
} from "./ServiceInstance.ts"
import { ServiceRegistry } from "./ServiceRegistry.ts"
import * as ServiceRegistryMemory from "./ServiceRegistryMemory.ts"

const decodeRecord = decodeWith(
  Schema.Record(ServiceName, Schema.Struct({ version: ServiceVersion, endpoints: Endpoints }))
)

const decodeNamespace = decodeWith(Schema.Struct({ namespace: ServiceName }))

/** A text stands for an endpoint `http`; without a version it is `configured`. */
const written = (given: unknown): unknown => {
  if (!Predicate.isObject(given)) return given
  const service = (one: unknown): unknown => {
    if (typeof one === "string") return { version: "configured", endpoints: { http: one } }
    return Predicate.isObject(one) ? { version: "configured", ...one } : one
  }
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, service(one)]))
}

/**
 * The services of a record: by their names, an address, or a version and endpoints.
 *
 * ```ts
 * ServiceRegistryStatic.decode({
 *   inventory: "http://10.0.0.7:3000",
 *   payments: { version: "1.4.0", endpoints: { http: "http://10.0.0.8:3000" } }
 * })
 * ```
 */
export const decode = (
  given: unknown,
  namespace: string = defaultNamespace
): Result.Result<ReadonlyArray<ServiceInstance>, ServicesNotValid> =>
  Result.map(Result.all([decodeRecord(written(given)), decodeNamespace({ namespace })]), ([record]) =>
    Object.entries(record).map(([service, { endpoints, version }]) => ({
      namespace,
      service,
      instance: "configured",
      version,
      endpoints
    }))
  )

/** A registry of these services. Those of `decode` are sound; others it takes as they are. */
export const layer = (services: ReadonlyArray<ServiceInstance>): Layer.Layer<ServiceRegistry> =>
  Layer.effect(
    ServiceRegistry,
    Effect.map(Clock.currentTimeMillis, (heardAt) =>
      ServiceRegistry.make(
        ServiceRegistryMemory.driver(services.map((instance) => ({ instance, heardAt, until: Infinity })))
      )
    )
  )

/** A registry of the services of a record: see `decode`. */
export const layerRecord = (given: unknown, namespace?: string): Layer.Layer<ServiceRegistry, ServicesNotValid> =>
  Layer.unwrap(Effect.map(Effect.fromResult(decode(given, namespace)), layer))
