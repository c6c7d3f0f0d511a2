/**
 * Registers the contexts of this process, so that others find them: under `SERVICE_URL`, where the registry is NATS.
 *
 * Guarantees: they are registered once requests are answered, and are gone from the registry before the process stops to answer.
 * A registry that is away at the start is asked again until it is there; the log tells.
 */
import { defaultNamespace, ServiceRegistry } from "@eventfold/messaging"
import { Effect, Layer, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import { hostedBy } from "../contexts/Hosting.ts"
import { version } from "../http/Api.ts"
import { Settings } from "../Settings.ts"

/** Registers them while the layer lives; with a static registry nothing is to be done. */
export const layer: Layer.Layer<never, never, ServiceRegistry | Settings> = Layer.effectDiscard(
  Effect.gen(function* () {
    const settings = yield* Settings
    const { serviceRegistry, serviceUrl } = settings
    if (serviceRegistry !== "nats" || serviceUrl === undefined) return
    const registry = yield* ServiceRegistry
    const instance = yield* Effect.sync(() => SecureRandom.uuidV7Unsafe())
    yield* Effect.forEach(
      hostedBy(settings),
      ({ name }) =>
        registry
          .register({
            namespace: defaultNamespace,
            service: name,
            instance,
            version,
            endpoints: { http: serviceUrl }
          })
          .pipe(
            // Settings that were checked break no rule of the registry.
            Effect.catchTag("ServicesNotValid", Effect.die),
            Effect.tapError((failure) => Effect.logWarning(`${name} could not be registered yet`, failure)),
            Effect.retry(Schedule.spaced("2 seconds")),
            Effect.forkScoped
          ),
      { discard: true }
    )
  })
)
