/**
 * Asks what an order costs, before the order decides: what is put into a draft costs what the price list says of it then, and
 * what is placed is priced anew, by all rules.
 */
import {
  type OrderCommands,
  type OrderState,
  type PricedDraft,
  type PricedItem,
  PriceList
} from "@eventfold/domain-ordering"
import type { PricingErrors } from "@eventfold/domain-catalog/published"
import type { EventStoreFailure, OutsideFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import { failed } from "./LookUps.ts"

const asked = <A>(
  ask: (prices: PriceList.PriceList["Service"]) => Effect.Effect<A, PriceList.PriceListError>
): Effect.Effect<A, PricingErrors.PricingRefusal | EventStoreFailure | OutsideFailure, PriceList.PriceList> =>
  Effect.mapError(Effect.flatMap(PriceList.PriceList, ask), (error) =>
    error._tag === "PriceListUnavailable" ? failed("catalog")(error) : error
  )

/** A draft with the prices of its items. */
export const ofDraft = Effect.fnUntraced(function* (tenant: string, command: OrderCommands.DraftOrder) {
  const { askedBy = "customer", items, ...rest } = command
  const priced: PricedDraft =
    items === undefined ? rest : { ...rest, items: yield* asked((prices) => prices.items(tenant, items, askedBy)) }
  return priced
})

/** An item with its price. */
export const ofItem = Effect.fnUntraced(function* (tenant: string, command: OrderCommands.AddItem) {
  const { _tag, askedBy = "customer", occurredAt, orderId } = command
  const [item] = yield* asked((prices) => prices.items(tenant, [command], askedBy))
  const priced: PricedItem | undefined = item === undefined ? undefined : { _tag, orderId, occurredAt, ...item }
  return priced ?? (yield* Effect.die(new RangeError("one item has one price")))
})

/** The lines of a draft with the prices they are placed with. */
export const ofPlacement = (tenant: string, { lines, total }: OrderState.OrderIn<"draft">) =>
  asked((prices) => prices.placement(tenant, total.currency, lines))
