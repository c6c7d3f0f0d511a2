import { NodeCrypto, NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { CardGatewayHttp } from "@eventfold/card-gateway"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { EventStore } from "@eventfold/event-store"
import { CustomerId, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Duration, Effect, Layer, Redacted, Ref, Stream } from "effect"
import { HttpClient, HttpClientError, HttpServer } from "effect/http"
import { TestConsole } from "effect/testing"
import * as Demo from "../demo/Demo.ts"
import * as DerivedIds from "../demo/DerivedIds.ts"
import * as Service from "../demo/Service.ts"
import * as GatewayAccess from "../src/gateway/GatewayAccess.ts"
import * as NodeServer from "../src/http/NodeServer.ts"
import * as Logging from "../src/Logging.ts"
import * as OrderService from "../src/Service.ts"
import { Settings } from "../src/Settings.ts"
import { fileOf, small } from "./DemoParts.ts"

const apiKey = Redacted.make("sk_demo_run")

/** A simulated card gateway, asked over HTTP. */
const gateway = Layer.unwrap(
  Effect.map(CardGatewaySimulator, ({ url }) =>
    Layer.merge(
      CardGatewayHttp.layer({ url, apiKey, timeLimit: Duration.seconds(10) }),
      Layer.succeed(GatewayAccess.GatewayAccess, {
        description: url,
        webhookSecret: undefined,
        introduce: () => Effect.void
      })
    )
  )
).pipe(Layer.provide(NodeHttpClient.layerUndici), Layer.provideMerge(Simulator.layer({ apiKey })))

const settings = { port: 0, logLevel: "None", fulfilment: "orchestrated", messaging: true } as const

/** The order service on a free port, with everything in memory. */
const service = OrderService.layer.pipe(
  Layer.provideMerge(gateway),
  Layer.provideMerge(NodeServer.layer),
  Layer.provideMerge(OrderService.portsMemory),
  Layer.provide(Logging.layer),
  Layer.provide(Layer.succeed(Settings, Settings.make(settings)))
)
const everything = Layer.mergeAll(service, NodeServices.layer, NodeCrypto.layerDigest, NodeHttpClient.layerUndici)
const live = { excludeTestServices: true } as const

const baseUrl = Effect.map(
  HttpServer.HttpServer,
  ({ address }) => new URL(`http://127.0.0.1:${"port" in address ? address.port : 0}`)
)

const client = Effect.flatMap(baseUrl, (baseUrl) => Service.make({ baseUrl, patience: "5 seconds" }))

/** Where the service and its card gateway are. */
const options = Effect.fnUntraced(function* (folder: string) {
  const service = yield* baseUrl
  const { url } = yield* CardGatewaySimulator
  const gateway = Effect.succeedSome({ url, apiKey, service: service.href })
  // As the program has it: on a busy machine what follows the orders comes to the last of them late.
  return { baseUrl: service, folder, gateway, endWithin: "3 minutes" } as const
})

/** Runs the demo over HTTP; answers the lines it prints. */
const demo = Effect.fnUntraced(
  function* (folder: string, limits: Partial<Demo.DemoOptions> = {}) {
    const usual = { firstContact: "5 seconds", patience: "30 seconds" } as const
    yield* Demo.run({ ...(yield* options(folder)), ...usual, ...limits })
    return (yield* TestConsole.logLines).map(String)
  },
  Effect.provide(TestConsole.layer, { local: true })
)

const northwind = fileOf("samples/northwind")

/** What happened to customers, products, orders, goods and money, and was invoiced and told. What coordinates them may still write down that all is done. */
const events = Effect.map(
  Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll())),
  (all) => all.filter(({ stream }) => !/^(?:saga|process-\w+|notice)$/u.test(stream.category))
)

/** What somebody else might send for the order of {@link small}. */
const draftOf = Effect.fnUntraced(function* (number: string, amount: number) {
  const item = {
    productId: ProductId.fromUuid(yield* DerivedIds.product("1")),
    productName: "Chai",
    quantity: Quantity.Quantity.make(1),
    unitPrice: { amount, currency: "USD" },
    priceReason: "As somebody else has it",
    discount: Percentage.zero
  } as const
  return {
    orderId: OrderId.fromUuid(yield* DerivedIds.order(number)),
    customerId: CustomerId.fromUuid(yield* DerivedIds.customer("SMALL")),
    currency: "USD",
    items: [item]
  } as const
})

layer(everything, live)("the demo, against the service over HTTP", (it) => {
  it.effect(
    "has Northwind's orders fulfilled but for those that cannot be, and agrees to the cent",
    () =>
      Effect.gen(function* () {
        const lines = yield* demo(yield* northwind)
        assert.deepStrictEqual(lines.slice(1, -1), [
          "  100 of 553 orders",
          "  200 of 553 orders",
          "  300 of 553 orders",
          "  400 of 553 orders",
          "  500 of 553 orders",
          "  553 of 553 orders",
          "",
          "Placed in  orders             total",
          "  1996        101    138,432.77 USD",
          "  1997        272    427,612.54 USD",
          "  1998        180    330,781.12 USD",
          "  all         553    896,826.43 USD",
          "",
          "Largest customers               orders             total",
          "  QUICK-Stop                        21     86,453.94 USD",
          "  Save-a-lot Markets                21     79,019.27 USD",
          "  Ernst Handel                      21     77,843.28 USD",
          "  Hungry Owl All-Night Grocers      15     41,716.93 USD",
          "  Rattlesnake Canyon Grocery        12     31,786.29 USD",
          "",
          "Now          orders             total",
          "  shipped       521    821,422.94 USD",
          "  cancelled      19     54,137.80 USD",
          "  approved       13     21,265.69 USD",
          "",
          "Of these, 553 are new.",
          "By the files 9 cannot be fulfilled for want of Raclette Courdavault.",
          "By the files 10 cannot be fulfilled because the card is declined.",
          "Stock of 77 products: 34,566 pieces received = 1,204 available + 910 reserved + 32,452 shipped.",
          "Payments: 842,688.63 USD captured - 0.00 USD refunded = 842,688.63 USD due; the card gateway says the same.",
          "Sales per day, product, region, segment and customer, and dashboards: 680 figures agree.",
          "Invoices: 521 of 821,422.94 USD, one for each order that was shipped, numbered without holes.",
          "Notifications: 534 confirmed, 544 stock reserved, 521 shipped, 25 delayed, 19 cancelled; each was sent once."
        ])
        assert.match(lines.at(-1) ?? "", /^The service agrees with the CSV files to the cent, order by order\./u)
        const ofOrders = (yield* events).filter(({ stream }) => stream.category === "order")
        // 553 drafted, 1,437 lines added, 553 placed, 534 approved, 521 shipped, 19 cancelled.
        assert.strictEqual(ofOrders.length, 3617)
      }),
    1_200_000
  )

  it.effect(
    "changes nothing the second time",
    () =>
      Effect.gen(function* () {
        const before = yield* events
        const lines = yield* demo(yield* northwind)
        assert.deepStrictEqual(yield* events, before)
        assert.include(lines, "Of these, 553 were there before, unchanged.")
        assert.match(lines.at(-1) ?? "", /agrees/u)
      }),
    1_200_000
  )

  it.effect("sends business dates, addresses, discounts and shipments as the data has them", () =>
    Effect.gen(function* () {
      const { orders } = yield* client
      const id = OrderId.fromUuid(yield* DerivedIds.order("10250"))
      const answer = yield* orders.get({ params: { id }, headers: {}, query: {} })
      const order = answer.body
      assert.isDefined(order)
      assert.deepStrictEqual(
        order?.timeline.flatMap(({ occurredAt, status }) =>
          // The service approves it by itself, now.
          status === "approved" ? [] : [[status, DateTime.formatIsoDateUtc(occurredAt)]]
        ),
        [
          ["draft", "1996-07-08"],
          ["placed", "1996-07-08"],
          ["shipped", "1996-07-12"]
        ]
      )
      assert.deepStrictEqual(order?.shippingAddress, {
        recipient: "Hanari Carnes",
        street: "Rua do Paço, 67",
        city: "Rio de Janeiro",
        region: "RJ",
        postalCode: "05454-876",
        country: "Brazil"
      })
      assert.deepStrictEqual(
        order?.lines.map(({ discount, productName, quantity, total }) => [
          productName,
          quantity,
          discount,
          total.amount
        ]),
        [
          ["Jack's New England Clam Chowder", 10, 0, 7_700],
          ["Manjimup Dried Apples", 35, 1500, 126_140],
          ["Louisiana Fiery Hot Pepper Sauce", 15, 1500, 21_420]
        ]
      )
      assert.strictEqual(order?.shipment?.carrier, "United Package")
      assert.strictEqual(order?.shipment?.trackingNumber, "NORTHWIND-10250")
    })
  )

  it.effect("stops when the service goes away for good, and says that nothing is lost", () =>
    Effect.gen(function* () {
      const sent = yield* Ref.make(0)
      const leaving = HttpClient.transform(yield* HttpClient.HttpClient, (response, request) =>
        Effect.flatMap(
          Ref.updateAndGet(sent, (count) => count + 1),
          (count) => {
            if (count <= 100) return response
            const reason = new HttpClientError.TransportError({ request, description: "gone" })
            return Effect.fail(new HttpClientError.HttpClientError({ reason }))
          }
        )
      )
      const run = Effect.gen(function* () {
        const folder = yield* northwind
        const limits = { firstContact: "1 second", patience: "300 millis" } as const
        const error = yield* Effect.flip(Demo.run({ ...(yield* options(folder)), ...limits }))
        return { error, lines: yield* TestConsole.logLines }
      })
      const { error, lines } = yield* run.pipe(
        Effect.provideService(HttpClient.HttpClient, leaving),
        Effect.provide(TestConsole.layer, { local: true })
      )
      assert.strictEqual(error._tag, "ServiceUnreachable")
      assert.include(error.message, "Is it running? Start it with: npm start")
      assert.strictEqual(lines.at(-1), "What was done is kept. Run the demo again, and it goes on from there.")
    })
  )

  it.effect("counts only the orders of the samples, and mentions the others", () =>
    Effect.gen(function* () {
      const lines = yield* demo(yield* small("1", "12.50"))
      assert.include(lines, "  all           1         12.50 USD")
      assert.include(lines, "  approved       1         12.50 USD")
      assert.include(lines, "Stock is not compared: other orders have a part in it, too.")
      assert.include(lines, "Other orders in the service, not counted here: 553.")
    })
  )

  it.effect("stops when the service has an order of that number with other content", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(demo(yield* small("1", "12.51")))
      assert.strictEqual(
        error.message,
        "The service does not draft order 1 of the samples: it took that order before, with other content"
      )
    })
  )

  it.effect("says what differs when the service does not have what the files say", () =>
    Effect.gen(function* () {
      const { orders } = yield* client
      const id = OrderId.fromUuid(yield* DerivedIds.order("2"))
      yield* orders.draft({ headers: { "x-role": "operator" }, payload: yield* draftOf("2", 1250) })
      const payload = { cancelledBy: "customer", reason: "changed my mind" } as const
      yield* orders.cancel({ params: { id }, headers: {}, payload })
      // What customers are to be told of it never comes, and is waited for no longer than that.
      const error = yield* Effect.flip(demo(yield* small("2", "12.50"), { endWithin: "20 seconds" }))
      assert.deepStrictEqual(error.message.split("\n"), [
        "The service does not agree with the CSV files:",
        "  1999: 0.00 USD in the service, 12.50 USD in the files",
        "  order 2, year: not placed in the service, 1999 in the files",
        "  order 2 is cancelled in the service: nothing is wrong with it in the files",
        "  order 2, paid: 0.00 USD in the service, 12.50 USD due by the files",
        "  order 2, paid: 0.00 USD in the card gateway, 12.50 USD due by the files",
        "  order 2: order-confirmed was not told",
        "  order 2: stock-reserved was not told"
      ])
    })
  )

  it.effect("stops when somebody else has taken the number of an order", () =>
    Effect.gen(function* () {
      const { orders } = yield* client
      yield* orders.draft({ headers: { "x-role": "operator" }, payload: yield* draftOf("3", 1) })
      const error = yield* Effect.flip(demo(yield* small("3", "12.50")))
      const id = OrderId.fromUuid(yield* DerivedIds.order("3"))
      const reason = `there is already an order ${id}, draft, with other items`
      assert.strictEqual(error.message, `The service does not draft order 3 of the samples: ${reason}`)
    })
  )
})
