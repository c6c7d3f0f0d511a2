/**
 * The Node server under the routes: its address and limits come from the settings.
 *
 * What Node refuses before any route sees it (broken HTTP, headers that are too large or come too slowly) is answered
 * with a problem document too. Shutting down, it takes no new connections and lets requests in flight finish, for 20
 * seconds at most.
 */
import { NodeFileSystem, NodeHttpPlatform, NodeHttpServer, NodePath } from "@effect/platform-node"
import { Duration, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { Etag, HttpServer, HttpServerRequest, ProblemDetails } from "effect/http"
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { Settings } from "../Settings.ts"
import { problemType } from "./Problems.ts"

/** The server could not begin to listen. `message` says which setting to change. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", {
  host: Schema.String,
  port: Schema.Int,
  code: Schema.String
}) {
  override get message() {
    const { code, host, port } = this
    switch (code) {
      case "EADDRINUSE":
        return `The service did not start, because port ${port} of ${host} is in use. Set PORT to another one, or stop the program that uses it.`
      case "EACCES":
        return `The service did not start, because it may not listen on port ${port}. Set PORT to a number from 1024 on.`
      default:
        return `The service did not start, because it cannot listen on ${host} (${code}). Set HOST to an address of this machine, such as 127.0.0.1 or 0.0.0.0.`
    }
  }
}

const rejected = new Map([
  ["HPE_HEADER_OVERFLOW", { status: 431, name: "headers-too-large" }],
  ["ERR_HTTP_REQUEST_TIMEOUT", { status: 408, name: "request-timeout" }]
])
const broken = { status: 400, name: "malformed-http" }

/** A whole answer as text, for a connection on which no request could be read. */
const answerTo = (code: string | undefined): string => {
  const { name, status } = rejected.get(code ?? "") ?? broken
  const title = STATUS_CODES[status] ?? "Error"
  const body = JSON.stringify({ type: problemType(name), status, title })
  return [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${ProblemDetails.contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${SecureRandom.uuidV7Unsafe()}`,
    "Connection: close",
    "",
    body
  ].join("\r\n")
}

/** From the opening of the port until the routes are there, a request would wait for ever. */
const notReady = (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(503, { "content-type": ProblemDetails.contentType, "retry-after": "1" })
  response.end(JSON.stringify({ type: problemType("starting"), status: 503, title: "The service is starting" }))
}

const makeServer = (requestTimeout: Duration.Duration) => {
  const server = createServer({
    // A little later than the pipeline's own limit, which answers better.
    requestTimeout: Duration.toMillis(requestTimeout) + 5_000,
    headersTimeout: Math.min(Duration.toMillis(requestTimeout) + 5_000, 30_000),
    connectionsCheckingInterval: 1_000
  })
  server.on("request", (_, response) => {
    // Once the server is closing, a connection kept alive would hold it up for seconds after its last answer.
    response.once("close", () => void (server.listening || server.closeIdleConnections()))
  })
  server.on("request", notReady)
  server.on("newListener", (event, listener) => {
    if (event === "request" && listener !== notReady) server.off("request", notReady)
  })
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy()
    else socket.end(answerTo(error.code))
  })
  return server
}

// Not the terminal, which NodeHttpServer.layerHttpServices has: each would listen to the standard input of the program.
const httpServices = Layer.mergeAll(NodeHttpPlatform.layer, Etag.layerWeak, NodeFileSystem.layer, NodePath.layer)

/** The server with what HTTP routes need of the platform. */
export const layer: Layer.Layer<HttpServer.HttpServer | HttpServices, CannotListen, Settings> = Layer.unwrap(
  Effect.map(Settings, ({ host, maxBodySize, port, requestTimeout }) =>
    Layer.effect(
      HttpServer.HttpServer,
      Effect.mapError(
        NodeHttpServer.make(() => makeServer(requestTimeout), { host, port }),
        ({ cause }) => new CannotListen({ host, port, code: codeOf(cause) })
      )
    ).pipe(Layer.merge([httpServices, Layer.succeed(HttpServerRequest.MaxBodySize, maxBodySize)]))
  )
)

type HttpServices = Layer.Success<typeof httpServices>

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown error"
