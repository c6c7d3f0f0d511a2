/**
 * How long the stock of a product lasts: what is available, against what was sold per day over the last 28 days.
 *
 * It spans two contexts, so it is put together here: of the levels of inventory and of what ordering says it has sold. Sold is what
 * was placed and not cancelled, counted on the UTC day of the placing; the last of the 28 days is part of them. It knows
 * nothing of seasons: it is a hint of what to order next.
 */
import { Specification, UtcDay } from "@eventfold/decider"
import { StockCounts, StockLevels } from "@eventfold/domain-inventory"
import { type AskError, ContextQueries, QueryBus, ReadModelFailure } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Schema } from "effect"
import * as Pages from "./Pages.ts"
import * as PiecesSold from "./PiecesSold.ts"

/** Over so many days it is counted what was sold. */
export const days = PiecesSold.mostDays

/** The most products a page of forecasts holds: what was sold of them on all days is one question, of 1,000 rows at most. */
export const largestForecastPage = PiecesSold.mostProducts

/** How long the stock of a product lasts. */
export const StockForecast = Schema.Struct({
  productId: ProductId,
  /** What is in the house: available or reserved. */
  onHand: StockCounts.Level,
  available: StockCounts.Level,
  reserved: StockCounts.Level,
  /** How many pieces were sold in the 28 days. */
  sold: Schema.Int,
  /** The same per day, to the hundredth. */
  soldPerDay: Schema.Finite,
  /** For how many whole days what is available lasts at that rate; absent when nothing was sold. */
  daysLeft: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "StockForecast" })
/** How long the stock of a product lasts. */
export interface StockForecast extends Schema.Schema.Type<typeof StockForecast> {}

/** The forecast of a product of which so many pieces were sold in the 28 days. */
export const of = (
  { available, onHand, productId, reserved }: Omit<StockForecast, "sold" | "soldPerDay" | "daysLeft">,
  sold: number
): StockForecast => ({
  productId,
  onHand,
  available,
  reserved,
  sold,
  soldPerDay: Math.round((sold * 100) / days) / 100,
  ...(sold > 0 ? { daysLeft: Math.floor((available * days) / sold) } : {})
})

/** The first of the 28 days that end on a day. */
export const firstDay = (last: UtcDay.UtcDay): UtcDay.UtcDay =>
  UtcDay.of(DateTime.subtract(DateTime.makeUnsafe(last), { days: days - 1 }))

/** What ordering says was sold; that it cannot be asked is told like a read model that cannot be read. */
const soldOf = (asked: Omit<typeof PiecesSold.CountPiecesSold.Type, "_tag">) =>
  Effect.flatMap(ContextQueries, (contexts) =>
    contexts.ask(PiecesSold.countPiecesSold, { _tag: "CountPiecesSold", ...asked })
  ).pipe(
    Effect.catchTags({
      UnknownMessage: unread,
      MalformedMessage: unread,
      ContextNotRegistered: unread,
      ContextUnavailable: unread
    })
  )

const unread = (cause: AskError) => Effect.fail(new ReadModelFailure({ readModel: "sales_by_product_day", cause }))

/** Asks for a page of forecasts, the product of which the least is available first. */
export const ForecastStock = Schema.TaggedStruct("ForecastStock", {
  ...Pages.fields,
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestForecastPage })),
  /** The last of the 28 days. */
  day: UtcDay.UtcDay,
  /** This product only; all, when left out. */
  productId: Schema.optionalKey(ProductId)
})
/** The message that carries {@link ForecastStock}. */
export const forecastStock = Pages.query("inventory", ForecastStock, StockForecast)

/** The handler of {@link forecastStock}: a page of levels, and one question for what was sold of its products. */
export const handler = QueryBus.handler(
  forecastStock,
  Effect.fnUntraced(function* ({ after, day, limit, productId, tenant }) {
    const where =
      productId === undefined
        ? Specification.everything
        : Specification.eq(StockLevels.rows.field("productId"), productId)
    const request = { tenant, where, sort: StockLevels.scarcestFirst, limit, after }
    const page = yield* Pages.of(StockLevels.readModel, request, (level) => level)
    const products = page.rows.map(({ productId }) => productId)
    const found = yield* soldOf({ tenant, productIds: products, from: firstDay(day), to: day })
    const sold = new Map<string, number>(found.map(({ pieces, productId }) => [productId, pieces]))
    return { ...page, rows: page.rows.map((level) => of(level, sold.get(level.productId) ?? 0)) }
  })
)
