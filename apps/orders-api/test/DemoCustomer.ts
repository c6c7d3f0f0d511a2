/** A customer as the files of the demo have one, of whom only code and company matter. */
import { Option } from "effect"
import type { SampleCustomer } from "../demo/Samples.ts"

/** The customer of a code, as an entry of the samples' customers. */
export const demoCustomer = (code: string, company: string): readonly [string, SampleCustomer] => {
  const where = { street: "Church Street 1", city: "Cork", country: "Ireland" }
  const address = { name: company, ...where, region: Option.none(), postalCode: Option.none() }
  return [code, { code, company, contact: "Ada Byrne", phone: Option.none(), address }]
}
