/** A simulator and the client of the gateway that speaks to it, over real HTTP. */
import { NodeHttpClient } from "@effect/platform-node"
import { CardGatewayHttp } from "@eventfold/card-gateway"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { Duration, Effect, Layer, Redacted } from "effect"

export const apiKey = Redacted.make("sk_test")

/** The client, and the simulator it speaks to. */
export const layer = (
  options: Partial<Simulator.SimulatorOptions> = {},
  timeLimit: Duration.Duration = Duration.seconds(10)
) =>
  Layer.unwrap(Effect.map(CardGatewaySimulator, ({ url }) => CardGatewayHttp.layer({ url, apiKey, timeLimit }))).pipe(
    Layer.provideMerge(Simulator.layer({ apiKey, ...options })),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )
