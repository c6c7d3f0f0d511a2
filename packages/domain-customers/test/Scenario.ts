/** Given/when for customers and e-mail addresses: each in every state, and a command of each kind. */
import { Personal } from "@eventfold/decider"
import {
  Customer,
  CustomerCommands,
  type CustomerErrors,
  type CustomerEvents,
  type CustomerState,
  EmailClaim,
  EmailClaimCommands,
  EmailClaimEvents,
  EmailClaimId,
  EmailHash,
  Profile
} from "@eventfold/domain-customers"
import { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

export const customerId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
export const otherId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const emailOf = (text: string) => EmailAddress.EmailAddress.make(text)
export const email = emailOf("Ada@example.org")
export const otherEmail = emailOf("lovelace@example.org")
export const profile = Profile.Profile.make({ name: PersonName.PersonName.make("Ada Lovelace"), phone: "+44 20 1" })
export const otherProfile = Profile.Profile.make({ name: PersonName.PersonName.make("Ada King") })

/** Stands for a hash under a key: tells addresses apart, and nothing more. */
export const hash = (text: string) =>
  [...text]
    .map((sign) => (sign.codePointAt(0) ?? 0).toString(36))
    .join("")
    .padEnd(16, "0")
    .slice(0, 64)
export const emailHash = EmailHash.of(hash, email)
export const otherHash = EmailHash.of(hash, otherEmail)

const common = { customerId, occurredAt }
const asked = (command: CustomerCommands.CustomerCommand) => Customer.asked(hash, command)
export const first = EmailClaimId.of(customerId, 1)
export const second = EmailClaimId.of(customerId, 2)
export const register = asked(CustomerCommands.RegisterCustomer.make({ ...common, profile, email }))
export const registerAs = (as: Partial<Pick<CustomerCommands.RegisterCustomer, "email" | "profile">>) =>
  asked(CustomerCommands.RegisterCustomer.make({ ...common, profile, email, ...as }))
export const changeProfile = asked(CustomerCommands.ChangeProfile.make({ ...common, profile: otherProfile }))
export const changeEmail = asked(CustomerCommands.ChangeEmail.make({ ...common, email: otherEmail }))
export const changeEmailTo = (email: EmailAddress.EmailAddress) =>
  asked(CustomerCommands.ChangeEmail.make({ ...common, email }))
export const adopt = (claimId: EmailClaimId.EmailClaimId) =>
  asked(CustomerCommands.AdoptEmail.make({ ...common, claimId }))
export const forgo = (claimId: EmailClaimId.EmailClaimId) =>
  asked(CustomerCommands.ForgoEmail.make({ ...common, claimId, reason: "email-taken" }))

const scenarios = DeciderScenario.of(Customer.Customer)
/** Customers after events, after commands, and on the way of commands. */
export const { after, given, walk } = scenarios

/** The events of a customer who has been forgotten since. */
export const forgotten = (
  events: ReadonlyArray<CustomerEvents.CustomerEvent>
): ReadonlyArray<CustomerEvents.CustomerEvent> =>
  events.map((event) => {
    const gone = Personal.redacted(event.customerId)
    switch (event._tag) {
      case "RegistrationRequested":
      case "CustomerRegistered":
        return { ...event, profile: gone, email: gone }
      case "ProfileChanged":
        return { ...event, profile: gone }
      case "EmailChangeRequested":
      case "EmailChanged":
        return { ...event, email: gone }
      default:
        return event
    }
  })

const registered = [register, adopt(first)]
/** A customer in every state; a registered one also while an address is waited for, and forgotten. */
export const customers: Record<
  string,
  DeciderScenario.Scenario<
    CustomerState.CustomerState,
    Customer.Asked,
    CustomerEvents.CustomerEvent,
    CustomerErrors.CustomerRefusal
  >
> = {
  none: after(),
  requested: after(register),
  rejected: after(register, forgo(first)),
  registered: after(...registered),
  changing: after(...registered, changeEmail),
  forgotten: given(...forgotten(after(...registered).events))
}

/** One command of each kind, with the claim that a change would be made under. */
export const commands = {
  register,
  changeProfile,
  changeEmail: changeEmailTo(emailOf("countess@example.org")),
  adopt: adopt(second),
  forgo: forgo(second)
}

const claim = { emailHash, claimId: first, occurredAt }
export const reserve = EmailClaimCommands.ReserveEmail.make({ ...claim, customerId })
export const confirm = EmailClaimCommands.ConfirmEmail.make(claim)
export const release = EmailClaimCommands.ReleaseEmail.make(claim)
export const byOther = { customerId: otherId, claimId: EmailClaimId.of(otherId, 1) }

/** Addresses after events and commands. */
export const address = DeciderScenario.of(EmailClaim.EmailClaim)

/** An address in every state, as the claim sees it: its own, another customer's, given up, of somebody forgotten. */
export const addresses = {
  free: address.after(),
  reserved: address.after(reserve),
  confirmed: address.after(reserve, confirm),
  released: address.after(reserve, release),
  others: address.after({ ...reserve, ...byOther }),
  orphaned: address.given(
    EmailClaimEvents.EmailReserved.make({
      ...claim,
      claimId: byOther.claimId,
      holder: Personal.redacted(byOther.customerId)
    })
  )
}
export const claims = { reserve, confirm, release }
