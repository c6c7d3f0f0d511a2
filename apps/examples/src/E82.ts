/**
 * E82, a saga across services: an order finds its stock, its payment and its way in services that run separately, and whichever
 * of them is lost on the way, the order goes on where it was when that one is back.
 *
 * Shows: for each of the five services an order that is placed while it is gone, and of the one that takes orders, an order that is
 * under way when it goes; how far the order comes meanwhile, and that the gateway answers 503 for the service; that the order is
 * delivered once the service is back on its store, and its pieces have left once; an order without stock, which is cancelled.
 * Then inventory is lost for a minute, by a clock that is twelve times as fast: the sagas of the orders that are placed meanwhile wait for
 * it, and go on when it is back.
 * A service is lost by being stopped here; `test/services.test.ts` kills processes.
 */
import type { Hostable } from "@eventfold/orders-api"
import { five } from "@eventfold/orders-api/services/InOneProgram"
import { Console, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import * as OrderServices from "./OrderServices.ts"

/** What it is about. */
export const title = "A saga across services: any one of them is lost, and the order is delivered"

const shippingAddress = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }

/** An order of two mugs of which so many have come in, not yet placed. */
const drafted = Effect.fnUntraced(function* ({ tell }: OrderServices.OrderServices, stock: number) {
  const productId = `product_${SecureRandom.uuidV7Unsafe()}`
  yield* tell(`/inventory/${productId}/receipts`, { quantity: stock })
  const mugs = {
    productId,
    productName: "Enamel mug",
    quantity: 2,
    unitPrice: { amount: 1_250, currency: "EUR" },
    priceReason: "agreed by telephone"
  }
  const customerId = `customer_${SecureRandom.uuidV7Unsafe()}`
  const answer = yield* tell("/orders", { customerId, currency: "EUR", items: [mugs] })
  const orderId = answer.field("orderId")
  const uuid = orderId.slice(-36)
  return {
    stock: `/inventory/${productId}`,
    order: `/orders/${orderId}`,
    reservation: `/reservations/reservation_${uuid}`,
    payment: `/payments/payment_${uuid}`,
    shipment: `/shipments/shipment_${uuid}`,
    invoice: `/invoices/invoice_${uuid}`,
    saga: `/sagas/order_${uuid}`
  }
})

type Paths = Effect.Success<ReturnType<typeof drafted>>

const place = ({ tell }: OrderServices.OrderServices, { order }: Paths) =>
  tell(`${order}/place`, { shippingAddress, paymentToken: "tok_visa" })

/** What is told of a shipment until it has arrived. */
const deliver = Effect.fnUntraced(function* ({ reaches, tell }: OrderServices.OrderServices, paths: Paths) {
  const { order, shipment } = paths
  yield* reaches(shipment, "requested")
  yield* reaches(order, "approved")
  yield* tell(`${shipment}/pack`, { packedBy: "J. de Wit", packages: 1 })
  yield* tell(`${shipment}/dispatch`, { carrier: "PostNL", trackingNumber: "3SABCD1234567" })
  yield* reaches(order, "shipped")
  yield* tell(`${shipment}/deliver`, { signedBy: "Ada Jansen" })
  yield* reaches(order, "delivered")
})

/** How far an order comes while a service is gone, and what is asked of that one. */
const losses: ReadonlyArray<{
  readonly lost: Hostable
  readonly asked: keyof Paths
  readonly meanwhile: readonly [keyof Paths, string]
}> = [
  { lost: "inventory", asked: "reservation", meanwhile: ["order", "placed"] },
  { lost: "payments", asked: "payment", meanwhile: ["reservation", "held"] },
  { lost: "shipping", asked: "shipment", meanwhile: ["order", "approved"] },
  { lost: "billing", asked: "invoice", meanwhile: ["order", "approved"] },
  { lost: "ordering", asked: "order", meanwhile: ["shipment", "requested"] }
]

const lostAndBack = Effect.fnUntraced(function* (shop: OrderServices.OrderServices, loss: (typeof losses)[number]) {
  const { asked, lost, meanwhile } = loss
  const { ask, comesBack, lose, reaches } = shop
  const paths = yield* drafted(shop, 10)
  // Without ordering no order is placed, so that one goes when the order is under way.
  const steps = [place(shop, paths), reaches(...of(paths, meanwhile))]
  const inOrder = lost === "ordering" ? [...steps, lose(lost)] : [lose(lost), ...steps]
  yield* Effect.all(inOrder, { discard: true })
  yield* Console.log(`${lost} is gone`)
  yield* Console.log(
    `  the ${meanwhile[0]} is ${meanwhile[1]}; of the ${asked} is answered ${(yield* ask(paths[asked])).status}`
  )
  yield* comesBack(lost)
  yield* Console.log(`${lost} is back on its store`)
  yield* deliver(shop, paths)
  yield* reaches(paths.payment, "captured")
  yield* reaches(paths.invoice, "paid")
  const { field } = yield* ask(paths.stock)
  yield* Console.log(
    `  the order is delivered, its invoice is paid; of 10 pieces ${field("shipped")} have left, ${field("available")} are available`
  )
})

const of = (paths: Paths, [what, status]: readonly [keyof Paths, string]) => [paths[what], status] as const

/** An order for each service that is lost, and one for which there is too little. */
const anyOneLost = Effect.gen(function* () {
  const shop = yield* OrderServices.behindGateway(five)
  yield* Console.log(`${five.length} services behind a gateway`)
  for (const loss of losses) yield* lostAndBack(shop, loss)
  yield* Console.log("There is one piece, and two are ordered")
  const paths = yield* drafted(shop, 1)
  yield* place(shop, paths)
  yield* shop.reaches(paths.order, "cancelled")
  const { field } = yield* shop.ask(paths.stock)
  yield* Console.log(`  the order is cancelled; ${field("available")} is available`)
})

/** Orders that are placed while inventory is gone for longer than five attempts take: none of them is cancelled. */
const lostForAMinute = Effect.gen(function* () {
  const shop = yield* OrderServices.behindGateway(five, 12)
  const orders = yield* Effect.forEach(["one", "another", "a third"], () => drafted(shop, 10))
  yield* shop.lose("inventory")
  yield* Effect.forEach(orders, (paths) => place(shop, paths), { discard: true })
  yield* Console.log("inventory is gone for a minute, and three orders are placed")
  yield* shop.passes("1 minute")
  for (const { order, saga } of orders) {
    const [placed, waits] = yield* Effect.all([shop.ask(order), shop.ask(saga)])
    yield* Console.log(
      `  a minute later the order is ${placed.field("status")}, and its saga is ${waits.field("status")}`
    )
  }
  yield* shop.comesBack("inventory")
  yield* Console.log("inventory is back on its store")
  for (const { order, reservation, saga } of orders) {
    yield* shop.reaches(saga, "completed")
    yield* shop.reaches(reservation, "held")
    const { field } = yield* shop.ask(order)
    yield* Console.log(`  the order is ${field("status")}, its stock is reserved, and its saga is completed`)
  }
})

/** The story. */
export const program = Effect.gen(function* () {
  yield* Effect.scoped(anyOneLost)
  yield* Effect.scoped(lostForAMinute)
})
