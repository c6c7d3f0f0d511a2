/** What happened, in a few words for people: one line per event of an order. */
import { Personal } from "@eventfold/decider"
import type { OrderEvents } from "@eventfold/domain-ordering"
import { Money, type ProductId } from "@eventfold/shared-kernel"

/** One line about an event. It names prices, quantities and who acted; it never holds an address. */
export const summaryOf = (event: OrderEvents.OrderEvent): string => {
  switch (event._tag) {
    case "OrderDrafted":
      return `Drafted in ${event.currency}`
    case "ItemAdded":
      return `Added ${event.quantity} × ${event.productName} at ${Money.format(event.unitPrice)}${less(event.discount)}; total ${Money.format(event.total)}`
    case "ItemQuantityChanged":
      return `Set the quantity of ${short(event.productId)} to ${event.quantity}; total ${Money.format(event.total)}`
    case "ItemRemoved":
      return `Removed ${short(event.productId)}; total ${Money.format(event.total)}`
    case "OrderPlaced":
      return `Placed with ${counted(event.lines.length, "line")} for ${Money.format(event.total)}`
    case "OrderApproved":
      return `Approved by ${event.approvedBy}`
    case "OrderShipped":
      return `Shipped with ${event.carrier}, tracking number ${event.trackingNumber}`
    case "OrderDelivered":
      return `Delivered, signed for by ${Personal.show(event.signedBy)}`
    case "OrderCancelled": {
      const who = event.by === undefined ? event.cancelledBy : `${event.cancelledBy} ${event.by}`
      return `Cancelled by ${who}, with ${event.refundDue ? "a" : "no"} refund due: ${event.reason}`
    }
  }
}

const less = (basisPoints: number) => (basisPoints === 0 ? "" : ` less ${basisPoints / 100} %`)
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`
/** Enough of an identifier to recognise it among the items of an order. */
const short = (id: ProductId) => `${id.slice(0, "product_".length + 8)}…`
