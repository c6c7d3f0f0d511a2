/** Customers to try things with. */
import { Effect } from "effect"
import { uuid } from "./Samples.ts"
import { request } from "./TestService.ts"

/** An e-mail address nobody else has. */
export const newEmail = () => `ada.${uuid()}@example.org`

/** Who registers, unless the test says otherwise. */
export const profile = { name: "Philippa Unparalleled", phone: "+31 30 999 88 77" }

/** Asks for a customer to be registered. */
export const register = (email: string, headers: Record<string, string> = {}) =>
  request("POST", "/customers", { body: { profile, email }, headers })

/** Registers a customer and answers the path. */
export const registered = (email: string) => Effect.map(register(email), ({ headers }) => headers["location"] ?? "none")

/** Asks for another e-mail address. */
export const changeEmail = (path: string, email: string, headers: Record<string, string> = {}) =>
  request("PUT", `${path}/email`, { body: { email }, headers })
