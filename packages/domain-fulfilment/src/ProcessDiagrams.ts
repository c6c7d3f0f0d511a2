/** What the process managers of fulfilment can go through, found by trying all that can come to them. */
import { Diagram } from "@eventfold/decider"
import { usual } from "./Limits.ts"
import * as PaymentProcess from "./PaymentProcess.ts"
import * as ProcessSamples from "./ProcessSamples.ts"
import * as ShippingProcess from "./ShippingProcess.ts"

/** What a shipping process can go through, one situation at a time. */
export const shipping = (): Diagram.Finding => Diagram.finding(ShippingProcess.make(), ProcessSamples.shipping)

/**
 * What a payment process can go through, one situation at a time. A gateway that is down is asked twice in the day it is waited for: more often, it
 * goes through the same more often.
 */
export const payment = (): Diagram.Finding =>
  Diagram.finding(PaymentProcess.make({ ...usual, outageEvery: "12 hours" }), ProcessSamples.payment)
