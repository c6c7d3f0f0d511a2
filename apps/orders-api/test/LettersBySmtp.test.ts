/** Letters of the whole service over SMTP: a mailbox that takes nothing for now holds up nobody else's. */
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { SmtpUrl } from "@eventfold/smtp"
import { DateTime, Effect, Redacted } from "effect"
import * as CustomerSamples from "./CustomerSamples.ts"
import { until } from "./Reading.ts"
import { bodies, draft } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

/** A mail server that says 450 to whoever writes to `busy.…`, and takes every other mail; closed with the scope. */
const mailServer = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly recipients: Array<string>; readonly close: () => void }>(
    (resume) => {
      const recipients: Array<string> = []
      const server = createServer((socket) => {
        let [pending, isData] = ["", false]
        const say = (line: string) => socket.write(`${line}\r\n`)
        const answer = (line: string) => {
          if (isData) {
            if (line !== ".") return
            isData = false
            return say("250 taken")
          }
          const command = line.slice(0, 4).toUpperCase()
          if (command === "QUIT") return socket.end("221 bye\r\n")
          if (command === "DATA") {
            isData = true
            return say("354 go on")
          }
          const to = /^RCPT TO:<([^>]*)>/iu.exec(line)?.[1]
          if (to !== undefined) recipients.push(to)
          return say(to?.startsWith("busy.") === true ? "450 4.2.1 mailbox busy" : "250 fine")
        }
        socket.on("error", () => {})
        socket.on("data", (chunk) => {
          const lines = (pending + chunk.toString("latin1")).split("\r\n")
          pending = lines.pop() ?? ""
          lines.forEach(answer)
        })
        say("220 mail.example.org")
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ port, recipients, close: () => void server.close() }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)

/** An order of a customer with this address that was approved: the customer is to be told. */
const approved = Effect.fnUntraced(function* (email: string) {
  const customerId = (yield* CustomerSamples.registered(email)).slice("/customers/".length)
  const { path } = yield* draft({ customerId })
  yield* request("POST", `${path}/place`, { body: bodies.place })
  yield* request("POST", `${path}/approve`, { body: bodies.approve })
  return `/notifications?orderId=order_${path.slice(-36)}`
})

const millis = (time: string) => DateTime.makeUnsafe(time).epochMilliseconds

const first = (field: string) => ["notifications", "0", field]

describe("letters of the service, over SMTP", () => {
  it.live("to a mailbox that takes nothing are postponed, and the next customer's arrive", () =>
    Effect.gen(function* () {
      const { port, recipients } = yield* mailServer
      const smtpServer = yield* Effect.fromResult(SmtpUrl.parse(Redacted.make(`smtp://127.0.0.1:${port}?tls=never`)))
      yield* Effect.gen(function* () {
        const [busy, well] = [`busy.${CustomerSamples.newEmail()}`, CustomerSamples.newEmail()]
        const waiting = yield* approved(busy)
        yield* until("/notifications", () => recipients.includes(busy))
        const arrived = yield* approved(well)
        yield* until(arrived, (body) => body.at(...first("status")) === "sent")
        const postponed = yield* until(waiting, (body) => body.at(...first("status")) === "postponed")
        const outcome = [...first("outcomes"), "0"]
        assert.deepInclude(postponed.at(...outcome), {
          channel: "e-mail",
          result: "postponed",
          reason: "busy",
          tries: 1
        })
        assert.strictEqual(
          millis(postponed.text(...outcome, "until")) - millis(postponed.text(...outcome, "at")),
          60_000
        )
        const timers = yield* until("/timers?manager=notifying", (body) => body.all("timers").length === 1)
        assert.strictEqual(timers.at("timers", "0", "dueAt"), postponed.at(...outcome, "until"))
        const listed = yield* until("/notifications?status=postponed", (body) => body.all("notifications").length === 1)
        assert.strictEqual(listed.at(...first("notificationId")), postponed.at(...first("notificationId")))
      }).pipe(Effect.provide(TestService.layer({ settings: { messaging: true, smtpServer } })), Effect.scoped)
    })
  )
})
