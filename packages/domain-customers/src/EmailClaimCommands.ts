/**
 * What can be asked of an e-mail address, known by its hash: it is reserved, then confirmed or released. Each command is a
 * schema of its payload (`ReserveEmail`) and a message with a typed answer and typed refusals (`reserveEmail`).
 *
 * Every command carries `emailHash`, `claimId` and `occurredAt`, and may come twice and late.
 */
import { Message } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { EmailClaimRefusal } from "./EmailClaimErrors.ts"
import { EmailClaimId } from "./EmailClaimId.ts"
import { EmailClaimStatus } from "./EmailClaimStatus.ts"
import { EmailHash } from "./EmailHash.ts"

/** The schema of what every command answers: how the address stands now. */
export const EmailClaimAnswer = Schema.Struct({
  status: EmailClaimStatus,
  /** The version of the address's stream: how many events it has. */
  version: Schema.Int
}).annotate({ identifier: "EmailClaimAnswer" })
/** What every command answers: how the address stands now. */
export interface EmailClaimAnswer extends Schema.Schema.Type<typeof EmailClaimAnswer> {}

const claims = { context: "customers", answer: EmailClaimAnswer, refusal: EmailClaimRefusal } as const
const common = { emailHash: EmailHash, claimId: EmailClaimId, occurredAt: Schema.DateTimeUtc }

/** Asks for the address to be kept for a customer. */
export const ReserveEmail = Schema.TaggedStruct("ReserveEmail", { ...common, customerId: CustomerId })
/** Asks for the address to be kept for a customer. */
export interface ReserveEmail extends Schema.Schema.Type<typeof ReserveEmail> {}
/** The message that carries {@link ReserveEmail}. */
export const reserveEmail = Message.command({ ...claims, payload: ReserveEmail })

/** Tells that the customer has taken the address. */
export const ConfirmEmail = Schema.TaggedStruct("ConfirmEmail", common)
/** Tells that the customer has taken the address. */
export interface ConfirmEmail extends Schema.Schema.Type<typeof ConfirmEmail> {}
/** The message that carries {@link ConfirmEmail}. */
export const confirmEmail = Message.command({ ...claims, payload: ConfirmEmail })

/** Gives the claim up, whether it has been heard of or not: the address is free, if it was held by this claim. */
export const ReleaseEmail = Schema.TaggedStruct("ReleaseEmail", common)
/** Gives the claim up, whether it has been heard of or not: the address is free, if it was held by this claim. */
export interface ReleaseEmail extends Schema.Schema.Type<typeof ReleaseEmail> {}
/** The message that carries {@link ReleaseEmail}. */
export const releaseEmail = Message.command({ ...claims, payload: ReleaseEmail })

/** The schema of everything that can be asked of an address. */
export const EmailClaimCommand = Schema.Union([ReserveEmail, ConfirmEmail, ReleaseEmail])
/** Something that can be asked of an address. */
export type EmailClaimCommand = typeof EmailClaimCommand.Type
