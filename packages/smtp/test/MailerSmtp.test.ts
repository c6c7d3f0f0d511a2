/** The mailer over SMTP, with a real server at the other end. */
import { assert, describe, it } from "@effect/vitest"
import { Mailer } from "@eventfold/domain-notifications"
import { MailerSmtp } from "@eventfold/smtp"
import * as MailerContract from "@eventfold/testing/MailerContract"
import { MailerLaws } from "@eventfold/testing"
import { Duration, Effect, Layer } from "effect"
import * as Certificate from "./Certificate.ts"
import * as MailServer from "./MailServer.ts"

const mailer = (credentials = "", query = "", scheme = "smtp") =>
  Layer.unwrap(
    Effect.map(MailServer.address(scheme, credentials, query), (server) =>
      MailerSmtp.layer({ server, timeLimit: Duration.seconds(2) })
    )
  )

/** Sends one mail, and answers what came back. */
const send = Effect.flatMap(Mailer.Mailer, (mailer) => Effect.result(mailer.send(MailServer.mail)))

const outcomeOf = Effect.map(send, (result) =>
  result._tag === "Success" ? result.success.via : `${result.failure._tag} ${result.failure.problem}`
)

const withTls = { disabledCommands: [], cert: Certificate.certificate, key: Certificate.key }

MailerContract.suite("the mailer over SMTP", mailer().pipe(Layer.provideMerge(MailServer.layer())), {
  excludeTestServices: true
})

describe("the mailer over SMTP", () => {
  it.live("says who it is, with a password that goes over TLS only", () =>
    Effect.gen(function* () {
      const { logins } = yield* MailServer.MailServer
      assert.strictEqual(yield* Effect.provide(outcomeOf, mailer("shop:right@")), "MailerUnavailable refused-us")
      assert.deepStrictEqual(logins, [])
      assert.strictEqual(yield* Effect.provide(outcomeOf, mailer("shop:right@", "?tls=never")), "smtp")
      assert.deepStrictEqual(logins, [{ user: "shop", password: "right", isSecure: false }])
    }).pipe(Effect.provide(MailServer.layer()))
  )

  it.live("is tried again when the server does not know it: the mail is not to blame", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* Effect.provide(outcomeOf, mailer("shop:wrong@", "?tls=never")),
        "MailerUnavailable refused-us"
      )
      const { arrived } = yield* MailerLaws.Mailboxes
      assert.deepStrictEqual(yield* arrived, [])
    }).pipe(Effect.provide(MailServer.layer()))
  )

  it.live("trusts no certificate that nobody vouches for", () =>
    Effect.gen(function* () {
      const { logins } = yield* MailServer.MailServer
      const outcome = yield* Effect.provide(outcomeOf, mailer("shop:right@"))
      assert.match(outcome, /^MailerUnavailable/u)
      assert.deepStrictEqual(logins, [])
    }).pipe(Effect.provide(MailServer.layer(withTls)))
  )

  it.live("goes over TLS when the certificate is one to trust, from the first byte or later", () =>
    Effect.gen(function* () {
      for (const [scheme, options] of [
        ["smtp", withTls],
        ["smtps", { ...withTls, secure: true }]
      ] as const) {
        yield* Effect.gen(function* () {
          const server = yield* MailServer.address(scheme, "shop:right@", "")
          const safe = MailerSmtp.layer({ server, trusted: [Certificate.certificate] })
          assert.strictEqual(yield* Effect.provide(outcomeOf, safe), "smtp")
          const { logins } = yield* MailServer.MailServer
          assert.deepStrictEqual(logins, [{ user: "shop", password: "right", isSecure: true }])
        }).pipe(Effect.provide(MailServer.layer(options)))
      }
    })
  )

  it.live("gives up a server that says nothing, and one that is not there", () =>
    Effect.gen(function* () {
      const server = yield* MailServer.address("smtp", "", "")
      const prompt = MailerSmtp.layer({ server, timeLimit: Duration.millis(200) })
      assert.strictEqual(yield* Effect.provide(outcomeOf, prompt), "MailerUnavailable timeout")
      const nowhere = MailerSmtp.layer({ server: { ...server, port: 1 }, timeLimit: Duration.seconds(2) })
      assert.strictEqual(yield* Effect.provide(outcomeOf, nowhere), "MailerUnavailable unreachable")
    }).pipe(Effect.provide(MailServer.silent))
  )

  it.live("knows without a mail whether the server is there and knows us", () =>
    Effect.gen(function* () {
      const check = Effect.flatMap(Mailer.Mailer, (port) => Effect.result(port.check)).pipe(
        Effect.map((result) => (result._tag === "Success" ? "there" : result.failure.problem))
      )
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* Effect.provide(check, mailer()), "there")
        assert.strictEqual(yield* Effect.provide(check, mailer("shop:right@", "?tls=never")), "there")
        assert.strictEqual(yield* Effect.provide(check, mailer("shop:wrong@", "?tls=never")), "refused-us")
        assert.strictEqual(yield* Effect.provide(check, mailer("shop:right@")), "refused-us")
        assert.deepStrictEqual(yield* (yield* MailerLaws.Mailboxes).arrived, [])
      }).pipe(Effect.provide(MailServer.layer()))
      yield* Effect.gen(function* () {
        const server = yield* MailServer.address("smtp", "", "")
        const prompt = MailerSmtp.layer({ server, timeLimit: Duration.millis(200) })
        assert.strictEqual(yield* Effect.provide(check, prompt), "timeout")
        assert.strictEqual(
          yield* Effect.provide(check, MailerSmtp.layer({ server: { ...server, port: 1 } })),
          "unreachable"
        )
      }).pipe(Effect.provide(MailServer.silent))
      const closing = { onConnect: (_: unknown, done: (error: Error) => void) => done(MailServer.no(421)) }
      assert.strictEqual(
        yield* Effect.provide(check, mailer().pipe(Layer.provideMerge(MailServer.layer(closing)))),
        "no-service"
      )
    })
  )

  it.live("tells a mail that is too large, and a server that closes, apart", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.provide(outcomeOf, mailer()), "MailRefused content")
    }).pipe(
      Effect.provide(
        MailServer.layer({
          onData: (stream, _session, done) => {
            stream.resume()
            stream.on("end", () => done(Object.assign(new Error("too large"), { responseCode: 552 })))
          }
        })
      ),
      Effect.andThen(
        Effect.provide(
          Effect.gen(function* () {
            assert.strictEqual(yield* Effect.provide(outcomeOf, mailer()), "MailerUnavailable no-service")
          }),
          MailServer.layer({
            onMailFrom: (_address, _session, done) => done(Object.assign(new Error("closing"), { responseCode: 421 }))
          })
        )
      )
    )
  )

  it.live("sends nothing under an id that would be read as something else", () =>
    Effect.gen(function* () {
      const port = yield* Mailer.Mailer
      for (const messageId of ["", "a@b", "a>\r\nBcc: eve@example.org", "x".repeat(101)]) {
        const error = yield* Effect.flip(port.send({ ...MailServer.mail, messageId }))
        assert.deepInclude(error, { _tag: "MailRefused", problem: "content" })
      }
      const { arrived } = yield* MailerLaws.Mailboxes
      assert.deepStrictEqual(yield* arrived, [])
    }).pipe(Effect.provide(mailer().pipe(Layer.provideMerge(MailServer.layer()))))
  )
})
