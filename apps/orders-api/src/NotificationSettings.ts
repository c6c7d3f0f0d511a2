/** What can be set of notifications: whether customers are told anything, and by which mail server. */
import { SmtpUrl } from "@eventfold/smtp"
import { Effect, Redacted, Result } from "effect"
import { type Variable, word } from "./SettingVariables.ts"

/** The settings of notifications. */
export interface NotificationSettings {
  /** Whether this node tells customers what becomes of their orders. */
  readonly notifications: "on" | "off"
  /** Where mail goes; without one, to the outbox. */
  readonly smtpServer: SmtpUrl.SmtpServer | undefined
}

/** What a program or a test that sets nothing has. */
export const defaults: NotificationSettings = { notifications: "on", smtpServer: undefined }

const variables = {
  notifications: word("NOTIFICATIONS", ["on", "off"]),
  smtpServer: {
    name: "SMTP_URL",
    rule: "must be a URL such as smtp://user:password@mail.example.org:587?from=orders@example.org, or smtps://…",
    read: (text) => Result.getSuccess(SmtpUrl.parse(Redacted.make(text))),
    secret: true
  } satisfies Variable<SmtpUrl.SmtpServer>
}

/** Reads them from the environment. */
export const read = Effect.fnUntraced(function* (
  read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>
): Effect.fn.Return<NotificationSettings> {
  return {
    notifications: (yield* read(variables.notifications)) ?? defaults.notifications,
    smtpServer: yield* read(variables.smtpServer)
  }
})
