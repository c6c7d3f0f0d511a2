import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import {
  Order,
  OrderCommands,
  OrderErrors,
  OrderEvents,
  OrderLines,
  OrderUpcasts,
  type PricedCommand,
  type PricedDraft
} from "@eventfold/domain-ordering"
import { CardToken } from "@eventfold/domain-payments/published"
import { PersonName } from "@eventfold/shared-kernel"
import { DateTime, Equal, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { add, after, approve, cancel, change, deliver, draft, given, item, orderId, place, recorded, refusal } = Scenario
const { remove, ship, shippingAddress, told, usd } = Scenario

const total = (order: ReturnType<typeof after>) => Order.answerOf(order.state, order.events.length).total

describe("drafting", () => {
  const withItems: PricedDraft = { ...draft, items: [item(1, 2), item(2, 1, 500), item(1, 3)] }

  it("takes items at once, pieces of one product in one line", () => {
    const order = after(withItems)
    assert.strictEqual(told(given().when(withItems)), "OrderDrafted ItemAdded ItemAdded ItemAdded")
    assert.isTrue(order.state.status === "draft" && order.state.lines.length === 2)
    assert.deepStrictEqual(total(order), usd(5 * 1_860 + 500))
  })

  it("records nothing of it when one item is refused", () => {
    const command = { ...draft, items: [item(1), { ...item(1), unitPrice: usd(1) }] }
    assert.strictEqual(told(given().when(command)), "ItemPriceDiffers")
  })

  it("again with the same items records nothing, in any status", () => {
    assert.strictEqual(told(after(withItems).when(withItems)), "nothing")
    assert.strictEqual(told(after(withItems, place).when(withItems)), "nothing")
    assert.strictEqual(told(after(withItems, place).when(draft)), "nothing")
  })

  it("refuses an identifier in use and says what differs", () => {
    const other = (command: Partial<PricedDraft>) => refusal(after(withItems, place).when({ ...draft, ...command }))
    const customer = other({ customerId: Scenario.otherCustomerId })
    assert.deepInclude(customer, { _tag: "OrderAlreadyExists", differs: "customer", status: "placed" })
    assert.strictEqual(customer.message, `there is already an order ${orderId}, placed, with another customer`)
    assert.deepInclude(other({ currency: "EUR" }), { differs: "currency" })
    assert.deepInclude(other({ items: [item(1, 2)] }), { differs: "items" })
    assert.deepInclude(other({ items: [{ ...item(1), unitPrice: { amount: 1, currency: "EUR" } }] }), {
      differs: "items"
    })
    assert.match(other({ items: [] }).message, /with other items$/u)
  })

  it("takes at most 200 items", () => {
    const items = Array.from({ length: 201 }, (_, index) => item(index))
    const decoded = Schema.decodeResult(OrderCommands.DraftOrder)({ ...draft, items })
    assert.match(Result.getOrThrow(Result.flip(decoded)).message, /^must have at most 200 items\n {2}at \["items"\]$/u)
  })
})

describe("placing", () => {
  it("tells the lines with their totals, the gross, the discount and the total", () => {
    // 3 × 1.50 less 15 % is 3.825, half-even 3.82; 1 × 1.50 less 15 % is 1.275, half-even 1.28.
    const [placed] = recorded(after(draft, add(1, 3, 150, 15), add(2, 1, 150, 15)).when(place))
    assert.deepStrictEqual(placed, {
      _tag: "OrderPlaced",
      orderId,
      occurredAt: Scenario.occurredAt,
      shippingAddress: Personal.of(Scenario.customerId, shippingAddress),
      lines: [
        { ...item(1, 3, 150, 15), total: usd(382) },
        { ...item(2, 1, 150, 15), total: usd(128) }
      ],
      gross: usd(600),
      discount: usd(90),
      total: usd(510)
    })
  })

  it("again to another address is refused: nobody must believe it goes there", () => {
    const order = after(draft, add(1), place)
    const elsewhere = { ...place, shippingAddress: { ...shippingAddress, city: "Köln" } }
    assert.strictEqual(
      refusal(order.when(elsewhere)).message,
      `order ${orderId} is placed, and not known to go to this shipping address`
    )
    assert.strictEqual(told(order.when({ ...place, shippingAddress: { ...shippingAddress } })), "nothing")
  })

  it("again with another card, or with and without one, is refused: nobody must believe that it pays", () => {
    const paidBy = (token: string) => ({ ...place, paymentToken: CardToken.make(token) })
    const placed = after(draft, add(1), paidBy("tok_visa"))
    assert.strictEqual(told(placed.when(paidBy("tok_visa"))), "nothing")
    const other = [placed.when(paidBy("tok_amex")), placed.when(place)]
    const refused = [...other, after(draft, add(1), place).when(paidBy("tok_visa"))]
    for (const error of refused.map(refusal)) {
      assert.deepInclude(error, { _tag: "OrderAlreadyPlaced", status: "placed", differs: "paymentToken" })
      assert.strictEqual(error.message, `order ${orderId} is placed, with another payment token or none`)
    }
    const approved = after(draft, add(1), paidBy("tok_visa"), approve)
    assert.notProperty(approved.state, "paymentToken")
    assert.notProperty(refusal(approved.when(paidBy("tok_visa"))), "differs")
  })

  it("keeps what was placed, whatever the arithmetic of lines would say today", () => {
    const { events } = after(draft, add(1), place)
    const restated = events.map((event) => (event._tag === "OrderPlaced" ? { ...event, total: usd(1) } : event))
    assert.deepStrictEqual(total(given(...restated)), usd(1))
  })
})

describe("approving, shipping, delivering", () => {
  const approved = after(draft, add(1), place, approve)
  const shipped = given(...approved.events, ...recorded(approved.when(ship)))
  const delivered = given(...shipped.events, ...recorded(shipped.when(deliver)))

  it("by another person again records nothing", () => {
    assert.strictEqual(told(approved.when({ ...approve, approvedBy: "Andrew Fuller" })), "nothing")
  })

  it("tells the facts of each step", () => {
    const signed = Personal.of(Scenario.customerId, Scenario.signature)
    const [, , , approval, shipment, delivery] = delivered.events
    assert.deepInclude(approval, { approvedBy: "Nancy Davolio", notes: "regular\ncustomer" })
    assert.deepInclude(shipment, { trackingNumber: "1Z-10249", carrier: "Speedy Express" })
    assert.isTrue(delivery?._tag === "OrderDelivered" && Equal.equals(delivery.signedBy, signed))
  })

  it("refuses another shipment of a shipped order and names the first", () => {
    for (const difference of [
      { trackingNumber: "2" },
      { carrier: "Federal" },
      { estimatedDelivery: Scenario.occurredAt }
    ]) {
      const refused = refusal(shipped.when({ ...ship, ...difference }))
      assert.strictEqual(refused.message, `order ${orderId} is shipped with Speedy Express 1Z-10249`)
    }
    const sameInstant = { ...ship, estimatedDelivery: DateTime.makeUnsafe("1996-07-15T00:00:00.000Z") }
    assert.strictEqual(told(shipped.when(sameInstant)), "nothing")
  })

  it("refuses another signature for a delivered order and names nobody", () => {
    const refused = refusal(delivered.when({ ...deliver, signedBy: PersonName.PersonName.make("Somebody Else") }))
    assert.strictEqual(refused.message, `order ${orderId} is delivered, and somebody has signed for it`)
    assert.notInclude(JSON.stringify(refused), "Karin")
  })
})

describe("an order of a customer who is forgotten", () => {
  const gone = Personal.redacted(Scenario.customerId)
  const placed = given(
    ...after(draft, add(1), place).events.map((event) =>
      event._tag === "OrderPlaced" ? { ...event, shippingAddress: gone } : event
    )
  )
  const way = [approve, ship, deliver].reduce(
    (order, command) => given(...order.events, ...recorded(order.when(command))),
    placed
  )

  it("still costs what it costs, and goes its way to the end", () => {
    assert.deepStrictEqual(total(placed), total(after(draft, add(1), place)))
    assert.strictEqual(way.state.status, "delivered")
    assert.isTrue(way.state.status === "delivered" && Personal.isRedacted(way.state.shippingAddress))
    assert.strictEqual(told(placed.when(cancel)), "OrderCancelled")
  })

  it("is not known to go to any address, nor to have been signed for by anybody", () => {
    assert.strictEqual(told(placed.when(place)), "OrderAlreadyPlaced")
    const signed = given(
      ...way.events.map((event) => (event._tag === "OrderDelivered" ? { ...event, signedBy: gone } : event))
    )
    assert.strictEqual(told(signed.when(deliver)), "OrderAlreadyDelivered")
  })
})

describe("an order of the time when nothing was personal", () => {
  it("is read with the address and the signature as those of the order", () => {
    const common = { orderId, occurredAt: Scenario.occurredAt }
    const placedV1 = OrderUpcasts.OrderPlacedV1.make({ ...common, ...OrderLines.empty("USD"), shippingAddress })
    const deliveredV1 = OrderUpcasts.OrderDeliveredV1.make({ ...common, signedBy: Scenario.signature })
    assert.deepStrictEqual(OrderUpcasts.orderPlaced(placedV1), {
      orderId,
      ...OrderLines.empty("USD"),
      shippingAddress: Personal.of(orderId, shippingAddress)
    })
    assert.deepStrictEqual(OrderUpcasts.orderDelivered(deliveredV1), {
      orderId,
      signedBy: Personal.of(orderId, Scenario.signature)
    })
  })
})

describe("cancelling", () => {
  const cancelledFrom = (order: ReturnType<typeof after>, refundDue?: boolean) =>
    recorded(order.when({ ...cancel, ...(refundDue === undefined ? {} : { refundDue }) }))[0]

  it("tells who, why, from which status and whether a refund is due", () => {
    assert.deepStrictEqual(cancelledFrom(after(draft, add(1), place)), {
      _tag: "OrderCancelled",
      orderId,
      occurredAt: Scenario.occurredAt,
      cancelledBy: "customer",
      by: "Karin",
      reason: "found it cheaper",
      refundDue: false,
      previousStatus: "placed"
    })
  })

  it("owes a refund for an approved order, unless the command says otherwise", () => {
    const placed = after(draft, add(1), place)
    const approved = given(...placed.events, ...recorded(placed.when(approve)))
    const due = (order: ReturnType<typeof after>, refundDue?: boolean) => {
      const event = cancelledFrom(order, refundDue)
      return event?._tag === "OrderCancelled" && event.refundDue
    }
    assert.deepStrictEqual([due(after(draft)), due(placed), due(approved)], [false, false, true])
    assert.deepStrictEqual([due(placed, true), due(approved, false)], [true, false])
  })

  it("again records nothing, unless it contradicts the refund", () => {
    const cancelled = after(draft, cancel)
    assert.strictEqual(told(cancelled.when({ ...cancel, reason: "another", cancelledBy: "admin" })), "nothing")
    assert.strictEqual(told(cancelled.when({ ...cancel, refundDue: false })), "nothing")
    const refused = refusal(cancelled.when({ ...cancel, refundDue: true }))
    assert.strictEqual(refused.message, `order ${orderId} is cancelled, with no refund due`)
  })
})

describe("folding", () => {
  const everything = after(draft, add(1), change(1, 2), add(2), remove(2), place, approve, ship, deliver).events
  const allEvents = [...everything, ...after(draft, cancel).events]

  it("leaves the state as it is on an event that cannot follow it", () => {
    const follows: Record<string, ReadonlyArray<string>> = {
      none: ["OrderDrafted"],
      draft: ["ItemAdded", "ItemQuantityChanged", "OrderPlaced", "OrderCancelled"],
      placed: ["OrderApproved", "OrderCancelled"],
      approved: ["OrderShipped", "OrderCancelled"],
      shipped: ["OrderDelivered"],
      delivered: [],
      cancelled: []
    }
    const orders = [[], [draft, add(1)], [draft, add(1), place], [draft, add(1), place, approve], [draft, cancel]]
    for (const order of [
      ...orders.map((commands) => after(...commands)),
      given(...everything),
      given(...everything.slice(0, -1))
    ]) {
      const moved = allEvents
        .filter((event) => Order.evolve(order.state, event) !== order.state)
        .map(({ _tag }) => _tag)
      assert.deepStrictEqual([...new Set(moved)].toSorted(), follows[order.state.status]?.toSorted())
    }
  })

  it("answers where the order stands", () => {
    const order = after(draft, add(1, 2))
    assert.deepStrictEqual(Order.answerOf(order.state, 2), { orderId, status: "draft", version: 2, total: usd(3_720) })
    assert.throws(() => Order.answerOf(Order.initial, 0), RangeError)
  })
})

describe("messages", () => {
  it("of refusals say what to do next", () => {
    const text = (order: ReturnType<typeof after>, command: PricedCommand) => refusal(order.when(command)).message
    const placed = after(draft, add(1), place)
    const approved = given(...placed.events, ...recorded(placed.when(approve)))
    const shipped = given(...approved.events, ...recorded(approved.when(ship)))
    assert.strictEqual(text(after(), place), `there is no order ${orderId}`)
    assert.strictEqual(text(after(draft), place), `order ${orderId} has no items: it cannot be placed`)
    assert.strictEqual(text(after(draft), approve), `order ${orderId} is draft: it must be placed first`)
    assert.strictEqual(text(placed, add(1)), `order ${orderId} is placed: its items change only while it is a draft`)
    assert.strictEqual(text(placed, ship), `order ${orderId} is placed: it must be approved first`)
    assert.strictEqual(text(approved, deliver), `order ${orderId} is approved: it must be shipped first`)
    assert.strictEqual(text(approved, place), `order ${orderId} is approved: it was placed before`)
    assert.strictEqual(text(shipped, approve), `order ${orderId} is shipped: it was approved before`)
    assert.strictEqual(text(shipped, cancel), `order ${orderId} is shipped with Speedy Express 1Z-10249`)
  })

  it("name each command by its context", () => {
    const { draftOrder, addItem, changeItemQuantity, removeItem, placeOrder, approveOrder, shipOrder } = OrderCommands
    const messages = [draftOrder, addItem, changeItemQuantity, removeItem, placeOrder, approveOrder, shipOrder]
    assert.deepStrictEqual(
      [...messages, OrderCommands.deliverOrder, OrderCommands.cancelOrder].map((message) => message.name),
      OrderCommands.OrderCommand.members.map((member) => `ordering.${member.fields._tag.schema.literal}`)
    )
    assert.strictEqual(placeOrder.Answer, OrderCommands.OrderAnswer)
    assert.strictEqual(placeOrder.Refusal, OrderErrors.OrderRefusal)
    assert.strictEqual(OrderEvents.OrderEvent.members.length, 9)
  })
})
