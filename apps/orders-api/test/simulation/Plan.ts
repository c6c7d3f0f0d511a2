/** What a seed makes up: goods, orders and what becomes of them, and when the card gateway is down. Nothing runs here. */
import { CardData } from "@eventfold/domain-payments"
import { CustomerId, OrderId, ProductId } from "@eventfold/shared-kernel"
import { Effect, Random } from "effect"

/** How orders are fulfilled. */
export type Way = "orchestrated" | "choreographed"

/** What the warehouse does with a shipment that is asked for. */
export type Warehouse = "ships" | "calls-off" | "leaves"

/** An order; times are seconds from the start. */
export interface PlannedOrder {
  readonly orderId: OrderId
  readonly customerId: CustomerId
  readonly lines: ReadonlyArray<{ readonly productId: ProductId; readonly quantity: number }>
  readonly token: CardData.CardToken
  readonly country: string
  readonly placedAt: number
  /** When the customer asks for it to be cancelled. */
  readonly cancelledAt: number | undefined
  readonly warehouse: Warehouse
  /** How long the warehouse takes from one thing to the next. */
  readonly pace: number
}

/** A run that is made up; times are seconds from the start. */
export interface Plan {
  readonly seed: string
  readonly way: Way
  readonly stock: ReadonlyArray<{ readonly productId: ProductId; readonly quantity: number }>
  readonly orders: ReadonlyArray<PlannedOrder>
  readonly outages: ReadonlyArray<readonly [from: number, to: number]>
  /** How many processes there are. */
  readonly nodes: number
  /** The odds that a process ends at a point at which it can. */
  readonly crashes: number
  /** The odds that a request to the gateway meets with trouble. */
  readonly trouble: number
}

/** From then on nothing crashes and no request is troubled, in seconds from the start. */
export const quietFrom = 40

/** The longest that a request to the gateway is late, in milliseconds. */
export const latest = 20_000

/** From then on nothing comes late any more, in seconds from the start. */
export const stillFrom = quietFrom + latest / 1_000

/** What a thing costs, in cents. */
export const price = 1_250

const uuid = (kind: number, number: number) =>
  `0190f5a2-7c4e-7b1a-9d3f-${String(kind * 1_000 + number).padStart(12, "0")}`

/** What gives a choice by the odds of each. */
const choose = <A>(odds: number, choices: ReadonlyArray<readonly [odds: number, value: A]>, otherwise: A): A => {
  let left = odds
  for (const [share, value] of choices) {
    if (left < share) return value
    left -= share
  }
  return otherwise
}

const between = Random.nextIntBetween

const order = Effect.fnUntraced(function* (number: number, products: ReadonlyArray<ProductId>) {
  const lines = products
    .filter((_, index) => index === number % products.length || index < 1)
    .map((productId) => ({ productId, quantity: 1 + (number % 3) }))
  const placedAt = yield* between(0, 20)
  const cancels = (yield* Random.next) < 0.3
  const cancelledAfter = yield* between(0, 40)
  const token = choose(
    yield* Random.next,
    [
      [0.1, "tok_insufficient_funds"],
      [0.05, "tok_expired_card"],
      [0.1, "tok_declined_once"]
    ],
    "tok_visa"
  )
  return {
    orderId: OrderId.fromUuid(uuid(1, number)),
    customerId: CustomerId.fromUuid(uuid(2, number)),
    lines,
    token: CardData.CardToken.make(token),
    country: (yield* Random.next) < 0.1 ? "Antarctica" : "Netherlands",
    placedAt,
    cancelledAt: cancels ? placedAt + cancelledAfter : undefined,
    warehouse: choose<Warehouse>(
      yield* Random.next,
      [
        [0.6, "ships"],
        [0.15, "calls-off"]
      ],
      "leaves"
    ),
    pace: yield* between(1, 10)
  } satisfies PlannedOrder
})

/** The run of a seed. */
export const make = (seed: string, way: Way): Effect.Effect<Plan> =>
  Effect.gen(function* () {
    const products = Array.from({ length: yield* between(1, 3) }, (_, number) => ProductId.fromUuid(uuid(3, number)))
    const count = yield* between(2, 5)
    const stock = yield* Effect.forEach(products, (productId) =>
      Effect.map(between(1, 8), (quantity) => ({ productId, quantity }))
    )
    const orders = yield* Effect.forEach(Array.from({ length: count }), (_, number) => order(number, products))
    const from = yield* between(0, 30)
    const isDown = (yield* Random.next) < 0.4
    return {
      seed,
      way,
      stock,
      orders,
      outages: isDown ? [[from, from + (yield* between(5, 25))] as const] : [],
      nodes: yield* between(1, 2),
      crashes: choose(yield* Random.next, [[0.2, 0]], 0.004),
      trouble: choose(yield* Random.next, [[0.2, 0]], 0.35)
    }
  }).pipe(Random.withSeed(`plan ${seed}`))

/** So many orders at once, all of which can be fulfilled and stay in the warehouse, and no trouble but outages. */
export const quiet = (way: Way, count: number, outages: Plan["outages"]): Plan => {
  const productId = ProductId.fromUuid(uuid(3, 0))
  return {
    seed: "quiet",
    way,
    stock: [{ productId, quantity: count }],
    orders: Array.from({ length: count }, (_, number) => ({
      orderId: OrderId.fromUuid(uuid(1, number)),
      customerId: CustomerId.fromUuid(uuid(2, number)),
      lines: [{ productId, quantity: 1 }],
      token: CardData.CardToken.make("tok_visa"),
      country: "Netherlands",
      placedAt: 0,
      cancelledAt: undefined,
      warehouse: "leaves",
      pace: 1
    })),
    outages,
    nodes: 1,
    crashes: 0,
    trouble: 0
  }
}
