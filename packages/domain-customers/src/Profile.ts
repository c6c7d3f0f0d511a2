/**
 * What a customer tells about themselves. Personal: events and states have it by this schema, and neither answers of commands
 * nor refusals hold any of it. The subject is the customer's id, as in every other context.
 */
import { Personal } from "@eventfold/decider"
import { Address, type CustomerId, EmailAddress, PersonName, Text } from "@eventfold/shared-kernel"
import { Equal, Schema } from "effect"

/** The schema of a profile. */
export const Profile = Schema.Struct({
  /** Whom to address: a person, also where a company is the customer. */
  name: PersonName.PersonName,
  company: Schema.optionalKey(Text.line(200)),
  /** What that person is in the company. */
  title: Schema.optionalKey(Text.line(100)),
  phone: Schema.optionalKey(Text.line(40)),
  address: Schema.optionalKey(Address.Address)
}).annotate({ identifier: "Profile", message: "must be a profile: name, and if wanted company, title, phone, address" })
/** What a customer tells about themselves. */
export interface Profile extends Schema.Schema.Type<typeof Profile> {}

/** The schema of the profile of a customer. It can be forgotten. */
export const PersonalProfile = Personal.schema(Profile)
/** The profile of a customer. */
export type PersonalProfile = typeof PersonalProfile.Type

/** The schema of the e-mail address of a customer. It can be forgotten. */
export const PersonalEmail = Personal.schema(EmailAddress.EmailAddress)
/** The e-mail address of a customer. */
export type PersonalEmail = typeof PersonalEmail.Type

/** What a customer has told, as what is personal of that customer. */
export const of = <A>(customerId: CustomerId, value: A): Personal.Personal<A> => Personal.of(customerId, value)

/** Whether a personal value is known to be this one. Of a forgotten one nothing is known. */
export const is = <A>(personal: Personal.Personal<A>, value: A): boolean =>
  Personal.match(personal, { onKnown: (known) => Equal.equals(known, value), onRedacted: () => false })
