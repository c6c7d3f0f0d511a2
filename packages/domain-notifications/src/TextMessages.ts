/**
 * The port to whatever sends text messages to phones. What is sent again under the same `messageId` is the same message: a layer
 * hands the id on, for the other side to know a repetition.
 */
import { Context, type Effect, Schema } from "effect"
import type { SentBy } from "./Mailer.ts"

/** Nobody will take the message, however often it is sent: there is no such number. */
export class TextMessageRefused extends Schema.TaggedError<TextMessageRefused>()("TextMessageRefused", {
  messageId: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `text message ${this.messageId} is refused`
  }
}

/** The message could not be sent now. It may have been, or not. */
export class TextMessagesUnavailable extends Schema.TaggedError<TextMessagesUnavailable>()("TextMessagesUnavailable", {
  messageId: Schema.String
}) {
  readonly retryable = true
  override get message() {
    return `text message ${this.messageId} cannot be sent now`
  }
}

/** A text message. */
export interface TextMessage {
  /** The number, as the customer wrote it. */
  readonly to: string
  readonly text: string
  readonly messageId: string
}

/** Whatever sends text messages. */
export class TextMessages extends Context.Service<
  TextMessages,
  {
    /** Sends a message; answers when somebody has taken it over. */
    send(message: TextMessage): Effect.Effect<SentBy, TextMessageRefused | TextMessagesUnavailable>
  }
>()("@eventfold/domain-notifications/TextMessages") {}
