/**
 * What ordering tells other contexts of an order that somebody delivers: how it stands, what is in it and where it goes. Read
 * from its stream, so it is always up to date, and in the words of ordering.
 */
import { Message, Personal } from "@eventfold/decider"
import { OrderErrors, OrderLines, OrderStatus } from "@eventfold/domain-ordering"
import { QueryBus, StreamId } from "@eventfold/event-store"
import { Address, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Schema, Struct } from "effect"
import { OrderStreams } from "./OrderStreams.ts"

/** An order that somebody delivers. */
export const OrderToDeliver = Schema.Struct({
  status: OrderStatus.OrderStatus,
  customerId: CustomerId,
  lines: Schema.Array(
    Schema.Struct(Struct.pick(OrderLines.OrderLine.fields, ["productId", "productName", "quantity"]))
  ).check(Schema.isMaxLength(OrderLines.maximumLines)),
  /** Absent until it is placed, and once it is cancelled. */
  shippingAddress: Schema.optionalKey(Personal.schema(Address.Address))
})
/** An order that somebody delivers. */
export interface OrderToDeliver extends Schema.Schema.Type<typeof OrderToDeliver> {}

/** Asks for an order that somebody delivers. */
export const GetOrderToDeliver = Schema.TaggedStruct("GetOrderToDeliver", { tenant: StreamId.Tenant, orderId: OrderId })
/** The message that carries {@link GetOrderToDeliver}. */
export const getOrderToDeliver = Message.query({
  context: "ordering",
  payload: GetOrderToDeliver,
  answer: OrderToDeliver,
  refusal: OrderErrors.OrderNotFound
})

/** The handler of {@link getOrderToDeliver}. */
export const handler = QueryBus.handler(
  getOrderToDeliver,
  Effect.fnUntraced(function* ({ orderId, tenant }) {
    const found = yield* (yield* OrderStreams).state(tenant, orderId)
    if (Option.isNone(found)) return yield* new OrderErrors.OrderNotFound({ orderId })
    const { customerId, lines, status } = found.value
    return {
      status,
      customerId,
      lines: lines.map(({ productId, productName, quantity }) => ({ productId, productName, quantity })),
      ...("shippingAddress" in found.value ? { shippingAddress: found.value.shippingAddress } : {})
    }
  })
)
