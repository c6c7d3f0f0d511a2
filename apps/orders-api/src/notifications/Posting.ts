/**
 * By what customers are told: a mail server where `SMTP_URL` names one, and else the outbox.
 *
 * The outbox sends nothing: what would have been sent is with its notification, sealed, and can be read there
 * (`GET /notifications/{id}`). So a service without a mail server can be tried, and tells nobody by mistake. There is no gateway
 * to phones yet: text messages go to the outbox in any case.
 */
import { Mailer, TextMessages } from "@eventfold/domain-notifications"
import { MailerSmtp } from "@eventfold/smtp"
import { Effect, Layer } from "effect"
import * as PatientMailer from "./PatientMailer.ts"
import { Post } from "./Post.ts"
import { Settings } from "../Settings.ts"

const kept = Effect.succeed({ via: "outbox" })

/** Takes every mail over, and sends none. */
const layerOutbox = Layer.succeed(Mailer.Mailer, { send: () => kept, check: Effect.void })

/** Takes every text message over, and sends none. */
const textMessages = Layer.succeed(TextMessages.TextMessages, { send: () => kept })

const mailers = Layer.unwrap(
  Effect.map(Settings, ({ smtpServer }) =>
    smtpServer === undefined ? layerOutbox : MailerSmtp.layer({ server: smtpServer })
  )
)

/** What the settings ask for; the health of the service knows how it gets on. */
export const layer: Layer.Layer<Mailer.Mailer | TextMessages.TextMessages, never, Post | Settings> = Layer.merge(
  Layer.effect(
    Mailer.Mailer,
    Effect.map(Effect.all([Mailer.Mailer, Post]), ([mailer, post]) => ({
      check: mailer.check,
      send: (mail) => post.watch("mail", mailer.send(mail))
    }))
  ).pipe((watched) => Layer.provide(PatientMailer.layer, Layer.provide(watched, mailers))),
  Layer.effect(
    TextMessages.TextMessages,
    Effect.map(Effect.all([TextMessages.TextMessages, Post]), ([messages, post]) => ({
      send: (message) => post.watch("text messages", messages.send(message))
    }))
  ).pipe(Layer.provide(textMessages))
)
