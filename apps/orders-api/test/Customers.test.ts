/** Customers over HTTP: registered, changed, forgotten; and an e-mail address is one customer's. */
import { assert, describe, layer } from "@effect/vitest"
import { Customer, CustomerCommands } from "@eventfold/domain-customers"
import { CommandHandler } from "@eventfold/event-store"
import { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { DateTime, Effect } from "effect"
import * as EmailHashes from "../src/commands/EmailHashes.ts"
import { customerStreamOf } from "../src/CustomerStreamIds.ts"
import { changeEmail, newEmail, profile, register, registered } from "./CustomerSamples.ts"
import { read, readyService, until } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import { request } from "./TestService.ts"

const customers = CommandHandler.make(Customer.Customer)
const live = { excludeTestServices: true, timeout: 300_000 } as const
const atOnce = { concurrency: "unbounded" } as const
const unavailable = "urn:eventfold:problem:email-unavailable"

describe("a customer", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("registers, and is shown with all they told", () =>
      Effect.gen(function* () {
        const email = newEmail()
        const { body, headers, status } = yield* register(email)
        assert.deepStrictEqual([status, body.at("status"), headers["etag"]], [201, "registered", '"2"'])
        const customer = yield* read(headers["location"] ?? "none")
        assert.deepInclude(customer.value, { status: "registered", version: 2, profile, email })
        const known = yield* request("GET", headers["location"] ?? "none", { headers: { "if-none-match": '"2"' } })
        assert.strictEqual(known.status, 304)
      })
    )

    it.effect("repeats the registration with the same key, and is the same customer", () =>
      Effect.gen(function* () {
        const [email, key] = [newEmail(), uuid()]
        const answers = yield* Effect.forEach([1, 2, 3], () => register(email, { "idempotency-key": key }), atOnce)
        for (const { body, headers, status } of answers) {
          assert.deepStrictEqual([status, body.at("status")], [201, "registered"])
          assert.strictEqual(headers["location"], `/customers/customer_${key}`)
        }
      })
    )

    it.effect("changes profile and e-mail address; the former address is free, in any spelling", () =>
      Effect.gen(function* () {
        const [former, email] = [newEmail(), newEmail()]
        const path = yield* registered(former)
        const changed = yield* request("PUT", `${path}/profile`, { body: { profile: { name: "Ada King" } } })
        assert.deepStrictEqual([changed.status, changed.body.at("version")], [200, 3])
        assert.strictEqual((yield* changeEmail(path, email)).status, 200)
        assert.deepInclude((yield* read(path)).value, { profile: { name: "Ada King" }, email, version: 5 })
        assert.strictEqual((yield* register(former.toUpperCase())).status, 201)
        assert.strictEqual((yield* changeEmail(path, former)).body.at("type"), unavailable)
        assert.strictEqual((yield* read(path)).at("email"), email)
      })
    )

    it.effect("is told again of an address that was refused, and can have another one", () =>
      Effect.gen(function* () {
        const [taken, key] = [newEmail(), uuid()]
        yield* registered(taken)
        const path = yield* registered(newEmail())
        const refused = yield* changeEmail(path, taken, { "idempotency-key": key })
        assert.deepStrictEqual([refused.status, refused.body.at("reason")], [409, "email-taken"])
        assert.strictEqual((yield* changeEmail(path, newEmail())).status, 200)
        assert.strictEqual((yield* changeEmail(path, taken, { "idempotency-key": key })).status, 409)
      })
    )

    it.effect("who is not registered after all is none, and no refusal tells the address", () =>
      Effect.gen(function* () {
        const [email, key] = [newEmail(), uuid()]
        yield* registered(email)
        const { body, status, text } = yield* register(email, { "idempotency-key": key })
        assert.deepStrictEqual([status, body.at("type"), body.at("reason")], [409, unavailable, "email-taken"])
        assert.notInclude(text, email)
        const path = `/customers/customer_${key}`
        const gone = yield* request("GET", path)
        assert.deepStrictEqual([gone.status, gone.body.at("type")], [404, "urn:eventfold:problem:customer-not-found"])
        const again = yield* request("PUT", `${path}/profile`, { body: { profile } })
        assert.strictEqual(again.body.at("type"), "urn:eventfold:problem:registration-ended")
        assert.strictEqual((yield* request("PUT", `/customers/${uuid()}/profile`, { body: { profile } })).status, 404)
        const wrong = yield* request("POST", "/customers", { body: { profile: { name: " " }, email: "nobody" } })
        assert.deepStrictEqual(
          wrong.body.all("errors").map((problem) => problem.at("field")),
          ["profile.name", "email"]
        )
      })
    )

    it.effect("whose registration was stored by a process that died then is registered all the same", () =>
      Effect.gen(function* () {
        const [customerId, email] = [CustomerId.fromUuid(uuid()), EmailAddress.EmailAddress.make(newEmail())]
        const command = CustomerCommands.RegisterCustomer.make({
          customerId,
          profile: { name: PersonName.PersonName.make(profile.name) },
          email,
          occurredAt: yield* DateTime.now
        })
        const hash = yield* EmailHashes.ofTenant("main")
        yield* customers.handle(customerStreamOf("main", customerId), Customer.asked(hash, command))
        yield* until(`/customers/${customerId}`, (customer) => customer.at("status") === "registered")
        assert.strictEqual((yield* register(email)).status, 409)
      })
    )

    it.effect("who is forgotten is shown no more, and leaves the address to others", () =>
      Effect.gen(function* () {
        const email = newEmail()
        const path = yield* registered(email)
        const body = { subject: path.slice("/customers/".length), reason: "requested" }
        assert.strictEqual((yield* request("POST", "/privacy/forgotten-subjects", { body })).status, 200)
        assert.deepInclude((yield* read(path)).value, { profile: "[REDACTED]", email: "[REDACTED]" })
        const refused = yield* changeEmail(path, newEmail())
        assert.strictEqual(refused.body.at("type"), "urn:eventfold:problem:customer-forgotten")
        assert.strictEqual((yield* register(email)).status, 201)
      })
    )

    it.effect("who was forgotten before they register is refused, and nothing of it is kept", () =>
      Effect.gen(function* () {
        const [customerId, email] = [`customer_${uuid()}`, newEmail()]
        const forgotten = { subject: customerId, reason: "requested" }
        assert.strictEqual((yield* request("POST", "/privacy/forgotten-subjects", { body: forgotten })).status, 200)
        const refused = yield* request("POST", "/customers", { body: { customerId, profile, email } })
        assert.deepStrictEqual(
          [refused.status, refused.body.at("type")],
          [409, "urn:eventfold:problem:customer-forgotten"]
        )
        assert.strictEqual((yield* request("GET", `/customers/${customerId}`)).status, 404)
        assert.strictEqual((yield* register(email)).status, 201)
      })
    )
  })
})
