/** Who knows where the contexts of other processes are served, as `SERVICE_REGISTRY` says: the settings, or NATS. */
import { ServiceRegistry } from "@eventfold/messaging"
import { Context, Effect, Layer } from "effect"
import { layerRegistry } from "../ServiceSettings.ts"
import { Settings } from "../Settings.ts"

/** A registry that a program brings, in the place of the one in the settings: tests do. */
export const GivenRegistry = Context.Reference<ServiceRegistry["Service"] | undefined>(
  "@eventfold/orders-api/GivenRegistry",
  { defaultValue: () => undefined }
)

/** The registry. With NATS away it says what it knew last. */
export const layer: Layer.Layer<ServiceRegistry, never, Settings> = Layer.unwrap(
  Effect.gen(function* () {
    const given = yield* GivenRegistry
    const settings = yield* Settings
    return given === undefined ? layerRegistry(settings) : Layer.succeed(ServiceRegistry, given)
  })
)
