/** The laws of the mailer are sharp: for each there is a mailer that breaks it. */
import { assert, describe, it } from "@effect/vitest"
import { Mailer } from "@eventfold/domain-notifications"
import { MailerLaws } from "@eventfold/testing"
import { Context, Effect, Layer } from "effect"

type Send = Mailer.Mailer["Service"]["send"]

/** A mailer with mailboxes: what is put into them, and what is answered, is for the fault to say. */
const broken = (fault: (deliver: (mail: MailerLaws.Arrived) => void, sound: Send) => Send) =>
  Layer.effectContext(
    Effect.sync(() => {
      const arrived: Array<MailerLaws.Arrived> = []
      const deliver = (mail: MailerLaws.Arrived) => {
        arrived.push(mail)
      }
      const sound: Send = (mail) => {
        const { messageId, to } = mail
        if (to.startsWith("nobody@")) return Effect.fail(new Mailer.MailRefused({ messageId, problem: "recipient" }))
        if (to.startsWith("busy@")) return Effect.fail(new Mailer.MailerUnavailable({ messageId, problem: "busy" }))
        return Effect.sync(() => {
          deliver(mail)
          return { via: "test" }
        })
      }
      return Context.make(Mailer.Mailer, { send: fault(deliver, sound), check: Effect.void }).pipe(
        Context.add(MailerLaws.Mailboxes, { arrived: Effect.sync(() => Array.from(arrived)) })
      )
    })
  )

const done = Effect.succeed({ via: "test" })

const faults: Readonly<Record<string, Parameters<typeof broken>[0]>> = {
  "what is answered for has arrived, once and as it was written": (_deliver, sound) => (mail) =>
    Effect.andThen(sound(mail), sound(mail)),
  "letters of every script, long lines and lines of dots arrive as they were written": (_deliver, sound) => (mail) =>
    sound({ ...mail, text: mail.text.replaceAll(/^\./gmu, "") }),
  "nothing in a subject or a text is taken for a header, an address or the end of the mail":
    (deliver, sound) => (mail) => {
      const copied = /^Bcc: (\S+)$/mu.exec(mail.subject)?.[1]
      if (copied !== undefined) deliver({ ...mail, to: copied })
      return sound(mail)
    },
  "what is sent again has the same Message-ID, and what is not the same has another": (deliver, sound) => {
    const seen = new Set<string>()
    return (mail) => {
      if (!seen.has(mail.messageId)) {
        seen.add(mail.messageId)
        return sound(mail)
      }
      deliver({ ...mail, subject: `Again: ${mail.subject}` })
      return done
    }
  },
  "a mail to nobody is refused for good, and is sent to no one": (_deliver, sound) => (mail) =>
    mail.to.startsWith("nobody@")
      ? Effect.fail(new Mailer.MailerUnavailable({ messageId: mail.messageId, problem: "busy" }))
      : sound(mail),
  "a mail to a mailbox that takes nothing for now may be sent later": (_deliver, sound) => (mail) =>
    mail.to.startsWith("busy@")
      ? Effect.fail(new Mailer.MailRefused({ messageId: mail.messageId, problem: "recipient" }))
      : sound(mail),
  "many at the same moment arrive, each once": (_deliver, sound) => {
    let underWay = 0
    return (mail) =>
      Effect.suspend(() => {
        underWay += 1
        return underWay > 1 ? done : Effect.andThen(Effect.yieldNow, sound(mail))
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            underWay -= 1
          })
        )
      )
  }
}

describe("a mailer that breaks one law", () => {
  for (const law of MailerLaws.laws) {
    it.effect(law.name, () =>
      Effect.gen(function* () {
        const fault = faults[law.name]
        assert.isDefined(fault, "there must be a mailer that breaks it")
        if (fault === undefined) return
        const caught = yield* Effect.flip(Effect.provide(law.check, broken(fault)))
        assert.propertyVal(caught, "_tag", "LawBroken")
        yield* Effect.provide(
          law.check,
          broken((_deliver, sound) => sound)
        )
      })
    )
  }

  it("is broken in no other way", () => {
    assert.sameMembers(
      Object.keys(faults),
      MailerLaws.laws.map(({ name }) => name)
    )
  })
})
