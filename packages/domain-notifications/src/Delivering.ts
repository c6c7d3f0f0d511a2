/**
 * Tells a customer one thing by one channel: looks up who it is, writes the letter, and sends it.
 *
 * Guarantees: it ends with what is to be noted of it, that it is postponed included; whatever is sent again carries the id it had.
 * Who is unknown, or was forgotten, is not told anything, and the outcome says why. It fails when nobody can tell who it is.
 */
import { Personal } from "@eventfold/decider"
import { DateTime, Effect } from "effect"
import type { Channel } from "./Channel.ts"
import { type Contact, ContactBook } from "./ContactBook.ts"
import type { Letter } from "./Letter.ts"
import { type MailError, Mailer, type SentBy } from "./Mailer.ts"
import type { NoteDelivery } from "./NewsCommands.ts"
import type { NotificationRequested, SkipReason } from "./NewsEvents.ts"
import { messageIdOf } from "./NotificationId.ts"
import type { Postponed } from "./OrderNews.ts"
import * as Patience from "./Patience.ts"
import { letter, textMessage } from "./Templates.ts"
import { type TextMessageRefused, TextMessages, type TextMessagesUnavailable } from "./TextMessages.ts"

/** What is to be told. */
type Telling = Pick<NotificationRequested, "customerId" | "notificationId" | "orderId" | "total" | "news">

/** What was tried before. */
export type TriedBefore = Pick<Postponed, "tries" | "counted">

/** Tells it, and answers what is to be noted; `now` is asked when it is told, `before` counts what was in vain. */
export const deliver = Effect.fn("Delivering.deliver")(function* (
  tenant: string,
  requested: Telling,
  channel: Channel,
  now: Effect.Effect<DateTime.Utc>,
  before: TriedBefore = { tries: 0, counted: 0 }
) {
  const { customerId, notificationId, orderId } = requested
  const named = { orderId, notificationId, channel }
  const noted = (outcomeAt: (occurredAt: DateTime.Utc) => NoteDelivery["outcome"]) =>
    Effect.map(now, (occurredAt): NoteDelivery => ({
      _tag: "NoteDelivery",
      orderId,
      occurredAt,
      outcome: outcomeAt(occurredAt)
    }))
  const skipped = (reason: SkipReason) =>
    noted((occurredAt) => ({ _tag: "NotificationSkipped", ...named, occurredAt, reason }))
  const refused = (problem: "recipient" | "sender" | "content") =>
    noted((occurredAt) => ({ _tag: "NotificationRefused", ...named, occurredAt, problem }))
  const delayed = (problem: Patience.DelayReason) => {
    const wait = Patience.waitAfter(problem, before.counted)
    const failed = { ...named, problem, tries: before.tries + 1 }
    return noted((occurredAt) =>
      wait === undefined
        ? { _tag: "NotificationGivenUp", ...failed, occurredAt }
        : { _tag: "NotificationPostponed", ...failed, occurredAt, until: DateTime.addDuration(occurredAt, wait) }
    )
  }

  const contact = yield* (yield* ContactBook).find(tenant, customerId)
  if (contact._tag === "Unknown") return yield* skipped("customer-unknown")
  if (contact._tag === "Forgotten") return yield* skipped("customer-forgotten")
  const written = writtenTo(contact, requested, channel)
  if (written === undefined) return yield* skipped("no-address")
  return yield* written.send.pipe(
    Effect.flatMap(({ via }) =>
      noted((occurredAt) => ({
        _tag: "NotificationSent",
        ...named,
        occurredAt,
        via,
        letter: Personal.of(customerId, written.letter)
      }))
    ),
    Effect.catchTags({
      MailRefused: ({ problem }) => refused(problem),
      TextMessageRefused: () => refused("recipient"),
      MailerUnavailable: ({ problem }) => delayed(problem),
      TextMessagesUnavailable: () => delayed("unavailable")
    })
  )
})

/** What is written to somebody, and how it is sent. */
interface Ready {
  readonly letter: Letter
  readonly send: Effect.Effect<SentBy, MailError | TextMessageRefused | TextMessagesUnavailable, Mailer | TextMessages>
}

/** What is written to somebody; nothing when there is no address for the channel. */
const writtenTo = (
  { email, name, phone }: Extract<Contact, { readonly _tag: "Known" }>,
  requested: Telling,
  channel: Channel
): Ready | undefined => {
  const messageId = messageIdOf(requested.notificationId, channel)
  if (channel === "e-mail") {
    const written = letter(requested, name)
    return {
      letter: { to: email, ...written },
      send: Effect.flatMap(Mailer, (mailer) => mailer.send({ to: email, ...written, messageId }))
    }
  }
  if (phone === undefined) return undefined
  const sent = { to: phone, text: textMessage(requested) }
  return { letter: sent, send: Effect.flatMap(TextMessages, (messages) => messages.send({ ...sent, messageId })) }
}
