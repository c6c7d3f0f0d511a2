/** What happens to a recipient. Names and shapes are a storage format. Nothing in them is personal. */
import { DomainEvent } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Channels } from "./Channel.ts"

/** A customer can be told something. */
export const RecipientRegistered = DomainEvent.make("RecipientRegistered", { customerId: CustomerId })
/** A customer can be told something. */
export interface RecipientRegistered extends Schema.Schema.Type<typeof RecipientRegistered> {}

/** The customer wants to be told by these channels from now on; by none: not to be told anything. */
export const ChannelsChosen = DomainEvent.make("ChannelsChosen", { customerId: CustomerId, channels: Channels })
/** The customer wants to be told by these channels from now on; by none: not to be told anything. */
export interface ChannelsChosen extends Schema.Schema.Type<typeof ChannelsChosen> {}

/** The schema of everything that happens to a recipient. */
export const RecipientEvent = Schema.Union([RecipientRegistered, ChannelsChosen])
/** Something that happens to a recipient. */
export type RecipientEvent = typeof RecipientEvent.Type
