/**
 * `node scripts/services/order.ts`: one order from the catalogue to the parcel, asked of a service or a gateway over HTTP.
 *
 * `BASE_URL` is where that is, http://127.0.0.1:3000 when it is not set. A product is listed and its stock received, an order is
 * placed with a card, and once it has asked for its shipment that is packed and dispatched. Ends with exit code 0 when the order
 * is shipped and its payment taken, with 1 when something is refused or is not so within a minute.
 */
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, HttpClientRequest } from "effect/http"

/** The service did not answer as it should. */
class NotAsItShould extends Schema.TaggedError<NotAsItShould>()("NotAsItShould", {
  asked: Schema.String,
  status: Schema.Int,
  answer: Schema.String
}) {
  override get message() {
    return `${this.asked} was answered ${this.status} ${this.answer}`
  }
}

const Body = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))
const baseUrl = process.env["BASE_URL"] || "http://127.0.0.1:3000"

/** How long is waited for what follows by itself. */
const patience = Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "60 seconds" }))

const ask = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const client = yield* HttpClient.HttpClient
  const asked = `${request.method} ${request.url}`
  const response = yield* Effect.timeout(client.execute(request), "20 seconds")
  const text = yield* response.text
  if (response.status >= 300) return yield* new NotAsItShould({ asked, status: response.status, answer: text })
  return yield* Schema.decodeEffect(Body)(text)
})

/** A command; sent again under the same key when there is no answer, or nobody can take it just now. */
const tell = (path: string, body: object) =>
  Effect.suspend(() => {
    const key = SecureRandom.uuidV7Unsafe()
    const request = HttpClientRequest.post(baseUrl + path).pipe(
      HttpClientRequest.setHeader("idempotency-key", key),
      HttpClientRequest.bodyJsonUnsafe(body)
    )
    return Effect.retry(ask(request), {
      schedule: patience,
      while: (error) => error._tag !== "NotAsItShould" || error.status > 500
    })
  })

/** Waits until what is at a path has these fields. */
const reaches = (path: string, field: string, wanted: string) =>
  Effect.retry(
    Effect.flatMap(ask(HttpClientRequest.get(baseUrl + path)), (found) =>
      found[field] === wanted
        ? Console.log(`${path} is ${wanted}`)
        : Effect.fail(new NotAsItShould({ asked: `GET ${path}`, status: 200, answer: JSON.stringify(found) }))
    ),
    patience
  )

const program = Effect.gen(function* () {
  const [order, product, customer] = Array.from({ length: 3 }, () => SecureRandom.uuidV7Unsafe())
  yield* tell("/products", { productId: product, name: "Tea, 100 g", price: { amount: 620, currency: "EUR" } })
  yield* tell(`/inventory/${product}/receipts`, { quantity: 10 })
  yield* tell("/orders", {
    orderId: order,
    customerId: customer,
    currency: "EUR",
    items: [{ productId: product, quantity: 3 }]
  })
  yield* tell(`/orders/${order}/place`, {
    shippingAddress: { recipient: "Ada Lovelace", street: "12 St James’s Square", city: "London", country: "UK" },
    paymentToken: "tok_visa"
  })
  yield* reaches(`/shipments/shipment_${order}`, "status", "requested")
  yield* tell(`/shipments/shipment_${order}/pack`, { packedBy: "J. de Wit", packages: 1 })
  yield* tell(`/shipments/shipment_${order}/dispatch`, { carrier: "PostNL", trackingNumber: "3SABCD1234567" })
  yield* reaches(`/orders/${order}`, "status", "shipped")
  yield* reaches(`/payments/payment_${order}`, "status", "captured")
  yield* reaches(`/reservations/reservation_${order}`, "status", "committed")
})

program.pipe(
  Effect.tapError(({ message }) => Console.error(message)),
  Effect.provide(NodeHttpClient.layerUndici),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
