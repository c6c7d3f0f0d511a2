import { MailerMemory } from "@eventfold/smtp"
import { MailerLaws } from "@eventfold/testing"
import * as MailerContract from "@eventfold/testing/MailerContract"
import { Effect, Layer } from "effect"

/** What was sent is what has arrived. */
const mailboxes = Layer.effect(
  MailerLaws.Mailboxes,
  Effect.map(MailerMemory.SentMail, ({ all }) => ({ arrived: all }))
)

MailerContract.suite("the mailer in memory", mailboxes.pipe(Layer.provideMerge(MailerMemory.layerMemory)))
