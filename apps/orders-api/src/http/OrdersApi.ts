/**
 * The endpoints for orders: what each takes, answers and refuses. One value for the server, typed clients and OpenAPI.
 *
 * Commands answer where the order stands and, as `ETag`, its version; with `If-Match` they happen only at that version.
 * With an `Idempotency-Key` a repetition answers what the first one answered and changes nothing.
 */
import { OrderCommands, OrderDetail as OrderDetailModel, OrderSummary } from "@eventfold/domain-ordering"
import { History } from "@eventfold/event-store"
import { OrderId, ProductId } from "@eventfold/shared-kernel"
import { Effect, Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { HistoryEntry, largestHistoryPage, largestListPage, OrderDetail, OrderSort } from "../queries/OrderQueries.ts"
import { FoundOrder, WaitingOrder } from "../queries/OrderReadQueries.ts"
import { SearchText } from "../queries/SearchText.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { IdCursor } from "./IdCursor.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import * as Bodies from "./OrderBodies.ts"
import { pageSize } from "./PageSize.ts"
import { AsOfQuery, isPeriod, periodFields } from "./PastQueries.ts"
import { occurredAt, PointInTime } from "./PointInTime.ts"
import { liveOrders } from "./LiveOrdersApi.ts"
import { orderFilter } from "./OrderFilters.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders, PricingHeaders, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const order = { id: OrderId }
const item = { id: OrderId, productId: ProductId }

const OrderAnswer = OrderCommands.OrderAnswer.annotate({ description: "Where the order stands now" })

const refusals = [
  Problems.UnknownOrder,
  Problems.UnknownItem,
  Problems.PriceNotTheirs,
  Problems.OrderRefusedProblem
] as const
const command = CommandEndpoint.command(OrderAnswer, ...refusals)
const pricing = { ...command, headers: PricingHeaders }

const prices =
  "An item costs what the catalogue says. Who gives another price (`unitPrice`, `discount`) asks with `X-Role: operator`, and says why: `priceReason`."

const version = { message: "must be a whole number from 0" }

/** A page of the list of orders. */
export const OrderListPage = Schema.Struct({
  orders: Schema.Array(OrderSummary.OrderSummary),
  ...pageFields
}).annotate({ identifier: "OrderListPage", description: "A page of the list of orders" })

/** A page of orders that were found. */
export const FoundOrdersPage = Schema.Struct({ orders: Schema.Array(FoundOrder), ...pageFields }).annotate({
  identifier: "FoundOrdersPage",
  description: "A page of orders that were found"
})

/** A page of the orders that wait to be shipped. */
export const ShippingQueuePage = Schema.Struct({ orders: Schema.Array(WaitingOrder), ...pageFields }).annotate({
  identifier: "ShippingQueuePage",
  description: "A page of the orders that wait to be shipped"
})

/** A page of an order's history. */
export const OrderHistoryPage = Schema.Struct({
  orderId: OrderId,
  /** How many events the order has. */
  version: Schema.Int,
  events: Schema.Array(
    Schema.Struct({
      ...Struct.omit(HistoryEntry.fields, ["metadata"]),
      correlationId: Schema.optionalKey(Schema.String),
      causationId: Schema.optionalKey(Schema.String),
      actor: Schema.optionalKey(Schema.String)
    })
  ),
  /** Put it into `after` for the next page; absent on the last one. */
  nextAfter: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "OrderHistoryPage", description: "A page of the history of an order" })

/** A page of all orders as of a date. */
export const OrdersAsOfPage = Schema.Struct({
  date: Schema.DateTimeUtc,
  /** Which time of the events is meant. */
  by: History.HistoryTime,
  /** Those that had been drafted by then, in the order of their ids. */
  orders: Schema.Array(OrderSummary.OrderSummary),
  /** The ids of those that this version of the service cannot tell. */
  unreadable: Schema.Array(Schema.String),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(IdCursor)
}).annotate({ identifier: "OrdersAsOfPage", description: "A page of all orders as of a date" })

/** The endpoints for orders. */
export class OrdersApi extends HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("draft", "/orders", {
      ...pricing,
      payload: Bodies.DraftOrder,
      success: CommandEndpoint.created(OrderAnswer)
    }).annotateMerge(
      about(
        "Begin an order",
        `Choose the order's id, or leave it out: then it is derived from the Idempotency-Key, so that a repetition names the same order. ${prices}`
      )
    ),
    HttpApiEndpoint.post("addItem", "/orders/:id/items", {
      params: order,
      payload: Bodies.AddItem,
      ...pricing
    }).annotateMerge(
      about("Add an item to a draft", `More of a product the draft has already makes its line larger. ${prices}`)
    ),
    HttpApiEndpoint.put("changeItemQuantity", "/orders/:id/items/:productId", {
      params: item,
      payload: Bodies.ChangeItemQuantity,
      ...command
    }).annotateMerge(about("Set the quantity of an item of a draft")),
    HttpApiEndpoint.delete("removeItem", "/orders/:id/items/:productId", {
      params: item,
      query: occurredAt,
      ...CommandEndpoint.withoutBody(OrderAnswer, ...refusals)
    }).annotateMerge(about("Take an item out of a draft")),
    HttpApiEndpoint.post("place", "/orders/:id/place", {
      params: order,
      payload: Bodies.PlaceOrder,
      ...command
    }).annotateMerge(
      about(
        "Place the order",
        "It costs what the catalogue says now, promotions and discounts on its value taken off; what an operator gave stays. Each line says which rules made its price."
      )
    ),
    HttpApiEndpoint.post("approve", "/orders/:id/approve", {
      params: order,
      payload: Bodies.ApproveOrder,
      ...command
    }).annotateMerge(about("Allow a placed order to be shipped")),
    HttpApiEndpoint.post("ship", "/orders/:id/ship", {
      params: order,
      payload: Bodies.ShipOrder,
      ...command
    }).annotateMerge(about("Tell that an approved order left with a carrier")),
    HttpApiEndpoint.post("deliver", "/orders/:id/deliver", {
      params: order,
      payload: Bodies.DeliverOrder,
      ...command
    }).annotateMerge(about("Tell that somebody took a shipped order")),
    HttpApiEndpoint.post("cancel", "/orders/:id/cancel", {
      params: order,
      payload: Bodies.CancelOrder,
      ...command
    }).annotateMerge(about("Call the order off before it is shipped")),
    HttpApiEndpoint.get("get", "/orders/:id", {
      params: order,
      query: AsOfQuery,
      headers: OneHeaders,
      success: oneAtVersion(OrderDetail),
      error: Problems.UnknownOrder
    }).annotateMerge(
      about(
        "One order as it is now, or as it was",
        "Read from its events: always up to date. With `asOf` as it was at that time, with `version` as it was at that version; 404 when it was not there yet."
      )
    ),
    HttpApiEndpoint.get("history", "/orders/:id/events", {
      params: order,
      query: Schema.Struct({
        after: Schema.NumberFromString.annotate(version)
          .check(Schema.isInt(version), Schema.isGreaterThanOrEqualTo(0, version))
          .pipe(Schema.withDecodingDefaultKey(Effect.succeed("0"))),
        limit: pageSize(largestHistoryPage, 500),
        ...periodFields
      }).check(isPeriod),
      headers: QueryHeaders,
      success: OrderHistoryPage,
      error: Problems.UnknownOrder
    }).annotateMerge(
      about("What happened to an order", "Its events, oldest first; with `from` and `to`, those of that time.")
    ),
    HttpApiEndpoint.get("asOf", "/orders/as-of", {
      query: {
        date: PointInTime,
        by: History.HistoryTime.pipe(Schema.withDecodingDefaultKey(Effect.succeed("recorded" as const))),
        limit: pageSize(largestListPage, 20),
        cursor: Schema.optionalKey(IdCursor)
      },
      headers: QueryHeaders,
      success: OrdersAsOfPage
    }).annotateMerge(
      about(
        "Every order as it was at a time",
        "In the order of their ids, read from their events. A page looks at `limit` of today's orders: it can hold fewer, or none, where they were drafted later. There is more as long as there is a `nextCursor`."
      )
    ),
    HttpApiEndpoint.get("list", "/orders", {
      query: { ...orderFilter, sort: Schema.optionalKey(OrderSort), ...pageQuery },
      headers: ReadHeaders,
      success: fresh(OrderListPage)
    }).annotateMerge(about("Orders, the newest first", "All, or those that pass every filter, and how many they are.")),
    HttpApiEndpoint.get("search", "/orders/search", {
      query: { q: SearchText, ...pageQuery },
      headers: ReadHeaders,
      success: fresh(FoundOrdersPage)
    }).annotateMerge(
      about(
        "Orders by words",
        "By all the words of `q` in ids and products, where the last one may be the beginning of a word, or in the shipping address, where words are found as a whole."
      )
    ),
    liveOrders,
    HttpApiEndpoint.get("details", "/orders/:id/details", {
      params: order,
      query: readFields,
      headers: ReadHeaders,
      success: fresh(OrderDetailModel.OrderDetailRow),
      error: Problems.UnknownOrder
    }).annotateMerge(
      about(
        "One order, for many readers",
        "From a read model, which costs less than reading its events and may be behind. Nothing personal is in it."
      )
    ),
    HttpApiEndpoint.get("toShip", "/shipping-queue", {
      query: pageQuery,
      headers: ReadHeaders,
      success: fresh(ShippingQueuePage)
    }).annotateMerge(
      about(
        "Orders that may be shipped",
        "Approved, and neither shipped nor cancelled; the one that was approved first comes first."
      )
    )
  )
  .annotate(ServedBy, "ordering")
  .annotateMerge(OpenApi.annotations({ title: "Orders" })) {}
