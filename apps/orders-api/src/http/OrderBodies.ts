/**
 * The bodies of the commands as JSON: what the command of the ordering context holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { OrderCommands } from "@eventfold/domain-ordering"
import { OrderId } from "@eventfold/shared-kernel"
import { DateTime, Option, Schema, SchemaTransformation, Struct } from "effect"

const rule = "must be a point in time that exists, such as 2024-05-17T09:30:00Z, in the years 1 to 9999"
const earliest = DateTime.makeUnsafe("0001-01-01T00:00:00.000Z")
const latest = DateTime.makeUnsafe("9999-12-31T23:59:59.999Z")

const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/u

/** JavaScript takes 30 February for 2 March; a business date that does not exist is a mistake to be told. */
const isDay = (text: string): boolean => {
  // What does not look like a date is told once, by the pattern.
  if (!iso.test(text)) return true
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number)
  const date = DateTime.make({ year, month, day })
  return Option.isSome(date) && DateTime.formatIsoDateUtc(date.value) === text.slice(0, 10)
}

/** A point in time that every store can keep; a date alone is its midnight in UTC. */
export const PointInTime = Schema.String.annotate({ message: rule })
  .check(Schema.isPattern(iso, { message: rule }), Schema.makeFilter(isDay, { message: rule }))
  .pipe(
    Schema.decodeTo(
      Schema.DateTimeUtcFromString.annotate({ message: rule }).check(
        Schema.makeFilter<DateTime.Utc>((time) => DateTime.between(time, { minimum: earliest, maximum: latest }), {
          message: rule
        })
      ),
      SchemaTransformation.passthrough()
    )
  )

/** When it happened in the business; now, when left out. */
export const occurredAt = { occurredAt: Schema.optionalKey(PointInTime) }

const rest = <Fields extends Record<"_tag" | "orderId" | "occurredAt", unknown>>(fields: Fields) =>
  Struct.omit(fields, ["_tag", "orderId", "occurredAt"])

/** Begins an order. Without an `orderId` it is derived from the id of the command, so that a repetition names the same. */
export const DraftOrder = Schema.Struct({
  orderId: Schema.optionalKey(OrderId),
  ...rest(OrderCommands.DraftOrder.fields),
  ...occurredAt
}).annotate({ identifier: "DraftOrder" })

/** Adds so many pieces of a product. */
export const AddItem = Schema.Struct({ ...rest(OrderCommands.AddItem.fields), ...occurredAt }).annotate({
  identifier: "AddItem"
})

/** Sets the quantity of a line. */
export const ChangeItemQuantity = Schema.Struct({
  quantity: OrderCommands.ChangeItemQuantity.fields.quantity,
  ...occurredAt
}).annotate({ identifier: "ChangeItemQuantity" })

/** Commits the customer to the draft. */
export const PlaceOrder = Schema.Struct({ ...rest(OrderCommands.PlaceOrder.fields), ...occurredAt }).annotate({
  identifier: "PlaceOrder"
})

/** Allows the order to be shipped. */
export const ApproveOrder = Schema.Struct({ ...rest(OrderCommands.ApproveOrder.fields), ...occurredAt }).annotate({
  identifier: "ApproveOrder"
})

/** Tells that the goods left with a carrier. */
export const ShipOrder = Schema.Struct({
  ...rest(OrderCommands.ShipOrder.fields),
  estimatedDelivery: Schema.optionalKey(PointInTime),
  ...occurredAt
}).annotate({ identifier: "ShipOrder" })

/** Tells that somebody took the goods. */
export const DeliverOrder = Schema.Struct({ ...rest(OrderCommands.DeliverOrder.fields), ...occurredAt }).annotate({
  identifier: "DeliverOrder"
})

/** Calls the order off. */
export const CancelOrder = Schema.Struct({ ...rest(OrderCommands.CancelOrder.fields), ...occurredAt }).annotate({
  identifier: "CancelOrder"
})
