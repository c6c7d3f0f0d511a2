/**
 * Where no carrier of ours goes. A country is compared by its name as the sender wrote it, whatever the case and the white
 * space: addresses have no country codes.
 */
import type { Address } from "@eventfold/shared-kernel"

/** The countries that are not served, in lower case. */
export const notServed: ReadonlySet<string> = new Set([
  "antarctica",
  "bouvet island",
  "heard island and mcdonald islands",
  "south georgia and the south sandwich islands"
])

/** Whether a carrier goes there. */
export const isServed = ({ country }: Address.Address): boolean =>
  !notServed.has(country.replaceAll(/\s+/gu, " ").toLowerCase())
