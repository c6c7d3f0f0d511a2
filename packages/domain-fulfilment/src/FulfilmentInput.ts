/**
 * What is needed to fulfil an order: what it is of, what it costs, and the token of the card that pays. Nothing personal:
 * where it goes, the order tells to whoever ships it.
 */
import type { OrderPlaced } from "@eventfold/domain-ordering/published"
import { ReservationLines } from "@eventfold/domain-inventory/published"
import { CardToken } from "@eventfold/domain-payments/published"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Option, Schema } from "effect"

/** The schema of what is needed to fulfil an order. */
export const FulfilmentInput = Schema.Struct({
  orderId: OrderId,
  lines: ReservationLines,
  money: Money.PositiveMoney,
  token: CardToken
}).annotate({ identifier: "FulfilmentInput" })
/** What is needed to fulfil an order. */
export interface FulfilmentInput extends Schema.Schema.Type<typeof FulfilmentInput> {}

/**
 * What is needed to fulfil the order that was placed. None when it names no card, or costs nothing: then people approve and
 * ship it.
 */
export const ofOrder = ({ lines, orderId, paymentToken, total }: OrderPlaced): Option.Option<FulfilmentInput> => {
  if (paymentToken === undefined || total.amount === 0) return Option.none()
  return Option.some({
    orderId,
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    money: total,
    token: paymentToken
  })
}
