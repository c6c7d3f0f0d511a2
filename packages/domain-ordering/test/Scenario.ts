/** Given/when for orders, with one of everything: an order, its customer, products, and a command of each kind. */
import { Order, OrderCommands, type PricedDraft, type PricedItem } from "@eventfold/domain-ordering"
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
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

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

export const draft: PricedDraft = { _tag: "DraftOrder", ...common, customerId, currency: "USD" }
export const add = (...of: Parameters<typeof item>): PricedItem => ({ _tag: "AddItem", ...common, ...item(...of) })
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

/** Orders after events, after commands, and on the way of commands. */
export const { after, given, walk } = DeciderScenario.of(Order.Order)

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
