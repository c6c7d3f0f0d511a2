/**
 * How a customer comes to an e-mail address that is nobody else's, as two sagas: one for a registration, one for a change.
 * The address is reserved; then the customer adopts it, and the reservation is confirmed. After a change the address they had
 * is released.
 *
 * Guarantees: whatever fails and whoever crashes in between, no two customers have one address, and every registration and
 * every change ends. A customer adopts an address only after it was reserved for them; from then on it only goes forward. What
 * was not reserved, or nobody knows of, is released, which bars what comes late, and the customer does without.
 *
 * The sagas know ids and hashes, and nothing personal.
 */
import { type Message, Saga } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { type DateTime, Option, Predicate, Schema } from "effect"
import * as Customers from "./CustomerCommands.ts"
import { Claimed, type EmailChangeRequested, type RegistrationRequested } from "./CustomerEvents.ts"
import type { WhyNot } from "./CustomerStatus.ts"
import * as Claims from "./EmailClaimCommands.ts"
import type { EmailClaimId } from "./EmailClaimId.ts"

/** The id of the saga that claims an address: starting it twice starts one. */
export const idOf = (claimId: EmailClaimId): string => claimId

/** The schema of what the saga of a registration is started with. */
export const RegistrationInput = Schema.Struct({ customerId: CustomerId, ...Claimed.fields }).annotate({
  identifier: "RegistrationInput"
})
/** What the saga of a registration is started with. */
export interface RegistrationInput extends Schema.Schema.Type<typeof RegistrationInput> {}

/** The schema of what the saga of a change is started with. */
export const EmailChangeInput = Schema.Struct({ ...RegistrationInput.fields, former: Claimed }).annotate({
  identifier: "EmailChangeInput"
})
/** What the saga of a change is started with. */
export interface EmailChangeInput extends Schema.Schema.Type<typeof EmailChangeInput> {}

/** What a requested registration starts its saga with. */
export const registrationOf = ({ claimId, customerId, emailHash }: RegistrationRequested): RegistrationInput => ({
  customerId,
  claimId,
  emailHash
})

/** What a requested change starts its saga with. */
export const changeOf = ({ claimId, customerId, emailHash, former }: EmailChangeRequested): EmailChangeInput => ({
  customerId,
  claimId,
  emailHash,
  former
})

// #region claim
const claimed = <Input extends RegistrationInput>(name: string, input: Schema.Codec<Input, unknown>) =>
  Saga.make({ name, input })
    .undo(
      Saga.by(Customers.forgoEmail, ({ at, because, input: { claimId, customerId } }) => ({
        _tag: "ForgoEmail",
        customerId,
        claimId,
        reason: reasonOf(because),
        occurredAt: at
      }))
    )
    .step("reserve", Claims.reserveEmail, {
      send: ({ at, input: { claimId, customerId, emailHash } }) => ({
        _tag: "ReserveEmail",
        emailHash,
        claimId,
        customerId,
        occurredAt: at
      }),
      compensate: Saga.by(Claims.releaseEmail, ({ at, input }) => releaseOf(input, at))
    })
    .pivot()
    .step("adopt", Customers.adoptEmail, {
      send: ({ at, input: { claimId, customerId } }) => ({ _tag: "AdoptEmail", customerId, claimId, occurredAt: at })
    })
    .step("confirm", Claims.confirmEmail, {
      send: ({ at, input: { claimId, emailHash } }) => ({ _tag: "ConfirmEmail", emailHash, claimId, occurredAt: at }),
      // Forgotten meanwhile, they have lost it; or they have claimed it once more.
      refusals: () => Option.some({ status: "free", version: 0 } as const)
    })
// #endregion claim

const releaseOf = (
  { claimId, emailHash }: Claimed,
  occurredAt: DateTime.Utc
): Message.Payload<typeof Claims.releaseEmail> => ({ _tag: "ReleaseEmail", emailHash, claimId, occurredAt })

/** Why the customer does without: the address was refused them, or it was given up. */
const reasonOf = (because: Saga.Because): WhyNot =>
  because._tag === "Refused" && Predicate.hasProperty(because.refusal, "_tag") && because.refusal._tag === "EmailTaken"
    ? "email-taken"
    : "given-up"

/** What the saga of a registration is for. */
export const registrationSummary =
  "Registers a customer once their e-mail address is theirs: it is reserved, adopted and confirmed, or they are not registered."

/** The saga of a registration. */
export const registration = () => claimed("registration", RegistrationInput).end()

/** What the saga of a change is for. */
export const emailChangeSummary =
  "Gives a customer another e-mail address once it is theirs, and the former one back; or they keep the one they have."

/** The saga of a change of the e-mail address. */
export const emailChange = () =>
  claimed("email-change", EmailChangeInput)
    .step("release", Claims.releaseEmail, { send: ({ at, input: { former } }) => releaseOf(former, at) })
    .end()
