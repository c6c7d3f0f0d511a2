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
import { Settings } from "../Settings.ts"

const kept = Effect.succeed({ via: "outbox" })

/** Takes every mail over, and sends none. */
export const layerOutbox = Layer.succeed(Mailer.Mailer, { send: () => kept })

/** Takes every text message over, and sends none. */
const textMessages = Layer.succeed(TextMessages.TextMessages, { send: () => kept })

/** What the settings ask for. */
export const layer: Layer.Layer<Mailer.Mailer | TextMessages.TextMessages, never, Settings> = Layer.merge(
  textMessages,
  Layer.unwrap(
    Effect.map(Settings, ({ smtpServer }) =>
      smtpServer === undefined ? layerOutbox : MailerSmtp.layer({ server: smtpServer })
    )
  )
)
