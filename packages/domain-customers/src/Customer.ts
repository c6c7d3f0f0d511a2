/**
 * A customer, as a decider: who registers waits for their e-mail address, and is a customer once it is theirs; who changes it
 * keeps the one they have until the other one is theirs.
 *
 * Whose an address is, is decided elsewhere (`EmailClaim.ts`); a customer adopts only what they wait for, by the claim that
 * was made for it. So an answer that comes late, or twice, gives nobody an address that was given up meanwhile.
 *
 * What is already so records nothing, so a repeated command does no harm. Of a customer who has been forgotten nothing is
 * changed any more.
 */
import { Decider, Personal } from "@eventfold/decider"
import { Result } from "effect"
import type * as Commands from "./CustomerCommands.ts"
import * as Refused from "./CustomerErrors.ts"
import { type Claimed, CustomerEvent } from "./CustomerEvents.ts"
import { type CustomerIn, CustomerState } from "./CustomerState.ts"
import * as EmailClaimId from "./EmailClaimId.ts"
import * as EmailHash from "./EmailHash.ts"
import * as Profile from "./Profile.ts"

/** Nothing has been heard of them. */
export const initial: CustomerState = { status: "none" }

const claimedIn = ({ claimId, emailHash }: Claimed): Claimed => ({ claimId, emailHash })

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (customer: CustomerState, event: CustomerEvent): CustomerState => {
  switch (event._tag) {
    case "RegistrationRequested": {
      const { customerId, email, profile } = event
      if (customer.status !== "none") return customer
      return { status: "requested", customerId, profile, email, claimed: claimedIn(event) }
    }
    case "CustomerRegistered":
      return customer.status === "requested" ? { ...customer, status: "registered", claims: 1 } : customer
    case "RegistrationRejected": {
      const { claimId, customerId, reason } = event
      return customer.status === "requested" ? { status: "rejected", customerId, claimId, reason } : customer
    }
    default:
      return customer.status === "registered" ? changed(customer, event) : customer
  }
}

type Change = Extract<
  CustomerEvent,
  { readonly _tag: "ProfileChanged" | "EmailChangeRequested" | "EmailChanged" | "EmailChangeRejected" }
>

const changed = (customer: CustomerIn<"registered">, event: Change): CustomerState => {
  if (event._tag === "ProfileChanged") return { ...customer, profile: event.profile }
  const { awaited: _, lastRejected: __, ...settled } = customer
  switch (event._tag) {
    case "EmailChangeRequested":
      return {
        ...settled,
        claims: customer.claims + 1,
        awaited: { email: event.email, claimed: claimedIn(event) }
      }
    case "EmailChanged":
      return { ...settled, email: event.email, claimed: claimedIn(event) }
    case "EmailChangeRejected":
      return { ...settled, lastRejected: event.reason }
  }
}

/** A command whose e-mail address is known by its hash. */
export type Hashed<C extends Commands.RegisterCustomer | Commands.ChangeEmail> = C & {
  readonly emailHash: EmailHash.EmailHash
}

/** What a customer decides: the commands, with addresses known by their hashes. */
export type Asked =
  | Hashed<Commands.RegisterCustomer>
  | Hashed<Commands.ChangeEmail>
  | Commands.ChangeProfile
  | Commands.AdoptEmail
  | Commands.ForgoEmail

/** A command as a customer decides it: its e-mail address, where it has one, is known by its hash too. */
export const asked = (hash: EmailHash.Hash, command: Commands.CustomerCommand): Asked =>
  command._tag === "RegisterCustomer" || command._tag === "ChangeEmail"
    ? { ...command, emailHash: EmailHash.of(hash, command.email) }
    : command

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<CustomerEvent>, Refused.CustomerRefusal>

const record = (...events: ReadonlyArray<CustomerEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.CustomerRefusal): Decision => Result.fail(refusal)

const register = (command: Hashed<Commands.RegisterCustomer>): Decision => {
  const { customerId, email, profile } = command
  return record({
    ...command,
    _tag: "RegistrationRequested",
    profile: Profile.of(customerId, profile),
    email: Profile.of(customerId, email),
    claimId: EmailClaimId.of(customerId, 1)
  })
}

const registerAgain = (
  { customerId, email, profile }: Commands.RegisterCustomer,
  customer: CustomerIn<"requested" | "registered">
): Decision => {
  if (!Profile.is(customer.profile, profile)) {
    return refuse(new Refused.CustomerAlreadyRegistered({ customerId, differs: "profile" }))
  }
  if (!Profile.is(customer.email, email)) {
    return refuse(new Refused.CustomerAlreadyRegistered({ customerId, differs: "email" }))
  }
  return nothing
}

const changeProfile = (command: Commands.ChangeProfile, { profile }: CustomerIn<"registered">): Decision =>
  Profile.is(profile, command.profile)
    ? nothing
    : record({ ...command, _tag: "ProfileChanged", profile: Profile.of(command.customerId, command.profile) })

const changeEmail = (command: Hashed<Commands.ChangeEmail>, customer: CustomerIn<"registered">): Decision => {
  const { customerId, emailHash, occurredAt } = command
  const email = Profile.of(customerId, command.email)
  if (customer.awaited !== undefined) {
    const awaits = Profile.is(customer.awaited.email, command.email)
    return awaits ? nothing : refuse(new Refused.EmailChangePending({ customerId }))
  }
  const common = { customerId, occurredAt, email, emailHash }
  if (emailHash === customer.claimed.emailHash) {
    // Another spelling of what is theirs needs nobody's leave.
    if (Profile.is(customer.email, command.email)) return nothing
    return record({ _tag: "EmailChanged", ...common, claimId: customer.claimed.claimId })
  }
  const claimId = EmailClaimId.of(customerId, customer.claims + 1)
  return record({ _tag: "EmailChangeRequested", ...common, claimId, former: customer.claimed })
}

const adopt = (
  command: Commands.AdoptEmail,
  customer: CustomerIn<"requested" | "registered" | "rejected">
): Decision => {
  const { claimId, customerId, occurredAt } = command
  const common = { customerId, occurredAt }
  if (customer.status === "requested" && customer.claimed.claimId === claimId) {
    const { claimed, email, profile } = customer
    return record({ _tag: "CustomerRegistered", ...common, profile, email, ...claimed })
  }
  if (customer.status === "registered") {
    const { awaited, claimed } = customer
    if (awaited?.claimed.claimId === claimId) {
      return record({ _tag: "EmailChanged", ...common, email: awaited.email, ...awaited.claimed })
    }
    if (claimed.claimId === claimId) return nothing
  }
  return refuse(new Refused.EmailNotAwaited({ customerId, claimId }))
}

const forgo = (
  command: Commands.ForgoEmail,
  customer: CustomerIn<"requested" | "registered" | "rejected">
): Decision => {
  const { claimId } = command
  if (customer.status === "requested" && customer.claimed.claimId === claimId) {
    return record({ ...command, _tag: "RegistrationRejected" })
  }
  if (customer.status === "registered" && customer.awaited?.claimed.claimId === claimId) {
    return record({ ...command, _tag: "EmailChangeRejected" })
  }
  return nothing
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Asked, customer: CustomerState): Decision => {
  const { customerId } = command
  if (customer.status === "none") {
    return command._tag === "RegisterCustomer"
      ? register(command)
      : refuse(new Refused.CustomerNotFound({ customerId }))
  }
  if (command._tag === "AdoptEmail") return adopt(command, customer)
  if (command._tag === "ForgoEmail") return forgo(command, customer)
  if (customer.status === "rejected") {
    return refuse(new Refused.RegistrationEnded({ customerId, reason: customer.reason }))
  }
  if (Personal.isRedacted(customer.profile)) return refuse(new Refused.CustomerForgotten({ customerId }))
  if (command._tag === "RegisterCustomer") return registerAgain(command, customer)
  if (customer.status === "requested") return refuse(new Refused.RegistrationNotEnded({ customerId }))
  return command._tag === "ChangeProfile" ? changeProfile(command, customer) : changeEmail(command, customer)
}

/** A customer as a decider. Its streams are named `customer`. */
export const Customer = Decider.make({
  category: "customer",
  State: CustomerState,
  Event: CustomerEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without a customer: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (customer: CustomerState, version: number): Commands.CustomerAnswer => {
  if (customer.status === "none") throw new RangeError("There is no customer to answer about")
  const { customerId, status } = customer
  const awaited = status === "registered" ? customer.awaited : undefined
  const { claimId } = status === "rejected" ? customer : (awaited?.claimed ?? customer.claimed)
  const answer = { customerId, status, version, claimId, emailChange: awaited !== undefined }
  const rejected = status === "rejected" ? customer.reason : status === "registered" ? customer.lastRejected : undefined
  return rejected === undefined ? answer : { ...answer, rejected }
}
