/**
 * What can be asked of a customer. Each command is a schema of its payload (`ChangeProfile`) and a message with a typed
 * answer and typed refusals (`changeProfile`), for a bus to carry.
 *
 * Every command carries `customerId` and `occurredAt`, the business time of what it asks for. The last two are for the sagas
 * that claim e-mail addresses (`EmailSagas.ts`): they tell a customer whose the address is that they wait for.
 */
import { Message, Personal } from "@eventfold/decider"
import { CustomerId, EmailAddress } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CustomerRefusal } from "./CustomerErrors.ts"
import { CustomerStatus, WhyNot } from "./CustomerStatus.ts"
import { EmailClaimId } from "./EmailClaimId.ts"
import { Profile } from "./Profile.ts"

/** The schema of what every command answers: where the customer stands now. Nothing personal. */
export const CustomerAnswer = Schema.Struct({
  customerId: CustomerId,
  status: CustomerStatus,
  /** The version of the customer's stream: how many events it has. */
  version: Schema.Int,
  /** What the e-mail address is claimed by: the one that is waited for, if one is. */
  claimId: EmailClaimId,
  /** Whether another e-mail address is waited for. */
  emailChange: Schema.Boolean,
  /** Why the registration, or the last change of the e-mail address, came to nothing; absent when it did not. */
  rejected: Schema.optionalKey(WhyNot)
}).annotate({ identifier: "CustomerAnswer" })
/** What every command answers: where the customer stands now. */
export interface CustomerAnswer extends Schema.Schema.Type<typeof CustomerAnswer> {}

const customers = { context: "customers", answer: CustomerAnswer, refusal: CustomerRefusal } as const
const common = { customerId: CustomerId, occurredAt: Schema.DateTimeUtc }
const profile = Personal.inTransit(Profile)
const email = Personal.inTransit(EmailAddress.EmailAddress)

/** Asks for somebody to be a customer, with an e-mail address that is nobody else's. */
export const RegisterCustomer = Schema.TaggedStruct("RegisterCustomer", { ...common, profile, email })
/** Asks for somebody to be a customer, with an e-mail address that is nobody else's. */
export interface RegisterCustomer extends Schema.Schema.Type<typeof RegisterCustomer> {}
/** The message that carries {@link RegisterCustomer}. */
export const registerCustomer = Message.command({ ...customers, payload: RegisterCustomer })

/** Puts another profile in the place of the one there is. */
export const ChangeProfile = Schema.TaggedStruct("ChangeProfile", { ...common, profile })
/** Puts another profile in the place of the one there is. */
export interface ChangeProfile extends Schema.Schema.Type<typeof ChangeProfile> {}
/** The message that carries {@link ChangeProfile}. */
export const changeProfile = Message.command({ ...customers, payload: ChangeProfile })

/** Asks for another e-mail address, which is nobody else's. */
export const ChangeEmail = Schema.TaggedStruct("ChangeEmail", { ...common, email })
/** Asks for another e-mail address, which is nobody else's. */
export interface ChangeEmail extends Schema.Schema.Type<typeof ChangeEmail> {}
/** The message that carries {@link ChangeEmail}. */
export const changeEmail = Message.command({ ...customers, payload: ChangeEmail })

/** Tells that the e-mail address of this claim is the customer's. */
export const AdoptEmail = Schema.TaggedStruct("AdoptEmail", { ...common, claimId: EmailClaimId })
/** Tells that the e-mail address of this claim is the customer's. */
export interface AdoptEmail extends Schema.Schema.Type<typeof AdoptEmail> {}
/** The message that carries {@link AdoptEmail}. */
export const adoptEmail = Message.command({ ...customers, payload: AdoptEmail })

/** Tells that the e-mail address of this claim will not be the customer's. */
export const ForgoEmail = Schema.TaggedStruct("ForgoEmail", { ...common, claimId: EmailClaimId, reason: WhyNot })
/** Tells that the e-mail address of this claim will not be the customer's. */
export interface ForgoEmail extends Schema.Schema.Type<typeof ForgoEmail> {}
/** The message that carries {@link ForgoEmail}. */
export const forgoEmail = Message.command({ ...customers, payload: ForgoEmail })

/** The schema of everything that can be asked of a customer. */
export const CustomerCommand = Schema.Union([RegisterCustomer, ChangeProfile, ChangeEmail, AdoptEmail, ForgoEmail])
/** Something that can be asked of a customer. */
export type CustomerCommand = typeof CustomerCommand.Type
