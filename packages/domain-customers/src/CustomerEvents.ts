/**
 * What happens to a customer. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * Every event carries `customerId` and `occurredAt`. A registration and a change of the e-mail address are asked for first,
 * and come true, or do not, once it is known whose the address is.
 */
import { DomainEvent } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { WhyNot } from "./CustomerStatus.ts"
import { EmailClaimId } from "./EmailClaimId.ts"
import { EmailHash } from "./EmailHash.ts"
import { PersonalEmail, PersonalProfile } from "./Profile.ts"

const customer = { customerId: CustomerId }
const claimed = { claimId: EmailClaimId, emailHash: EmailHash }

/** The schema of what a customer's e-mail address was claimed by. */
export const Claimed = Schema.Struct(claimed)
/** What a customer's e-mail address was claimed by. */
export interface Claimed extends Schema.Schema.Type<typeof Claimed> {}

const registration = { ...customer, profile: PersonalProfile, email: PersonalEmail, ...claimed }

/** Somebody wants to be a customer, with this e-mail address, if it is nobody else's. */
export const RegistrationRequested = DomainEvent.make("RegistrationRequested", registration)
/** Somebody wants to be a customer, with this e-mail address, if it is nobody else's. */
export interface RegistrationRequested extends Schema.Schema.Type<typeof RegistrationRequested> {}

/** The e-mail address is theirs, and they are a customer. */
export const CustomerRegistered = DomainEvent.make("CustomerRegistered", registration)
/** The e-mail address is theirs, and they are a customer. */
export interface CustomerRegistered extends Schema.Schema.Type<typeof CustomerRegistered> {}

/** They did not become a customer, and under this identifier nobody ever will. */
export const RegistrationRejected = DomainEvent.make("RegistrationRejected", {
  ...customer,
  claimId: EmailClaimId,
  reason: WhyNot
})
/** They did not become a customer, and under this identifier nobody ever will. */
export interface RegistrationRejected extends Schema.Schema.Type<typeof RegistrationRejected> {}

/** The customer tells something else about themselves; the profile is the new one, as a whole. */
export const ProfileChanged = DomainEvent.make("ProfileChanged", { ...customer, profile: PersonalProfile })
/** The customer tells something else about themselves; the profile is the new one, as a whole. */
export interface ProfileChanged extends Schema.Schema.Type<typeof ProfileChanged> {}

const change = { ...customer, email: PersonalEmail, ...claimed }

/** The customer wants another e-mail address, if it is nobody else's. `former` is the one they have until then. */
export const EmailChangeRequested = DomainEvent.make("EmailChangeRequested", { ...change, former: Claimed })
/** The customer wants another e-mail address, if it is nobody else's. `former` is the one they have until then. */
export interface EmailChangeRequested extends Schema.Schema.Type<typeof EmailChangeRequested> {}

/** The customer has another e-mail address, or another spelling of the one they had. */
export const EmailChanged = DomainEvent.make("EmailChanged", change)
/** The customer has another e-mail address, or another spelling of the one they had. */
export interface EmailChanged extends Schema.Schema.Type<typeof EmailChanged> {}

/** The customer keeps the e-mail address they had. */
export const EmailChangeRejected = DomainEvent.make("EmailChangeRejected", {
  ...customer,
  claimId: EmailClaimId,
  reason: WhyNot
})
/** The customer keeps the e-mail address they had. */
export interface EmailChangeRejected extends Schema.Schema.Type<typeof EmailChangeRejected> {}

/** The schema of everything that happens to a customer. */
export const CustomerEvent = Schema.Union([
  RegistrationRequested,
  CustomerRegistered,
  RegistrationRejected,
  ProfileChanged,
  EmailChangeRequested,
  EmailChanged,
  EmailChangeRejected
])
/** Something that happened to a customer. */
export type CustomerEvent = typeof CustomerEvent.Type
