/**
 * What other contexts may know of customers: who has become one, and what they have told since. The messages say only that
 * there is something to ask for; the events say it, and each keeps a model of its own of them. What is only asked for, and
 * how it is made sure that an e-mail address is one customer's, is told to nobody.
 *
 * Profile and e-mail address are personal, of the customer: who is forgotten is forgotten in every context.
 */
import { Schema } from "effect"
import * as Events from "./CustomerEvents.ts"

export * as CustomersMessages from "./CustomersMessages.ts"
export { CustomerRegistered, EmailChanged, ProfileChanged } from "./CustomerEvents.ts"
export { PersonalEmail, PersonalProfile, Profile } from "./Profile.ts"

/** The schema of what is told of customers. */
export const CustomersEvent = Schema.Union([Events.CustomerRegistered, Events.ProfileChanged, Events.EmailChanged])
/** Something that is told of a customer. */
export type CustomersEvent = typeof CustomersEvent.Type
