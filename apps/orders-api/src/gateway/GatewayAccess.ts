/**
 * The card gateway of the service: one at an address, or a simulated one that runs along, for trying and developing.
 *
 * The simulated one listens on a free port of this machine, with a key and a secret of its own. What it knows is kept with the
 * embedded database, and so is its key, for whoever has the data; beside a server, or in memory, it is gone with the process.
 * Gotcha: processes that share a server do not share a simulated gateway. Run it by itself and give them its address.
 */
import { join } from "node:path"
import { NodeHttpClient } from "@effect/platform-node"
import { CardGatewayHttp, CardGatewayMemory } from "@eventfold/card-gateway"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { CardGateway } from "@eventfold/domain-payments"
import { DatabaseInfo } from "@eventfold/postgres"
import { DatabasePlace } from "@eventfold/postgres/DatabasePlace"
import { Context, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import type { HttpServerError } from "effect/http"
import { Settings } from "../Settings.ts"
import * as GatewayAddress from "./GatewayAddress.ts"

/** Where webhooks of the gateway come in. */
export const webhookPath = "/webhooks/card-gateway"

/** What the service knows of its card gateway, besides how to ask it. */
export class GatewayAccess extends Context.Service<
  GatewayAccess,
  {
    /** In words for people: for the banner. */
    readonly description: string
    /** What webhooks are signed with; without it none is believed. */
    readonly webhookSecret: Redacted.Redacted | undefined
    /** Tells the gateway where the service is, if it wants to know. */
    readonly introduce: (serviceUrl: string) => Effect.Effect<void>
  }
>()("@eventfold/orders-api/GatewayAccess") {}

/** A gateway, and what the service knows of it. */
export type Gateway = CardGateway.CardGateway | GatewayAccess

/** A gateway in memory, that sends no webhooks unless `webhookSecret` says so: for tests. */
export const layerMemory = (webhookSecret?: Redacted.Redacted): Layer.Layer<Gateway> =>
  Layer.merge(
    CardGatewayMemory.layerMemory,
    Layer.succeed(GatewayAccess, { description: "in memory", webhookSecret, introduce: () => Effect.void })
  )

/** A simulated gateway that runs along. */
export const layerSimulated: Layer.Layer<Gateway, HttpServerError.ServeError, Settings | DatabaseInfo> = Layer.unwrap(
  Effect.gen(function* () {
    const { cardGatewayTimeout: timeLimit } = yield* Settings
    const { kind } = yield* DatabaseInfo
    const place = yield* DatabasePlace
    const directory = kind === "embedded" && place._tag === "Embedded" ? place.directory : undefined
    const journal = directory === undefined ? undefined : join(directory, "card-gateway.jsonl")
    const [apiKey, secret] = yield* Effect.sync(
      () =>
        [
          Redacted.make(`sk_${SecureRandom.uuidV7Unsafe()}`),
          Redacted.make(`whsec_${SecureRandom.uuidV7Unsafe()}`)
        ] as const
    )
    const access = Layer.effect(
      GatewayAccess,
      Effect.map(CardGatewaySimulator, ({ tell, url }) => ({
        description: `${url}, simulated: nothing on it is real money`,
        webhookSecret: secret,
        introduce: (service: string) =>
          Effect.andThen(
            tell({ url: `${service}${webhookPath}`, secret }),
            directory === undefined ? Effect.void : GatewayAddress.write(directory, { url, service, apiKey })
          )
      }))
    )
    const client = Layer.unwrap(
      Effect.map(CardGatewaySimulator, ({ url }) => CardGatewayHttp.layer({ url, apiKey, timeLimit }))
    )
    return Layer.merge(access, client).pipe(
      Layer.provide(Simulator.layer({ apiKey, journal })),
      Layer.provide(NodeHttpClient.layerUndici)
    )
  })
)

/** No gateway, where nobody asks one: who does all the same is told that it cannot be asked. */
const layerNone: Layer.Layer<Gateway> = Layer.suspend(() => {
  const unavailable = ({ paymentId }: CardGateway.GatewayRequest) =>
    Effect.fail(new CardGateway.GatewayUnavailable({ paymentId, problem: "unreachable" }))
  const description = "none: another process takes payments"
  return Layer.merge(
    Layer.succeed(CardGateway.CardGateway, {
      authorise: unavailable,
      capture: unavailable,
      refund: unavailable,
      void: unavailable
    }),
    Layer.succeed(GatewayAccess, { description, webhookSecret: undefined, introduce: () => Effect.void })
  )
})

/** The gateway that the settings ask for: none where payments are not hosted. */
export const layer: Layer.Layer<Gateway, HttpServerError.ServeError, Settings | DatabaseInfo> = Layer.unwrap(
  Effect.map(
    Settings,
    ({ cardGatewayKey, cardGatewayTimeout: timeLimit, cardGatewayUrl, cardGatewayWebhookSecret, contexts }) => {
      if (contexts !== "all" && !contexts.includes("payments")) return layerNone
      if (cardGatewayUrl === undefined || cardGatewayKey === undefined) return layerSimulated
      const url = cardGatewayUrl.replace(/\/+$/u, "")
      const access = { description: url, webhookSecret: cardGatewayWebhookSecret, introduce: () => Effect.void }
      return Layer.merge(
        Layer.succeed(GatewayAccess, access),
        CardGatewayHttp.layer({ url, apiKey: cardGatewayKey, timeLimit }).pipe(
          Layer.provide(NodeHttpClient.layerUndici)
        )
      )
    }
  )
)
