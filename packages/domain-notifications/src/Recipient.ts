/**
 * A customer as notifications sees one, as a decider: somebody who is reached by channels. It has no name and no address: those
 * are looked up when something is sent.
 *
 * Somebody can choose channels before they are heard of as a customer. It is never refused.
 */
import { Decider } from "@eventfold/decider"
import type { CustomerId } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import { Channels, usual } from "./Channel.ts"
import type * as Commands from "./RecipientCommands.ts"
import { RecipientEvent } from "./RecipientEvents.ts"

/** The schema of the state of a recipient. */
export const RecipientState = Schema.Struct({
  isRegistered: Schema.Boolean,
  /** What was chosen; absent while nothing was. */
  chosen: Schema.optionalKey(Channels)
})
/** The state of a recipient. */
export interface RecipientState extends Schema.Schema.Type<typeof RecipientState> {}

/** Nothing is known of them. */
export const initial: RecipientState = { isRegistered: false }

/** Folds one event into the state. */
export const evolve = (state: RecipientState, event: RecipientEvent): RecipientState =>
  event._tag === "RecipientRegistered" ? { ...state, isRegistered: true } : { ...state, chosen: event.channels }

/** By which channels they are told. */
export const channelsOf = ({ chosen = usual }: RecipientState): Channels => chosen

/** What changes, or nothing when it is so already. */
export const decide = (
  command: Commands.RecipientCommand,
  state: RecipientState
): Result.Result<ReadonlyArray<RecipientEvent>> => {
  const { customerId, occurredAt } = command
  if (command._tag === "RegisterRecipient") {
    return Result.succeed(state.isRegistered ? [] : [{ _tag: "RecipientRegistered", customerId, occurredAt }])
  }
  const { channels } = command
  const before = channelsOf(state)
  const isSame = before.length === channels.length && channels.every((channel) => before.includes(channel))
  return Result.succeed(isSame ? [] : [{ _tag: "ChannelsChosen", customerId, occurredAt, channels }])
}

/** A recipient as a decider. Its streams are named `recipient`, each with the id of its customer. */
export const Recipient = Decider.make({
  category: "recipient",
  State: RecipientState,
  Event: RecipientEvent,
  initial,
  evolve,
  decide
})

/** What a command answers. */
export const answerOf = (customerId: CustomerId, state: RecipientState, version: number): Commands.RecipientAnswer => ({
  customerId,
  channels: channelsOf(state),
  version
})
