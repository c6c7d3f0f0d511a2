/**
 * What can be asked of a recipient, and what notifications is told of customers. Every command carries `customerId` and
 * `occurredAt`.
 */
import { Message } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Channels } from "./Channel.ts"

/** The schema of what is answered: how the customer is reached. */
export const RecipientAnswer = Schema.Struct({
  customerId: CustomerId,
  channels: Channels,
  /** The version of the recipient's stream: how many events it has. */
  version: Schema.Int
}).annotate({ identifier: "RecipientAnswer" })
/** How the customer is reached. */
export interface RecipientAnswer extends Schema.Schema.Type<typeof RecipientAnswer> {}

const common = { customerId: CustomerId, occurredAt: Schema.DateTimeUtc }

/** Tells that somebody has become a customer. */
export const RegisterRecipient = Schema.TaggedStruct("RegisterRecipient", common)
/** Tells that somebody has become a customer. */
export interface RegisterRecipient extends Schema.Schema.Type<typeof RegisterRecipient> {}

/** Says by which channels a customer wants to be told. */
export const ChooseChannels = Schema.TaggedStruct("ChooseChannels", { ...common, channels: Channels })
/** Says by which channels a customer wants to be told. */
export interface ChooseChannels extends Schema.Schema.Type<typeof ChooseChannels> {}
/** The message that carries {@link ChooseChannels}. It is never refused. */
export const chooseChannels = Message.command({
  context: "notifications",
  payload: ChooseChannels,
  answer: RecipientAnswer
})

/** The schema of everything a recipient decides on. */
export const RecipientCommand = Schema.Union([RegisterRecipient, ChooseChannels])
/** Something a recipient decides on. */
export type RecipientCommand = typeof RecipientCommand.Type
