/**
 * Why a customer's command is refused: one typed error per reason, each naming the customer and the facts that decide.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. None tells anything personal.
 */
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { EmailClaimId } from "./EmailClaimId.ts"
import { WhyNot, whyNot } from "./CustomerStatus.ts"

const customer = { customerId: CustomerId }

/** Nobody has asked to be registered under this identifier. */
export class CustomerNotFound extends Schema.TaggedError<CustomerNotFound>()("CustomerNotFound", customer) {
  override get message() {
    return `there is no customer ${this.customerId}`
  }
}

/** The identifier belongs to a customer who differs from the one to be registered in what `differs` names. */
export class CustomerAlreadyRegistered extends Schema.TaggedError<CustomerAlreadyRegistered>()(
  "CustomerAlreadyRegistered",
  { ...customer, differs: Schema.Literals(["profile", "email"]) }
) {
  override get message() {
    const what = { profile: "profile", email: "e-mail address" }[this.differs]
    return `customer ${this.customerId} is there already, with another ${what}`
  }
}

/** The registration is not through: nothing of the customer can be changed yet. */
export class RegistrationNotEnded extends Schema.TaggedError<RegistrationNotEnded>()("RegistrationNotEnded", customer) {
  override get message() {
    return `the registration of customer ${this.customerId} is not through yet`
  }
}

/** The registration came to nothing; `reason` says why. Another one needs another identifier. */
export class RegistrationEnded extends Schema.TaggedError<RegistrationEnded>()("RegistrationEnded", {
  ...customer,
  reason: WhyNot
}) {
  override get message() {
    return `customer ${this.customerId} was not registered: ${whyNot[this.reason]}`
  }
}

/** The customer has been forgotten: nothing is told about them any more. */
export class CustomerForgotten extends Schema.TaggedError<CustomerForgotten>()("CustomerForgotten", customer) {
  override get message() {
    return `customer ${this.customerId} has been forgotten`
  }
}

/** Another change of the e-mail address is under way. */
export class EmailChangePending extends Schema.TaggedError<EmailChangePending>()("EmailChangePending", customer) {
  override get message() {
    return `another change of the e-mail address of customer ${this.customerId} is under way`
  }
}

/** The customer does not wait for the e-mail address of this claim. */
export class EmailNotAwaited extends Schema.TaggedError<EmailNotAwaited>()("EmailNotAwaited", {
  ...customer,
  claimId: EmailClaimId
}) {
  override get message() {
    return `customer ${this.customerId} does not wait for what ${this.claimId} claims`
  }
}

/** The schema of every refusal of a customer's command. */
export const CustomerRefusal = Schema.Union([
  CustomerNotFound,
  CustomerAlreadyRegistered,
  RegistrationNotEnded,
  RegistrationEnded,
  CustomerForgotten,
  EmailChangePending,
  EmailNotAwaited
])
/** Why a customer's command is refused. */
export type CustomerRefusal = typeof CustomerRefusal.Type
