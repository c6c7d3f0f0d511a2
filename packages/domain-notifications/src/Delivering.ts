/**
 * Tells a customer one thing by one channel: looks up who it is, writes the letter, and sends it.
 *
 * Guarantees: it ends with what is to be noted of it, or fails with what may pass; whatever is sent again carries the id it had.
 * Who is unknown, or was forgotten, is not told anything, and the outcome says why.
 */
import { Personal } from "@eventfold/decider"
import { type DateTime, Effect } from "effect"
import type { Channel } from "./Channel.ts"
import { type Contact, ContactBook } from "./ContactBook.ts"
import type { Letter } from "./Letter.ts"
import { type MailError, Mailer, type SentBy } from "./Mailer.ts"
import type { NoteDelivery } from "./NewsCommands.ts"
import type { NotificationRequested, SkipReason } from "./NewsEvents.ts"
import { messageIdOf } from "./NotificationId.ts"
import { letter, textMessage } from "./Templates.ts"
import { type TextMessageRefused, TextMessages, type TextMessagesUnavailable } from "./TextMessages.ts"

/** Tells it, and answers what is to be noted; `occurredAt` is when it is told. */
export const deliver = Effect.fn("Delivering.deliver")(function* (
  tenant: string,
  requested: NotificationRequested,
  channel: Channel,
  occurredAt: DateTime.Utc
) {
  const { customerId, notificationId, orderId } = requested
  const delivery = { orderId, occurredAt, notificationId, channel }
  const noted = (outcome: NoteDelivery["outcome"]): NoteDelivery => ({
    _tag: "NoteDelivery",
    orderId,
    occurredAt,
    outcome
  })
  const skipped = (reason: SkipReason) => noted({ _tag: "NotificationSkipped", ...delivery, reason })
  const refused = (problem: "recipient" | "sender" | "content") =>
    noted({ _tag: "NotificationRefused", ...delivery, problem })

  const contact = yield* (yield* ContactBook).find(tenant, customerId)
  if (contact._tag === "Unknown") return skipped("customer-unknown")
  if (contact._tag === "Forgotten") return skipped("customer-forgotten")
  const written = writtenTo(contact, requested, channel)
  if (written === undefined) return skipped("no-address")
  return yield* written.send.pipe(
    Effect.map(({ via }) =>
      noted({ _tag: "NotificationSent", ...delivery, via, letter: Personal.of(customerId, written.letter) })
    ),
    Effect.catchTags({
      MailRefused: ({ problem }) => Effect.succeed(refused(problem)),
      TextMessageRefused: () => Effect.succeed(refused("recipient"))
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
  requested: NotificationRequested,
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
