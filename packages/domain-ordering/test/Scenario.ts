/** Given/when for orders, with one of everything: an order, its customer, products, and a command of each kind. */
import { Decider } from "@eventfold/decider"
import { Order, OrderCommands, type OrderErrors, type OrderEvents, type OrderState } from "@eventfold/domain-ordering"
import {
  type Address,
  CustomerId,
  type Money,
  OrderId,
  Percentage,
  PersonName,
  ProductId,
  Quantity
} from "@eventfold/shared-kernel"
import { DateTime, Result } from "effect"

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`

export const orderId = OrderId.fromUuid(uuid(1))
export const customerId = CustomerId.fromUuid(uuid(2))
export const otherCustomerId = CustomerId.fromUuid(uuid(3))
export const product = (number: number) => ProductId.fromUuid(uuid(100 + number))
export const occurredAt = DateTime.makeUnsafe("1996-07-05T00:00:00Z")
export const usd = (amount: number): Money.Money => ({ amount, currency: "USD" })
export const quantity = (count: number) => Quantity.Quantity.make(count)
export const percent = (share: number) => Percentage.Percentage.make(share * 100)
export const signature = PersonName.PersonName.make("Karin Josephs")

export const shippingAddress: Address.Address = {
  recipient: "Toms Spezialitäten",
  street: "Luisenstr. 48",
  city: "Münster",
  postalCode: "44087",
  country: "Germany"
}

const common = { orderId, occurredAt }
export const item = (number: number, count = 1, unitPrice = 1_860, discount = 0) => ({
  productId: product(number),
  productName: `Product ${number}`,
  quantity: quantity(count),
  unitPrice: usd(unitPrice),
  discount: percent(discount)
})

export const draft = OrderCommands.DraftOrder.make({ ...common, customerId, currency: "USD" })
export const add = (...of: Parameters<typeof item>) => OrderCommands.AddItem.make({ ...common, ...item(...of) })
export const change = (number: number, count: number) =>
  OrderCommands.ChangeItemQuantity.make({ ...common, productId: product(number), quantity: quantity(count) })
export const remove = (number: number) => OrderCommands.RemoveItem.make({ ...common, productId: product(number) })
export const place = OrderCommands.PlaceOrder.make({ ...common, shippingAddress })
export const approve = OrderCommands.ApproveOrder.make({
  ...common,
  approvedBy: "Nancy Davolio",
  notes: "regular\ncustomer"
})
export const ship = OrderCommands.ShipOrder.make({
  ...common,
  trackingNumber: "1Z-10249",
  carrier: "Speedy Express",
  estimatedDelivery: DateTime.makeUnsafe("1996-07-15T00:00:00Z")
})
export const deliver = OrderCommands.DeliverOrder.make({ ...common, signedBy: signature })
export const cancel = OrderCommands.CancelOrder.make({
  ...common,
  cancelledBy: "customer",
  by: "Karin",
  reason: "found it cheaper"
})

type Event = OrderEvents.OrderEvent
type Command = OrderCommands.OrderCommand
export type Outcome = Result.Result<Decider.Decision<OrderState.OrderState, Event>, OrderErrors.OrderRefusal>

/** The order after a history, ready to be asked for something. */
export const given = (...events: ReadonlyArray<Event>) => ({
  events,
  state: Decider.fold(Order.Order, events),
  when: (command: Command): Outcome => Decider.decideAfter(Order.Order, events, command)
})

/** The order that these commands lead to, none of them refused. */
export const after = (...commands: ReadonlyArray<Command>) =>
  given(
    ...commands.reduce<ReadonlyArray<Event>>(
      (events, command) => [...events, ...recorded(given(...events).when(command))],
      []
    )
  )

/** The events an outcome recorded; a refusal fails the test with its message. */
export const recorded = (outcome: Outcome): ReadonlyArray<Event> =>
  Result.getOrThrowWith(outcome, (refusal) => refusal).events

/** The refusal of an outcome; events fail the test. */
export const refusal = (outcome: Outcome): OrderErrors.OrderRefusal =>
  Result.getOrThrowWith(
    Result.flip(outcome),
    ({ events }) => new Error(`recorded ${events.map((event) => event._tag).join(" ")}`)
  )

/** An outcome in a word: the events it recorded, `nothing`, or the refusal. */
export const told = (outcome: Outcome): string =>
  Result.match(outcome, {
    onFailure: (refusal) => refusal._tag,
    onSuccess: ({ events }) => (events.length === 0 ? "nothing" : events.map((event) => event._tag).join(" "))
  })

/** An order in every state; a draft with and without items. */
export const orders = {
  none: after(),
  "empty draft": after(draft),
  draft: after(draft, add(1)),
  placed: after(draft, add(1), place),
  approved: after(draft, add(1), place, approve),
  shipped: after(draft, add(1), place, approve, ship),
  delivered: after(draft, add(1), place, approve, ship, deliver),
  cancelled: after(draft, add(1), cancel)
}

/** One command of each kind, such that each can follow some state. */
export const commands = {
  draft,
  add: add(1),
  change: change(1, 7),
  remove: remove(1),
  place,
  approve,
  ship,
  deliver,
  cancel
}
