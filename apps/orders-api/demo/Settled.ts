/**
 * What the service has of the orders and the goods once everything is at rest: what left the house takes an instant to be
 * counted as shipped. Waits for that as long as for the end of one order, and then takes what is there.
 */
import { Effect, Option, Schedule } from "effect"
import type { EndingOptions } from "./Ending.ts"
import * as FoundOrders from "./FoundOrders.ts"
import type { FulfilmentPlan, Stock } from "./FulfilmentPlan.ts"
import * as Goods from "./Goods.ts"
import type { Samples } from "./Samples.ts"
import type { Service } from "./Service.ts"

/** What the service has. */
export interface Found {
  readonly orders: FoundOrders.FoundOrders
  /** By the number of the product. */
  readonly stock: ReadonlyMap<string, Stock>
}

/** Whether something of what the plan asks for is still under way. Goods that other orders hold say nothing about ours. */
export const isMoving = ({ orders }: Samples, plan: FulfilmentPlan, found: Found): boolean =>
  orders.some(
    ({ number, shippedOn }) =>
      Option.isSome(shippedOn) && !plan.cancelled.has(number) && found.orders.samples.get(number)?.status === "approved"
  ) ||
  (found.orders.others === 0 &&
    Array.from(plan.stock).some(([product, { reserved }]) => (found.stock.get(product)?.reserved ?? 0) > reserved))

/** What the service has once nothing moves any more, or the time is up. */
export const find = Effect.fn("Settled.find")(function* (
  service: Service,
  options: EndingOptions,
  samples: Samples,
  plan: FulfilmentPlan
) {
  const look = Effect.all({
    orders: FoundOrders.find(service, options, samples),
    stock: Goods.find(service, options, plan)
  })
  return yield* look.pipe(
    Effect.repeat({
      while: (found) => isMoving(samples, plan, found),
      schedule: Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: options.endWithin }))
    })
  )
})
