/** A customer with everything that is stored of a person, and what is known of them before and after they are forgotten. */
import { assert } from "@effect/vitest"
import { Account } from "@eventfold/domain-accounts"
import { Order } from "@eventfold/domain-ordering"
import { CommandHandler, SnapshotPolicy } from "@eventfold/event-store"
import { AccountId, OrderId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { streamOf as accountStream } from "../src/AccountStreamId.ts"
import { streamOf as orderStream } from "../src/OrderStreamId.ts"
import { open } from "./AccountSamples.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import { request } from "./TestService.ts"

const address = {
  recipient: "Wilhelmina Unmistakable",
  street: "Nowhere-Else Boulevard 4711",
  city: "Singularia",
  country: "Netherlands"
}
const signedBy = "Zebedee Incomparable"
const owner = "Philippa Unparalleled"
/** What is about the customer, and must lie nowhere in clear. */
export const personal = [address.recipient, address.street, address.city, signedBy, owner]
/** Not about a person: it is found, so the looking works. */
export const product = "Conspicuous Enamel Mug"
const redacted = "[REDACTED]"

const place = (path: string, headers = {}) =>
  request("POST", `${path}/place`, { body: { shippingAddress: address }, headers })

/** Forgets a person, as somebody asks for it. */
export const forget = (subject: string) =>
  request("POST", "/privacy/forgotten-subjects", { body: { subject, reason: "requested" } })

/** A customer with a delivered order, placed under a key that a client may repeat, and an account. */
export const customer = Effect.gen(function* () {
  const customerId = `customer_${uuid()}`
  const order = yield* draft({ customerId, items: [{ ...mug, productName: product }] })
  const key = uuid()
  assert.strictEqual((yield* place(order.path, { "idempotency-key": key })).status, 200)
  yield* request("POST", `${order.path}/approve`, { body: bodies.approve })
  yield* request("POST", `${order.path}/ship`, { body: bodies.ship })
  assert.strictEqual((yield* request("POST", `${order.path}/deliver`, { body: { signedBy } })).status, 200)
  const account = yield* open({ owner })
  yield* snapshots(order.path, account.path)
  return { customerId, key, order: order.path, account: account.path, accountId: account.path.split("/")[2] ?? "" }
})

/** What the service itself would do after so many events. */
const snapshots = Effect.fnUntraced(function* (order: string, account: string) {
  const orders = CommandHandler.make(Order.Order, { snapshots: SnapshotPolicy.everyEvents(1) })
  const accounts = CommandHandler.make(Account.Account, { snapshots: SnapshotPolicy.everyEvents(1) })
  const orderId = yield* Schema.decodeEffect(OrderId)(idIn(order))
  const accountId = yield* Schema.decodeEffect(AccountId)(idIn(account))
  assert.strictEqual(yield* orders.snapshot(orderStream("main", orderId)), 6)
  assert.strictEqual(yield* accounts.snapshot(accountStream("main", accountId)), 1)
}, Effect.orDie)

const idIn = (path: string) => path.split("/")[2] ?? ""

/** The customer, with where everything is found. */
export type Customer = Effect.Success<typeof customer>

/** All that the service tells about the customer, as text. */
const everything = Effect.fnUntraced(function* ({ account, customerId, order }: Customer) {
  const paths = [
    order,
    `${order}?version=3`,
    `${order}/events`,
    `/orders?customerId=${customerId}`,
    "/audit",
    account,
    `${account}/history`,
    `${account}?version=1`
  ]
  const answers = yield* Effect.forEach(paths, (path) => request("GET", path))
  for (const { status, text } of answers) assert.strictEqual(status, 200, text)
  return answers.map(({ text }) => text).join("\n")
})

/** Fails unless everything is shown of the customer. */
export const isKnown = Effect.fnUntraced(function* (them: Customer) {
  const order = yield* request("GET", them.order)
  assert.deepInclude(order.body.value, { shippingAddress: address, signedBy })
  const events = yield* request("GET", `${them.order}/events`)
  assert.deepStrictEqual(events.body.at("events", 2, "data", "shippingAddress"), address)
  assert.strictEqual(events.body.at("events", 5, "data", "signedBy"), signedBy)
  assert.strictEqual((yield* request("GET", them.account)).body.at("owner"), owner)
})

/** Fails unless nothing is shown of the customer, and all of the business. */
export const isForgotten = Effect.fnUntraced(function* (them: Customer) {
  const order = yield* request("GET", them.order)
  assert.deepInclude(order.body.value, {
    status: "delivered",
    version: 6,
    shippingAddress: redacted,
    signedBy: redacted
  })
  assert.deepStrictEqual(order.body.at("total"), { amount: 2_500, currency: "EUR" })
  const events = yield* request("GET", `${them.order}/events`)
  assert.strictEqual(events.body.at("events", 2, "data", "shippingAddress"), redacted)
  assert.strictEqual(events.body.at("events", 5, "data", "signedBy"), redacted)
  assert.strictEqual(events.body.at("events", 5, "summary"), "Delivered, signed for by [REDACTED]")
  assert.strictEqual((yield* request("GET", them.account)).body.at("owner"), redacted)
  const all = yield* everything(them)
  for (const text of personal) assert.notInclude(all, text)
})

/** Commands on what is there, and the business with the person, go on. */
export const goesOn = Effect.fnUntraced(function* (them: Customer) {
  const money = { amount: 100, currency: "EUR" }
  assert.strictEqual((yield* request("POST", `${them.account}/deposits`, { body: { money } })).status, 200)
  assert.strictEqual((yield* request("POST", `${them.order}/cancel`, { body: bodies.cancel })).status, 409)
  const repeated = yield* place(them.order, { "idempotency-key": them.key })
  assert.deepStrictEqual([repeated.status, repeated.body.at("status")], [200, "placed"])
  const another = yield* draft({ customerId: them.customerId })
  assert.strictEqual((yield* place(another.path)).status, 200)
  const { body } = yield* request("GET", another.path)
  assert.deepInclude(body.value, { status: "placed", shippingAddress: redacted })
})

/** Forgets the customer, and the owner of the account: two subjects. */
export const bothForgotten = Effect.fnUntraced(function* ({ accountId, customerId }: Customer) {
  for (const subject of [customerId, accountId]) {
    const path = `/privacy/forgotten-subjects/${subject}`
    assert.deepStrictEqual((yield* request("GET", path)).body.value, { subject, forgotten: false })
    for (const { body, status } of [yield* forget(subject), yield* forget(subject)]) {
      assert.deepStrictEqual([status, body.value], [200, { subject, forgotten: true }])
    }
    assert.deepStrictEqual((yield* request("GET", path)).body.value, { subject, forgotten: true })
  }
})
