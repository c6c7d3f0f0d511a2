/** Customers as sales, billing and notifications see them: three models of the same customer, from what customers says of them. */
import { assert, describe, layer } from "@effect/vitest"
import { EventStore } from "@eventfold/event-store"
import { CustomerId } from "@eventfold/shared-kernel"
import { Effect, type Layer, Stream } from "effect"
import { buyerStreamOf } from "../src/BuyerStreamIds.ts"
import type * as Service from "../src/Service.ts"
import { changeEmail, newEmail } from "./CustomerSamples.ts"
import { each, read, until } from "./Reading.ts"
import { draft, shippingAddress, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request, TestService } from "./TestService.ts"

const profile = { name: "Philippa Unparalleled", phone: "+31 30 999 88 77", address: shippingAddress }

/** Registers a customer with an address, and answers the id. */
const registered = Effect.gen(function* () {
  const { headers } = yield* request("POST", "/customers", { body: { profile, email: newEmail() } })
  return (headers["location"] ?? "none").slice("/customers/".length)
})

const suite = <E>(where: string, ports?: Layer.Layer<Service.Ports, E>) => {
  const service = TestService.layer({ settings: { messaging: true }, ...(ports === undefined ? {} : { ports }) })

  describe(`a customer as others see them, ${where}`, () => {
    layer(service, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      it.effect("is a buyer with name and address, a debtor without, and a recipient with channels", () =>
        Effect.gen(function* () {
          const customerId = yield* registered
          const buyer = yield* until(`/buyers/${customerId}`, (body) => body.at("description") !== undefined)
          assert.deepInclude(buyer.value, {
            customerId,
            kind: "private",
            description: { name: profile.name, shippingAddress },
            version: 2
          })
          assert.isString(buyer.at("registeredAt"))
          const debtors = yield* until("/billing/debtors?limit=100", (body) =>
            each(body, "debtors", "customerId").includes(customerId)
          )
          const debtor = debtors.all("debtors").find((one) => one.at("customerId") === customerId)
          assert.deepInclude(debtor?.value, { sales: 0, invoices: 0, paid: 0 })
          const recipient = yield* until(`/recipients/${customerId}`, (body) => body.at("version") === 1)
          assert.deepStrictEqual(recipient.at("channels"), ["e-mail"])
          for (const other of [debtors, recipient]) assert.notInclude(JSON.stringify(other.value), profile.name)
          const known = yield* request("GET", `/buyers/${customerId}`, { headers: { "if-none-match": '"2"' } })
          assert.strictEqual(known.status, 304)
        })
      )

      it.effect("changes for sales when the profile does, and not when the e-mail address does", () =>
        Effect.gen(function* () {
          const customerId = yield* registered
          yield* until(`/buyers/${customerId}`, (body) => body.at("version") === 2)
          assert.strictEqual((yield* changeEmail(`/customers/${customerId}`, newEmail())).status, 200)
          const renamed = { ...profile, name: "Philippa King", company: "King & Co" }
          yield* request("PUT", `/customers/${customerId}/profile`, { body: { profile: renamed } })
          const buyer = yield* until(`/buyers/${customerId}`, (body) => body.at("kind") === "business")
          assert.strictEqual(buyer.at("version"), 3)
          assert.deepInclude(buyer.at("description"), { name: "Philippa King", company: "King & Co" })
          yield* draft({ customerId })
          const listed = yield* until("/buyers?kind=business&limit=100", (body) =>
            body.all("buyers").some((one) => one.at("customerId") === customerId && one.at("orders") === 1)
          )
          assert.notInclude(JSON.stringify(listed.value), "Philippa")
          const dashboard = yield* read(`/customers/${customerId}/dashboard`)
          assert.strictEqual(dashboard.at("buyer", "description", "name"), "Philippa King")
        })
      )

      it.effect("is stored encrypted, and is forgotten by sales too", () =>
        Effect.gen(function* () {
          const customerId = yield* registered
          yield* until(`/buyers/${customerId}`, (body) => body.at("version") === 2)
          const stream = buyerStreamOf("main", CustomerId.make(customerId))
          const stored = yield* Stream.runCollect((yield* EventStore).read(stream))
          assert.deepStrictEqual(
            stored.map(({ type }) => type),
            ["BuyerRegistered", "BuyerDescribed"]
          )
          for (const text of [profile.name, shippingAddress.recipient, shippingAddress.city]) {
            assert.notInclude(JSON.stringify(stored), text)
          }
          yield* request("POST", "/privacy/forgotten-subjects", { body: { subject: customerId, reason: "requested" } })
          const buyer = yield* read(`/buyers/${customerId}`)
          assert.deepInclude(buyer.value, { kind: "private", description: "[REDACTED]", version: 2 })
          const dashboard = yield* read(`/customers/${customerId}/dashboard`)
          assert.strictEqual(dashboard.at("buyer", "description"), "[REDACTED]")
        })
      )

      it.effect("is not found when sales has not heard of them, and has a dashboard all the same", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          const { body, status } = yield* request("GET", `/buyers/${customerId}`)
          assert.deepStrictEqual([status, body.at("type")], [404, "urn:eventfold:problem:buyer-not-found"])
          assert.isUndefined((yield* read(`/customers/${customerId}/dashboard`)).at("buyer"))
          assert.strictEqual((yield* request("GET", "/buyers?kind=rich")).status, 400)
        })
      )
    })
  })
}

suite("in memory")
for (const [where, ports] of LongTests.databases) suite(where, ports)
