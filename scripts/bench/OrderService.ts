/** The order service as a process of its own on the database of the bench: what a client on the same machine meets. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

const main = fileURLToPath(new URL("../../apps/orders-api/src/main.ts", import.meta.url))

/** The service did not say where it listens. */
export class ServiceDidNotStart extends Schema.TaggedError<ServiceDidNotStart>()("ServiceDidNotStart", {
  output: Schema.String
}) {
  override get message() {
    return `The order service did not start:\n${this.output}`
  }
}

/** The running service. */
export class OrderService extends Context.Service<
  OrderService,
  {
    /** Drafts an order of one item and answers its id. */
    readonly draft: Effect.Effect<string, unknown>
    readonly get: (orderId: string) => Effect.Effect<unknown, unknown>
  }
>()("@eventfold/bench/OrderService") {
  /** For measures that do not ask it. */
  static readonly notStarted = Layer.succeed(OrderService, {
    draft: Effect.die(new Error("the order service is not started")),
    get: () => Effect.die(new Error("the order service is not started"))
  })

  /** Starts the service on the database at `url` and stops it with the scope. */
  static layer(url: string) {
    return Layer.effect(
      OrderService,
      Effect.gen(function* () {
        const base = yield* start(url)
        const client = (yield* HttpClient.HttpClient).pipe(
          HttpClient.mapRequest(HttpClientRequest.prependUrl(base)),
          HttpClient.filterStatusOk
        )
        return {
          draft: Effect.suspend(() =>
            Effect.flatMap(
              client.execute(
                HttpClientRequest.post("/orders", { headers: { "x-role": "operator" } }).pipe(
                  HttpClientRequest.bodyJsonUnsafe(order())
                )
              ),
              drafted
            )
          ),
          get: (orderId: string) => Effect.flatMap(client.get(`/orders/${orderId}`), (response) => response.json)
        }
      })
    ).pipe(Layer.provide(NodeHttpClient.layerUndici))
  }
}

/** Orders hold addresses, which are sealed: that is part of what is measured. */
export const masterKey = Buffer.alloc(32, 7).toString("base64")

const start = (url: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly base: string; readonly stop: () => void }, ServiceDidNotStart>((resume) => {
        const child = spawn("node", [main], {
          env: { ...process.env, DATABASE_URL: url, EVENTFOLD_MASTER_KEY: masterKey, PORT: "0", LOG_LEVEL: "error" },
          stdio: ["ignore", "pipe", "pipe"]
        })
        let output = ""
        const read = (line: string) => {
          output += `${line}\n`
          const base = /API +(http:\S+)/u.exec(line)?.[1]
          if (base !== undefined) resume(Effect.succeed({ base, stop: () => void child.kill("SIGTERM") }))
        }
        createInterface(child.stdout).on("line", read)
        createInterface(child.stderr).on("line", read)
        child.once("exit", () => resume(Effect.fail(new ServiceDidNotStart({ output }))))
      }),
      ({ stop }) => Effect.sync(stop)
    ),
    ({ base }) => base
  )

const order = () => ({
  customerId: SecureRandom.uuidV7Unsafe(),
  currency: "EUR",
  items: [
    {
      productId: SecureRandom.uuidV7Unsafe(),
      productName: "Chai",
      quantity: 3,
      unitPrice: { amount: 1840, currency: "EUR" },
      priceReason: "As in the catalogue of last year"
    }
  ]
})

const drafted = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(
    HttpClientResponse.schemaBodyJson(Schema.Struct({ orderId: Schema.String }))(response),
    ({ orderId }) => orderId
  )
