/**
 * The port to whatever sends mail: what is asked of it and what it answers, in our words.
 *
 * Guarantees of every layer (`MailerContract` in `@eventfold/testing` holds them to it): an answer means that a server has
 * taken the mail over, as it was written; whatever is sent again under the same `messageId` carries the same Message-ID, by
 * which servers and readers know a repetition; `MailRefused` says that it was not sent and never will be.
 *
 * Gotcha: `MailerUnavailable` says nothing about whether it was sent. Send it again under the same id. Whether it is about this mail
 * only is for `check` to find out.
 */
import type { EmailAddress } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"

const named = { messageId: Schema.String, code: Schema.optionalKey(Schema.Int) }
const shown = (code: number | undefined) => (code === undefined ? "" : ` (${code})`)

/** Nobody will take the mail, however often it is sent. `code` is what the server answered, if one was asked. */
export class MailRefused extends Schema.TaggedError<MailRefused>()("MailRefused", {
  ...named,
  /** What is refused. */
  problem: Schema.Literals(["recipient", "sender", "content"])
}) {
  readonly retryable = false
  override get message() {
    return `mail ${this.messageId} is refused: ${this.problem}${shown(this.code)}`
  }
}

/** The mail could not be sent now. It may have been, or not. */
export class MailerUnavailable extends Schema.TaggedError<MailerUnavailable>()("MailerUnavailable", {
  ...named,
  /**
   * `unreachable`: no connection, or it broke; `timeout`: no answer in time; `busy`: the server says later, of this mail;
   * `no-service`: it takes no mail from us now; `refused-us`: it does not know us, or the connection is not as safe as it must be.
   */
  problem: Schema.Literals(["unreachable", "timeout", "busy", "no-service", "refused-us"])
}) {
  readonly retryable = true
  override get message() {
    return `mail ${this.messageId} cannot be sent now: ${this.problem}${shown(this.code)}`
  }
}

/** What can come back from a mailer besides an answer. */
export type MailError = MailRefused | MailerUnavailable

/** A mail in plain text. */
export interface Mail {
  readonly to: EmailAddress.EmailAddress
  /** One line. */
  readonly subject: string
  readonly text: string
  /** The same mail again has the same id, and no other mail has it: 1 to 100 letters, digits, `.`, `_` and `-`. */
  readonly messageId: string
}

/** By what something was sent, for people: `smtp`, `outbox`. */
export interface SentBy {
  readonly via: string
}

/** Whatever sends mail. Every request ends within the time limit of the layer. */
export class Mailer extends Context.Service<
  Mailer,
  {
    /** Sends a mail; answers when a server has taken it over. */
    send(mail: Mail): Effect.Effect<SentBy, MailError>
    /** Asks whether a server is there that knows us, without sending: fails with why there is none. The `messageId` says nothing. */
    readonly check: Effect.Effect<void, MailerUnavailable>
  }
>()("@eventfold/domain-notifications/Mailer") {}
