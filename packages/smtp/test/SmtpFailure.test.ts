import { assert, describe, it } from "@effect/vitest"
import { SmtpFailure } from "@eventfold/smtp"

const told = (code: string | undefined, responseCode?: number, command?: string) => {
  const error = SmtpFailure.errorOf("m-1", { code, responseCode, command })
  return `${error._tag} ${error.problem} ${error.code ?? "-"}`
}

describe("what a mail server means", () => {
  const table: ReadonlyArray<readonly [Parameters<typeof told>, string]> = [
    [["EENVELOPE", 550, "RCPT TO"], "MailRefused recipient 550"],
    [["EENVELOPE", 553, "MAIL FROM"], "MailRefused sender 553"],
    [["EMESSAGE", 552, "DATA"], "MailRefused content 552"],
    [["EMESSAGE", 554, undefined], "MailRefused content 554"],
    [["EENVELOPE", 450, "RCPT TO"], "MailerUnavailable busy 450"],
    [["EMESSAGE", 451, "DATA"], "MailerUnavailable busy 451"],
    [["EMESSAGE", 451, undefined], "MailerUnavailable busy 451"],
    [["EPROTOCOL", 421, "CONN"], "MailerUnavailable no-service 421"],
    [["EENVELOPE", 421, "RCPT TO"], "MailerUnavailable no-service 421"],
    [["EENVELOPE", 452, "MAIL FROM"], "MailerUnavailable no-service 452"],
    [["EPROTOCOL", 450, "EHLO"], "MailerUnavailable no-service 450"],
    [["EENVELOPE", 530, "MAIL FROM"], "MailerUnavailable refused-us 530"],
    [["EPROTOCOL", 554, "CONN"], "MailerUnavailable refused-us 554"],
    [["EAUTH", 535, "AUTH PLAIN"], "MailerUnavailable refused-us 535"],
    [["ETLS", undefined, "STARTTLS"], "MailerUnavailable refused-us -"],
    [["ETIMEDOUT", undefined, "CONN"], "MailerUnavailable timeout -"],
    [["ECONNECTION", undefined, "CONN"], "MailerUnavailable unreachable -"],
    [["EDNS"], "MailerUnavailable unreachable -"],
    [["EENVELOPE"], "MailRefused recipient -"],
    [["EMESSAGE"], "MailRefused content -"],
    [[undefined], "MailerUnavailable unreachable -"]
  ]
  for (const [given, expected] of table)
    it(`${given.join(" ")}: ${expected}`, () => assert.strictEqual(told(...given), expected))

  it("is read from whatever the client fails with", () => {
    const error = Object.assign(new Error("no"), { code: "EENVELOPE", responseCode: 550, command: "RCPT TO" })
    assert.deepStrictEqual(SmtpFailure.reported(error), { code: "EENVELOPE", responseCode: 550, command: "RCPT TO" })
    const nothing = { code: undefined, responseCode: undefined, command: undefined }
    for (const other of [undefined, "no", { code: 7, responseCode: "550" }]) {
      assert.deepStrictEqual(SmtpFailure.reported(other), nothing)
    }
  })

  it("says whether trying again can help", () => {
    assert.isFalse(SmtpFailure.errorOf("m", { code: undefined, responseCode: 550, command: "RCPT TO" }).retryable)
    assert.isTrue(SmtpFailure.errorOf("m", { code: undefined, responseCode: 450, command: "RCPT TO" }).retryable)
  })
})
