/**
 * Several nodes of the service on one PostgreSQL database, under a load of orders that are paid and shipped and of reservations
 * that expire, for tests and measurements that kill and freeze them.
 *
 * Whoever asks goes from node to node, asks the next one under the same key when one does not answer within its time, and leaves
 * that one alone for some seconds, as a balancer does. So what a frozen node was asked it finds done when it wakes up.
 */
import { Clock, Effect, Exit, Redacted, Ref, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { SqlClient } from "effect/sql"
import * as ServiceProcess from "./ServiceProcess.ts"

/** On a server nobody else knows the master key. */
export const masterKey = Buffer.alloc(32, 7).toString("base64")

let made = 0

/** The URL of a new database on the server of the SQL client; it is dropped with the scope. */
export const newDatabase = Effect.fnUntraced(function* (server: string) {
  const sql = yield* SqlClient.SqlClient
  made += 1
  const name = `nodes_${process.pid}_${made}`
  yield* Effect.acquireRelease(sql.unsafe(`create database ${name}`), () =>
    // A database that stays behind is untidy, but no reason to fail.
    Effect.ignore(sql.unsafe(`drop database if exists ${name} with (force)`))
  )
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.toString()
})

/** A node. */
export interface Node extends ServiceProcess.ServiceProcess {
  readonly name: string
  readonly url: string
}

/** Starts a node; it says its name in the options of its connections. */
export const start = (
  name: string,
  database: string,
  gateway: { readonly url: string; readonly key: Redacted.Redacted },
  env: Record<string, string> = {}
) => {
  const url = new URL(database)
  url.searchParams.set("options", `-c eventfold_test.node=${name}`)
  return Effect.map(
    ServiceProcess.startReady({
      DATABASE_URL: url.toString(),
      EVENTFOLD_MASTER_KEY: masterKey,
      CARD_GATEWAY_URL: gateway.url,
      CARD_GATEWAY_KEY: Redacted.value(gateway.key),
      FULFILMENT: "orchestrated",
      LOG_LEVEL: "Error",
      BREAKER_FAILURES: "1000",
      ...env
    }),
    (node): Node => ({ ...node, name })
  )
}

const decodeProjections = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ projections: Schema.Array(Schema.Struct({ rows: Schema.String })) }))
)
const decodeOrder = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ orderId: Schema.String })))

/** Asks a node as an operator. */
const ask = Effect.fnUntraced(function* (
  node: string,
  method: HttpMethod.HttpMethod,
  path: string,
  body?: object,
  key: string = uuid()
) {
  const bare = HttpClientRequest.make(method)(`${node}${path}`).pipe(
    HttpClientRequest.setHeaders({ "x-role": "operator", "idempotency-key": key })
  )
  const response = yield* HttpClient.execute(
    body === undefined ? bare : HttpClientRequest.bodyText(bare, JSON.stringify(body), "application/json")
  )
  const text = yield* response.text
  return { status: response.status, text }
}, Effect.provide(FetchHttpClient.layer))

/** Waits until the rows of all projections can be read. */
export const ready = ({ url }: Node) =>
  Effect.repeat(
    Effect.flatMap(ask(url, "GET", "/projections"), ({ text }) => decodeProjections(text)),
    {
      schedule: Schedule.spaced("100 millis"),
      until: ({ projections }) => projections.every(({ rows }) => rows === "current")
    }
  )

/** What the load has led to. */
export interface Load {
  /** The ids of the orders whose placing was answered. */
  readonly orders: ReadonlyArray<string>
  readonly reservations: number
  /** How often a node did not answer in time, and the next one was asked. */
  readonly retries: number
  /** The longest a command took with all that, in milliseconds. */
  readonly slowest: number
}

const uuid = () => SecureRandom.uuidV7Unsafe()

/** What is ordered, and paid for: two pieces each time. */
export const price = 1250

const shippingAddress = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }

/** Asks nodes in turn, for so long each; the answer is never one of a node that is in trouble. */
const asking = Effect.fnUntraced(function* (nodes: ReadonlyArray<Node>, load: Ref.Ref<Load>) {
  const turn = yield* Ref.make(0)
  const silent = new Map<string, number>()
  return Effect.fnUntraced(function* (path: string, body: object) {
    const begun = yield* Clock.currentTimeMillis
    const key = uuid()
    const once = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const answering = nodes.filter(({ name }) => (silent.get(name) ?? 0) <= now)
      const node = answering[(yield* Ref.getAndUpdate(turn, (n) => n + 1)) % answering.length] ?? nodes[0]
      const answer = ask(node?.url ?? "", "POST", path, body, key)
      const exit = yield* Effect.exit(Effect.timeout(Effect.sandbox(answer), "2 seconds"))
      if (Exit.isSuccess(exit) && exit.value.status < 500) return exit.value
      yield* Ref.update(load, (all) => ({ ...all, retries: all.retries + 1 }))
      silent.set(node?.name ?? "", now + 4000)
      return yield* Effect.fail("again" as const)
    })
    const answer = yield* Effect.retry(
      once,
      Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "60 seconds" }))
    )
    const took = (yield* Clock.currentTimeMillis) - begun
    yield* Ref.update(load, (all) => ({ ...all, slowest: Math.max(all.slowest, took) }))
    if (answer.status >= 400) return yield* Effect.die(new Error(`${path}: ${answer.text}`))
    return answer.text
  })
})

/** Makes products of which there is enough, and orders and reserves until it is interrupted, so many customers at once. */
export const load = Effect.fnUntraced(function* (
  nodes: ReadonlyArray<Node>,
  options: { readonly customers: number; readonly every: number }
) {
  const state = yield* Ref.make<Load>({ orders: [], reservations: 0, retries: 0, slowest: 0 })
  const send = yield* asking(nodes, state)
  const products = yield* Effect.forEach(Array.from({ length: 2 * options.customers }), () =>
    Effect.gen(function* () {
      const productId = `product_${uuid()}`
      yield* send(`/inventory/${productId}/receipts`, { quantity: 1_000_000 })
      return productId
    })
  )
  const order = Effect.fnUntraced(function* (productId: string) {
    const customerId = `customer_${uuid()}`
    const item = {
      productId,
      productName: "Enamel mug",
      quantity: 2,
      unitPrice: { amount: price, currency: "EUR" },
      priceReason: "agreed by telephone"
    }
    const drafted = yield* send("/orders", { customerId, currency: "EUR", items: [item] })
    const { orderId } = yield* decodeOrder(drafted)
    yield* send(`/orders/${orderId}/place`, { shippingAddress, paymentToken: "tok_visa" })
    yield* Ref.update(state, (all) => ({ ...all, orders: [...all.orders, orderId] }))
  })
  const reserve = Effect.fnUntraced(function* (productId: string, seconds: number) {
    const lines = [{ productId, quantity: 1 }]
    yield* send("/reservations", { orderId: `order_${uuid()}`, lines, holdForSeconds: seconds })
    yield* Ref.update(state, (all) => ({ ...all, reservations: all.reservations + 1 }))
  })
  const stopping = yield* Ref.make(false)
  const customer = Effect.fnUntraced(function* (number: number) {
    for (let round = 0; !(yield* Ref.get(stopping)); round += 1) {
      const product = products[(number + round) % products.length] ?? ""
      yield* order(product)
      yield* reserve(product, 1 + (round % 3))
      yield* Effect.sleep(options.every)
    }
  })
  const running = yield* Effect.forkScoped(
    Effect.forEach(Array.from({ length: options.customers }), (_, number) => customer(number), {
      concurrency: "unbounded",
      discard: true
    })
  )
  return { running, state, stop: Ref.set(stopping, true) }
})
