/**
 * The port by which ordering asks what an order costs, when something is put into a draft and when it is placed: prices are
 * made elsewhere, by rules that ordering does not know. A price that was given stays as it was given.
 */
import type { PricingErrors } from "@eventfold/domain-catalog/published"
import type { Currency } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"
import type { AskedBy, AskedItem } from "./OrderCommands.ts"
import type { OrderItem, OrderLine } from "./OrderLines.ts"

/** Prices cannot be asked for now. */
export class PriceListUnavailable extends Schema.TaggedError<PriceListUnavailable>()("PriceListUnavailable", {
  /** What went wrong; nothing personal. */
  reason: Schema.String,
  /** Whether asking again can help. */
  retryable: Schema.Boolean,
  /** When it may be back, in milliseconds from now, where that is known. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `prices cannot be looked up now: ${this.reason}`
  }
}

/** Why there are no prices: they are refused, or cannot be asked for now. */
export type PriceListError = PricingErrors.PricingRefusal | PriceListUnavailable

/** Knows what things cost. */
export class PriceList extends Context.Service<
  PriceList,
  {
    /** What items cost by themselves, in the order they are asked for. */
    items(
      tenant: string,
      items: ReadonlyArray<AskedItem>,
      askedBy: AskedBy
    ): Effect.Effect<ReadonlyArray<OrderItem>, PriceListError>
    /** What lines cost when they are placed together now, by all rules. */
    placement(
      tenant: string,
      currency: Currency.Currency,
      lines: ReadonlyArray<OrderLine>
    ): Effect.Effect<ReadonlyArray<OrderLine>, PriceListError>
  }
>()("@eventfold/domain-ordering/PriceList") {}
