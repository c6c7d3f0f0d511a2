/**
 * Whose an e-mail address is, as a decider: one aggregate per address, known by its hash, so that of all who want the address
 * at the same time one gets it. It is reserved for a claim, and then confirmed, or released for the next one.
 *
 * A claim that was given up stays so: a reservation that comes late, or again, does not take the address away from everybody.
 * The last {@link remembered} such claims are known. If one before them came late after all, the address would be kept for
 * nobody: no two customers would have it.
 *
 * An address whose holder has been forgotten is free.
 */
import { Decider, Personal } from "@eventfold/decider"
import type { CustomerId } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import type * as Commands from "./EmailClaimCommands.ts"
import * as Refused from "./EmailClaimErrors.ts"
import { EmailClaimEvent, Holder } from "./EmailClaimEvents.ts"
import { EmailClaimId } from "./EmailClaimId.ts"

/** How many claims that were given up an address remembers. */
export const remembered = 32

/** The claims that were given up, the last one first. */
const ended = Schema.Array(EmailClaimId).check(Schema.isMaxLength(remembered))

/** The schema of the state of an address; `status` tells the shapes apart. */
export const EmailClaimState = Schema.Union([
  Schema.Struct({ status: Schema.tag("free"), ended }),
  Schema.Struct({ status: Schema.tag("reserved"), claimId: EmailClaimId, holder: Holder, ended }),
  Schema.Struct({ status: Schema.tag("confirmed"), claimId: EmailClaimId, holder: Holder, ended })
])
/** The state of an address. */
export type EmailClaimState = typeof EmailClaimState.Type

/** Nobody has ever claimed it. */
export const initial: EmailClaimState = { status: "free", ended: [] }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (address: EmailClaimState, event: EmailClaimEvent): EmailClaimState => {
  const { claimId } = event
  const holds = address.status !== "free" && address.claimId === claimId
  switch (event._tag) {
    case "EmailReserved": {
      // The claim that held it has lost the address to this one.
      const past = address.status === "free" || holds ? address.ended : and(address.ended, address.claimId)
      return { status: "reserved", claimId, holder: event.holder, ended: past }
    }
    case "EmailConfirmed":
      return holds ? { ...address, status: "confirmed" } : address
    case "EmailReleased":
      return holds ? { status: "free", ended: and(address.ended, claimId) } : address
    case "EmailClaimBarred":
      return { ...address, ended: and(address.ended, claimId) }
  }
}

const and = (ended: EmailClaimState["ended"], claimId: EmailClaimId) =>
  [claimId, ...ended.filter((other) => other !== claimId)].slice(0, remembered)

type Decision = Result.Result<ReadonlyArray<EmailClaimEvent>, Refused.EmailClaimRefusal>

const record = (...events: ReadonlyArray<EmailClaimEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.EmailClaimRefusal): Decision => Result.fail(refusal)

// #region reserve
const reserve = ({ customerId, ...claim }: Commands.ReserveEmail, address: EmailClaimState): Decision => {
  const { claimId } = claim
  if (address.ended.includes(claimId)) return refuse(new Refused.EmailClaimEnded({ claimId }))
  if (address.status !== "free") {
    if (address.claimId === claimId) return nothing
    if (!isFreeFor(customerId, address.holder)) return refuse(new Refused.EmailTaken({ claimId }))
  }
  return record({ ...claim, _tag: "EmailReserved", holder: Personal.of(customerId, customerId) })
}

/** Free is what nobody known holds; and what a customer has themselves, under a claim they are about to give up. */
const isFreeFor = (customerId: CustomerId, holder: Holder): boolean =>
  Personal.match(holder, { onKnown: (known) => known === customerId, onRedacted: () => true })
// #endregion reserve

const confirm = (command: Commands.ConfirmEmail, address: EmailClaimState): Decision => {
  const { claimId } = command
  if (address.status === "free" || address.claimId !== claimId) return refuse(new Refused.EmailNotReserved({ claimId }))
  return address.status === "confirmed" ? nothing : record({ ...command, _tag: "EmailConfirmed" })
}

const release = (command: Commands.ReleaseEmail, address: EmailClaimState): Decision => {
  if (address.ended.includes(command.claimId)) return nothing
  const holds = address.status !== "free" && address.claimId === command.claimId
  return record({ ...command, _tag: holds ? "EmailReleased" : "EmailClaimBarred" })
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.EmailClaimCommand, address: EmailClaimState): Decision => {
  switch (command._tag) {
    case "ReserveEmail":
      return reserve(command, address)
    case "ConfirmEmail":
      return confirm(command, address)
    case "ReleaseEmail":
      return release(command, address)
  }
}

/** An e-mail address as a decider. Its streams are named `email`, by the hash. */
export const EmailClaim = Decider.make({
  category: "email",
  State: EmailClaimState,
  Event: EmailClaimEvent,
  initial,
  evolve,
  decide
})

/** What a command answers, for a state at a version of its stream. */
export const answerOf = ({ status }: EmailClaimState, version: number): Commands.EmailClaimAnswer => ({
  status,
  version
})
