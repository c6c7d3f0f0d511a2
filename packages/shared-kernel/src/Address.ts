/**
 * A postal address, for people and parcels of any country: no format is imposed beyond lengths.
 *
 * The country is its name as written by the sender ("UK", "Germany"), not a code.
 */
import { Schema } from "effect"
import * as Text from "./Text.ts"

/** The schema of an address. */
export const Address = Schema.Struct({
  /** Who receives: a person or a company. */
  recipient: Text.line(200),
  street: Text.line(200),
  city: Text.line(100),
  region: Schema.optionalKey(Text.line(100)),
  postalCode: Schema.optionalKey(Text.line(20)),
  country: Text.line(100)
}).annotate({ identifier: "Address", message: "must be an address: recipient, street, city, country" })
/** A postal address. */
export interface Address extends Schema.Schema.Type<typeof Address> {}
