import { assert, describe, it } from "@effect/vitest"
import { SmtpUrl } from "@eventfold/smtp"
import { EmailAddress } from "@eventfold/shared-kernel"
import { Redacted, Result } from "effect"

const parse = (text: string) => SmtpUrl.parse(Redacted.make(text))
const read = (text: string) => Result.getOrThrow(parse(text))
const refused = (text: string) => Result.getOrThrow(Result.flip(parse(text)))

describe("the address of a mail server", () => {
  it("says where it is, who we are and who writes", () => {
    const { credentials, ...server } = read("smtp://shop:p%40ss@mail.example.org:2525?from=shop@example.org")
    assert.deepStrictEqual(server, {
      host: "mail.example.org",
      port: 2525,
      tls: "required",
      from: EmailAddress.EmailAddress.make("shop@example.org")
    })
    assert.strictEqual(credentials?.user, "shop")
    assert.strictEqual(credentials === undefined ? "" : Redacted.value(credentials.password), "p@ss")
    assert.notInclude(JSON.stringify(credentials), "p@ss")
  })

  it("needs no more than a host", () => {
    const { credentials: _, ...server } = read("smtp://localhost")
    assert.deepStrictEqual(server, { host: "localhost", port: 587, tls: "offered", from: SmtpUrl.usualSender })
    assert.deepInclude(read("smtps://[::1]"), { host: "::1", port: 465, tls: "implicit" })
    assert.deepInclude(read("smtp://localhost?tls=required"), { tls: "required" })
    assert.deepInclude(read("smtp://a:b@localhost?tls=never"), { tls: "never" })
  })

  it("is refused by its field, and nothing of it is quoted", () => {
    const wrong = [
      ["http://a:secret@localhost", "url"],
      ["mail.example.org", "url"],
      ["smtp://a:%zz@localhost", "url"],
      ["smtp://a:secret@localhost:0", "port"],
      ["smtp://a:secret@localhost?tls=perhaps", "tls"],
      ["smtp://a:secret@localhost?from=me", "from"]
    ] as const
    for (const [text, field] of wrong) {
      const error = refused(text)
      assert.deepInclude(error, { _tag: "SmtpUrlNotReadable", field })
      assert.notMatch(error.message, /secret|localhost|me$/u)
    }
  })
})
