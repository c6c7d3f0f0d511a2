/**
 * Where the card gateway of the service is: as `CARD_GATEWAY_URL` and `CARD_GATEWAY_KEY` name it, or as the one that runs along
 * with the service says in its `DATA_DIR`.
 *
 * What a service has left behind that has ended does not count: it must be the gateway of this service, and answer.
 */
import { Effect, Option, type Redacted } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import * as GatewayAddress from "../src/gateway/GatewayAddress.ts"

/** Where to look. */
export interface Places {
  readonly baseUrl: URL
  readonly dataDir: string
  readonly gatewayUrl: Option.Option<string>
  readonly gatewayKey: Option.Option<Redacted.Redacted>
}

/** The gateway of the service at `baseUrl`; none when nobody says where it is. */
export const find = Effect.fn("GatewayFound.find")(function* ({ baseUrl, dataDir, gatewayKey, gatewayUrl }: Places) {
  if (Option.isSome(gatewayUrl) && Option.isSome(gatewayKey)) {
    const url = gatewayUrl.value.replace(/\/+$/u, "")
    return Option.some({ url, service: baseUrl.href, apiKey: gatewayKey.value })
  }
  const beside = Option.filter(yield* GatewayAddress.read(dataDir), ({ service }) => isSame(service, baseUrl))
  return Option.isSome(beside) && (yield* answers(beside.value)) ? beside : Option.none()
})

/** One machine has many names, but its ports are its own. A service on another machine has no file here. */
const isSame = (service: string, { hostname, port, protocol }: URL): boolean => {
  const url = URL.parse(service)
  const isHere = ["localhost", "[::1]"].includes(hostname) || hostname.startsWith("127.")
  return isHere && url !== null && url.port === port && url.protocol === protocol
}

const answers = ({ apiKey, url }: GatewayAddress.GatewayAddress) =>
  HttpClientRequest.get(`${url}/admin/script`).pipe(
    HttpClientRequest.bearerToken(apiKey),
    HttpClient.execute,
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.timeout("5 seconds"),
    Effect.isSuccess
  )
