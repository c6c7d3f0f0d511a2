/**
 * What the messages of ordering mean to those who act upon orders and keep a log of their own. Discounts, addresses, and by whom
 * and why something was done, are not told: a line costs what it costs after all that was taken off.
 */
import { Meaning, Personal } from "@eventfold/decider"
import { Money, Percentage } from "@eventfold/shared-kernel"
import * as Events from "./OrderEvents.ts"
import * as Messages from "./OrderingMessages.ts"

/** The messages that others act upon, each with its event. */
export const meanings = [
  Meaning.make(Messages.OrderPlacedV1, Events.OrderPlaced, (said) => ({
    _tag: "OrderPlaced" as const,
    occurredAt: said.placedAt,
    orderId: said.orderId,
    lines: said.lines.map(({ lineTotal: total, ...line }) => ({ ...line, discount: Percentage.zero, total })),
    gross: said.total,
    discount: Money.zero(said.currency),
    total: said.total,
    shippingAddress: Personal.redacted(said.customerId),
    ...(said.paymentToken === undefined ? {} : { paymentToken: said.paymentToken })
  })),
  Meaning.make(Messages.OrderApprovedV1, Events.OrderApproved, ({ approvedAt: occurredAt, orderId }) => ({
    _tag: "OrderApproved" as const,
    occurredAt,
    orderId,
    approvedBy: Meaning.untold
  })),
  Meaning.make(Messages.OrderShippedV1, Events.OrderShipped, (said) => ({
    _tag: "OrderShipped" as const,
    occurredAt: said.shippedAt,
    orderId: said.orderId,
    carrier: said.carrier,
    trackingNumber: said.trackingNumber,
    ...(said.estimatedDelivery === undefined ? {} : { estimatedDelivery: said.estimatedDelivery })
  })),
  // Drafts are told to nobody, so whatever was cancelled had been placed.
  Meaning.make(
    Messages.OrderCancelledV1,
    Events.OrderCancelled,
    ({ cancelledAt: occurredAt, cancelledBy, orderId }) => ({
      _tag: "OrderCancelled" as const,
      occurredAt,
      orderId,
      cancelledBy,
      reason: Meaning.untold,
      refundDue: false,
      previousStatus: "placed" as const
    })
  )
] as const
