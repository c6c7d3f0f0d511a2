/** A person asks to be forgotten: what the files hold before and after, what everybody is shown, and what goes on. */
import { cpSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import { Account } from "@eventfold/domain-accounts"
import { Order } from "@eventfold/domain-ordering"
import { CommandHandler, SnapshotPolicy } from "@eventfold/event-store"
import { EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { AccountId, OrderId } from "@eventfold/shared-kernel"
import { Effect, Layer, Schema } from "effect"
import { streamOf as accountStream } from "../src/AccountStreamId.ts"
import { streamOf as orderStream } from "../src/OrderStreamId.ts"
import * as OrderListPostgres from "../src/queries/OrderListPostgres.ts"
import { open } from "./AccountSamples.ts"
import { foundIn } from "./Plaintext.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { request, TestService } from "./TestService.ts"

const address = {
  recipient: "Wilhelmina Unmistakable",
  street: "Nowhere-Else Boulevard 4711",
  city: "Singularia",
  country: "Netherlands"
}
const signedBy = "Zebedee Incomparable"
const owner = "Philippa Unparalleled"
const personal = [address.recipient, address.street, address.city, signedBy, owner]
/** Not about a person: it is found, so the looking works. */
const product = "Conspicuous Enamel Mug"
const redacted = "[REDACTED]"

const place = (path: string, headers = {}) =>
  request("POST", `${path}/place`, { body: { shippingAddress: address }, headers })

const forget = (subject: string) =>
  request("POST", "/privacy/forgotten-subjects", { body: { subject, reason: "requested" } })

/** A customer with a delivered order, placed under a key that a client may repeat, and an account. */
const customer = Effect.gen(function* () {
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
  const [orderId, accountId] = [Schema.decodeSync(OrderId)(idIn(order)), Schema.decodeSync(AccountId)(idIn(account))]
  assert.strictEqual(yield* Effect.orDie(orders.snapshot(orderStream("main", orderId))), 6)
  assert.strictEqual(yield* Effect.orDie(accounts.snapshot(accountStream("main", accountId))), 1)
})

const idIn = (path: string) => path.split("/")[2] ?? ""

type Customer = Effect.Success<typeof customer>

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

const isKnown = Effect.fnUntraced(function* (them: Customer) {
  const order = yield* request("GET", them.order)
  assert.deepInclude(order.body.value, { shippingAddress: address, signedBy })
  const events = yield* request("GET", `${them.order}/events`)
  assert.deepStrictEqual(events.body.at("events", 2, "data", "shippingAddress"), address)
  assert.strictEqual(events.body.at("events", 5, "data", "signedBy"), signedBy)
  assert.strictEqual((yield* request("GET", them.account)).body.at("owner"), owner)
})

const isForgotten = Effect.fnUntraced(function* (them: Customer) {
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
const goesOn = Effect.fnUntraced(function* (them: Customer) {
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

const bothForgotten = Effect.fnUntraced(function* ({ accountId, customerId }: Customer) {
  for (const subject of [customerId, accountId]) {
    const path = `/privacy/forgotten-subjects/${subject}`
    assert.deepStrictEqual((yield* request("GET", path)).body.value, { subject, forgotten: false })
    for (const { body, status } of [yield* forget(subject), yield* forget(subject)]) {
      assert.deepStrictEqual([status, body.value], [200, { subject, forgotten: true }])
    }
    assert.deepStrictEqual((yield* request("GET", path)).body.value, { subject, forgotten: true })
  }
})

const suite = <E>(name: string, service: ReturnType<typeof TestService.layer<E>>) =>
  describe(`a person ${name}`, () => {
    layer(service, { excludeTestServices: true, timeout: 60_000 })((it) => {
      it.effect("is forgotten by whoever asks for it, once and for ever, and business goes on", () =>
        Effect.gen(function* () {
          const [them, other] = [yield* customer, yield* customer]
          yield* isKnown(them)
          yield* bothForgotten(them)
          yield* isForgotten(them)
          yield* goesOn(them)
          yield* isKnown(other)
        })
      )

      it.effect("is not forgotten for a reason that tells a story, nor under no name", () =>
        Effect.gen(function* () {
          const refused = yield* request("POST", "/privacy/forgotten-subjects", {
            body: { subject: "", reason: "Wilhelmina asked us to" }
          })
          assert.strictEqual(refused.status, 400)
          assert.deepStrictEqual(
            refused.body.all("errors").map((error) => error.at("field")),
            ["subject", "reason"]
          )
          const own = yield* forget("@eventfold/digests")
          assert.deepStrictEqual([own.status, own.body.at("errors", 0, "field")], [400, "subject"])
        })
      )
    })
  })

suite("in memory", TestService.layer())
suite("on a PostgreSQL server", TestService.layer({ ports: ServerPorts.layer }))

const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-forgotten-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

describe("the files of an embedded database", () => {
  /** Runs the body on a service over the directory, which is opened before and closed after. */
  const running = <A, E, R>(directory: string, body: Effect.Effect<A, E, R>) => {
    const ports = Layer.merge(layerPostgres, OrderListPostgres.layerPostgres).pipe(
      Layer.provideMerge(EmbeddedDatabase.layer({ directory }))
    )
    return Effect.provide(body, Layer.fresh(TestService.layer({ ports })))
  }

  it.live(
    "hold nothing of a person in clear, neither before nor after they are forgotten, and no backup brings them back",
    () =>
      Effect.gen(function* () {
        const parent = yield* temporaryDirectory
        const [directory, backup] = [join(parent, "data"), join(parent, "backup")]
        const holdNothing = Effect.gen(function* () {
          assert.deepStrictEqual(yield* foundIn(personal, parent), [])
          assert.isNotEmpty(yield* foundIn([product], parent))
        })
        const them = yield* running(
          directory,
          Effect.gen(function* () {
            const them = yield* customer
            yield* isKnown(them)
            yield* holdNothing
            return them
          })
        )
        yield* holdNothing
        cpSync(directory, backup, { recursive: true })
        yield* running(
          directory,
          Effect.gen(function* () {
            yield* isKnown(them)
            yield* bothForgotten(them)
            yield* isForgotten(them)
            yield* goesOn(them)
            yield* holdNothing
          })
        )
        yield* holdNothing
        yield* running(directory, isForgotten(them))
        yield* Effect.promise(() => rm(directory, { recursive: true }))
        cpSync(backup, directory, { recursive: true })
        yield* running(directory, isForgotten(them))
        yield* holdNothing
      }),
    120_000
  )
})
