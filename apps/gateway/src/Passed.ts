/**
 * What goes through the gateway beside the content: the headers of a request on its way to a service, and those of the answer on
 * its way back.
 *
 * Headers that are about one connection end at the gateway. So does `Authorization`: no endpoint of the public API takes it,
 * and services show their credential to one another in it. What the outside says of its own way is believed only when the
 * gateway is told to; `Traceparent` goes on as that of the gateway's own span, which belongs to the same trace.
 */
import { Option } from "effect"
import { Headers, type HttpServerRequest } from "effect/http"

/** Of one connection, by their names in lower case. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings"
])

/** Of this request only: the client of the gateway has its own. */
const ofRequest: ReadonlySet<string> = new Set([
  "host",
  "expect",
  "content-length",
  "authorization",
  "traceparent",
  "b3",
  "forwarded"
])

/** Those that `Connection` names are of one connection, too. */
const namedIn = (connection: string | undefined): ReadonlySet<string> =>
  new Set((connection ?? "").split(",").map((name) => name.trim().toLowerCase()))

const without = (headers: Headers.Headers, ...dropped: ReadonlyArray<ReadonlySet<string>>): Headers.Headers => {
  const named = namedIn(headers["connection"])
  return Headers.fromInput(
    Object.entries(headers).filter(([name]) => !named.has(name) && dropped.every((names) => !names.has(name)))
  )
}

/** How a request goes on. */
export interface Onward {
  readonly correlationId: string
  /** Whether what the request says of its way can be believed. */
  readonly trusted: boolean
}

/** The headers of a request on its way to a service. */
export const onward = (
  { headers, protocol, remoteAddress }: HttpServerRequest.HttpServerRequest,
  { correlationId, trusted }: Onward
): Headers.Headers => {
  const before = (name: string) => (trusted ? headers[name] : undefined)
  const peer = Option.getOrElse(remoteAddress, () => "unknown")
  const earlier = before("x-forwarded-for")
  return Headers.setAll(without(headers, ofConnection, ofRequest), {
    "x-forwarded-for": earlier === undefined ? peer : `${earlier}, ${peer}`,
    "x-forwarded-proto": before("x-forwarded-proto") ?? protocol ?? "http",
    "x-forwarded-host": before("x-forwarded-host") ?? headers["host"] ?? "",
    "x-correlation-id": correlationId
  })
}

/** The headers of an answer on its way back. */
export const back = (headers: Headers.Headers): Headers.Headers => without(headers, ofConnection)

/**
 * Whether a path is one that a service reads as the gateway does. With `..` in it, or a backslash, clients would turn it into
 * another one than that which was looked up.
 */
export const isPlain = (url: string): boolean => {
  const path = url.split("?")[0] ?? ""
  return !path.includes("\\") && path.split("/").every((segment) => !/^(?:\.|%2e){1,2}$/iu.test(segment))
}
