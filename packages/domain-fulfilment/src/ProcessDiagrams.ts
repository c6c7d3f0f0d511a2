/** What the process managers of fulfilment can go through, found by trying all that can come to them. */
import { Diagram } from "@eventfold/decider"
import { usual } from "./Limits.ts"
import * as PaymentProcess from "./PaymentProcess.ts"
import * as ProcessSamples from "./ProcessSamples.ts"
import * as ShippingProcess from "./ShippingProcess.ts"

/** What a shipping process can go through. */
export const shipping = (): Diagram.ProcessDiagram =>
  Diagram.ofProcessManager(ShippingProcess.make(), ProcessSamples.shipping)

/**
 * What a payment process can go through. A gateway that is down is asked twice in the day it is waited for: more often, it
 * goes through the same more often.
 */
export const payment = (): Diagram.ProcessDiagram =>
  Diagram.ofProcessManager(PaymentProcess.make({ ...usual, outageEvery: "12 hours" }), ProcessSamples.payment)
