/** How customers are reached. Stored: the names never change. */
import { Schema } from "effect"

/** The schema of a channel. */
export const Channel = Schema.Literals(["e-mail", "text-message"]).annotate({
  identifier: "Channel",
  message: "must be e-mail or text-message"
})
/** A way to reach a customer. */
export type Channel = typeof Channel.Type

/** The schema of the channels of a customer: none, one or both, each once. */
export const Channels = Schema.Array(Channel).check(
  Schema.isMaxLength(2),
  Schema.makeFilter((channels) => new Set(channels).size === channels.length, { message: "must name no channel twice" })
)
/** The channels of a customer. */
export type Channels = typeof Channels.Type

/** How a customer is reached who has not said anything about it. */
export const usual: Channels = ["e-mail"]
