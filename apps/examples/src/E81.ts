/**
 * E81, contexts as services: where a context runs is decided by layers, and nobody who asks for it notices.
 *
 * Shows: the same questions to all contexts in one service, and to a service for each context, at the one address of a gateway;
 * what the store of each service has of it, and that a service alone serves no other context; a context that runs with no
 * other one there.
 */
import { EventStore } from "@eventfold/event-store"
import { type Hostable, hostable } from "@eventfold/orders-api"
import { Console, Context, Effect, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import * as OrderServices from "./OrderServices.ts"

/** What it is about. */
export const title = "Contexts as services: one process or one for each, and the same address"

/** What happened in a store, as types of events. */
const eventsIn = (store: OrderServices.OrderServices["services"][number]["store"]) =>
  Effect.map(
    Stream.runCollect(Context.get(store, EventStore).readAll()),
    (events) => events.map(({ type }) => type).join(", ") || "nothing"
  )

const told = Effect.fnUntraced(function* (plan: ReadonlyArray<ReadonlyArray<Hostable>>) {
  const { ask, services, tell, urlOf } = yield* OrderServices.behindGateway(plan)
  const product = `product_${SecureRandom.uuidV7Unsafe()}`
  yield* tell(`/inventory/${product}/receipts`, { quantity: 7 })
  const { field } = yield* ask(`/inventory/${product}`)
  yield* Console.log(`  GET /inventory/{productId}: available ${field("available")}`)
  const drafted = yield* tell("/orders", { customerId: `customer_${SecureRandom.uuidV7Unsafe()}`, currency: "EUR" })
  const order = yield* ask(`/orders/${drafted.field("orderId")}`)
  yield* Console.log(`  GET /orders/{orderId}: ${order.field("status")}`)
  for (const { contexts, store } of services) {
    const events = yield* eventsIn(store)
    if (events !== "nothing") yield* Console.log(`  in the store of ${contexts.join(", ")}: ${events}`)
  }
  const direct = yield* OrderServices.get(`${urlOf("ordering")}/inventory/${product}`)
  yield* Console.log(`  whoever hosts ordering, asked for stock without the gateway: ${direct.status}`)
}, Effect.scoped)

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("All contexts in one service")
  yield* told([hostable])
  yield* Console.log("A service for each context")
  yield* told(hostable.map((context) => [context]))
  yield* Console.log("Inventory, and nobody else")
  yield* Effect.scoped(
    Effect.gen(function* () {
      const { ask, tell } = yield* OrderServices.behindGateway([["inventory"]])
      const product = `product_${SecureRandom.uuidV7Unsafe()}`
      yield* tell(`/inventory/${product}/receipts`, { quantity: 7 })
      const { field } = yield* ask(`/inventory/${product}`)
      yield* Console.log(`  GET /inventory/{productId}: available ${field("available")}`)
      const { field: problem, status } = yield* ask("/orders")
      yield* Console.log(`  GET /orders: ${status}, ${problem("detail")}`)
    })
  )
})
