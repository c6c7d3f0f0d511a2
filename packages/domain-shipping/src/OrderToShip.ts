/**
 * What shipping must know of an order: how it stands and, when it may be shipped, what goes where.
 *
 * Whoever handles a request for a shipment asks the order for it. So a request names nothing but the order, and the
 * address of a person travels from stream to stream, and in no message between them.
 */
import { Personal } from "@eventfold/decider"
import { Address, CustomerId, ProductId, Quantity, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The most lines a shipment has: as many as an order can have. */
export const maximumLines = 200

/** The schema of a line: so many pieces of a product. */
export const ShipmentLine = Schema.Struct({
  productId: ProductId,
  productName: Text.line(200),
  quantity: Quantity.Quantity
}).annotate({ identifier: "ShipmentLine" })
/** So many pieces of a product. */
export interface ShipmentLine extends Schema.Schema.Type<typeof ShipmentLine> {}

/** The schema of what is shipped. */
export const ShipmentLines = Schema.Array(ShipmentLine).check(Schema.isMinLength(1), Schema.isMaxLength(maximumLines))

/** The schema of where it goes: personal, of the customer. */
export const Destination = Personal.schema(Address.Address)
/** Where it goes. */
export type Destination = typeof Destination.Type

/** The schema of what an order that may be shipped tells. */
export const Consignment = Schema.Struct({ customerId: CustomerId, lines: ShipmentLines, destination: Destination })
/** What an order that may be shipped tells. */
export interface Consignment extends Schema.Schema.Type<typeof Consignment> {}

/** The schema of an order as shipping sees it. */
export const OrderToShip = Schema.Union([
  Schema.Struct({ standing: Schema.Literals(["unknown", "not-approved", "cancelled", "shipped"]) }),
  Schema.Struct({ standing: Schema.Literal("approved"), ...Consignment.fields })
])
/** An order as shipping sees it. */
export type OrderToShip = typeof OrderToShip.Type
