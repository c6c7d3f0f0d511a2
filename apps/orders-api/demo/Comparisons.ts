/** Compares what the service has with the files, beside the orders themselves: the goods, the money, and the sales. */
import { Effect, Option } from "effect"
import type { GatewayAddress } from "../src/gateway/GatewayAddress.ts"
import * as CardPayments from "./CardPayments.ts"
import type { FoundOrders } from "./FoundOrders.ts"
import type { FulfilmentPlan, Stock } from "./FulfilmentPlan.ts"
import * as Goods from "./Goods.ts"
import * as Replay from "./Replay.ts"
import * as Report from "./Report.ts"
import * as SalesFigures from "./SalesFigures.ts"
import type { Samples } from "./Samples.ts"
import type { Service, ServiceOptions } from "./Service.ts"

/** What is needed to compare payments. */
export interface PaymentOptions extends ServiceOptions {
  /** Finds the simulated card gateway of the service. Asked when all is done: a service started again may have another. */
  readonly gateway: Effect.Effect<Option.Option<GatewayAddress>>
}

/** What a comparison comes to: a line for people, and everything that differs. */
export interface Compared {
  readonly line: string
  readonly differences: ReadonlyArray<string>
}

/** Compares where the goods are: only where there are no other orders, for which goods came in or left, too. */
export const stock = (plan: FulfilmentPlan, found: ReadonlyMap<string, Stock>, { others }: FoundOrders): Compared =>
  others > 0
    ? { line: "Stock is not compared: other orders have a part in it, too.", differences: [] }
    : { line: Goods.line(found), differences: Goods.differences(plan, found) }

/** Compares what was paid, as the service says it and as the card gateway does. */
export const payments = Effect.fnUntraced(function* (service: Service, options: PaymentOptions, plan: FulfilmentPlan) {
  const found = yield* CardPayments.find(service, options, plan)
  const address = yield* options.gateway
  const line = `Payments: ${CardPayments.told(found, Report.formatCents)}`
  const differences = CardPayments.differences(plan, found, "service", Report.formatCents)
  if (Option.isNone(address)) return { line: `${line}. The card gateway itself was not asked.`, differences }
  const known = yield* CardPayments.ask(address.value, plan)
  const others = CardPayments.differences(plan, known, "card gateway", Report.formatCents)
  const verdict = others.length === 0 ? "says the same" : `says otherwise of ${others.length} orders`
  return { line: `${line}; the card gateway ${verdict}.`, differences: [...differences, ...others] }
})

/** Compares what the read models of sales and customers say: they count every order, so only where there are no others. */
export const sales = Effect.fnUntraced(function* (
  service: Service,
  options: ServiceOptions,
  samples: Samples,
  { cancelled }: FulfilmentPlan,
  { others }: FoundOrders
) {
  if (others > 0) return { line: "Sales are not compared: they count the other orders, too.", differences: [] }
  const wanted = SalesFigures.expected(samples, new Set(cancelled.keys()))
  const [first] = samples.orders
  const token = first === undefined ? Option.none<string>() : yield* Replay.token(service, first)
  const differences = SalesFigures.differences(
    wanted,
    yield* SalesFigures.find(service, options, samples, token),
    Report.formatCents
  )
  const verdict = differences.length === 0 ? "agree" : `differ in ${differences.length} figures`
  return {
    line: `Sales per day, product, region, segment and customer, and dashboards: ${wanted.size} figures ${verdict}.`,
    differences
  }
})
