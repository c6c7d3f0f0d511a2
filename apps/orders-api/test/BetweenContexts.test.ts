/** What one context asks of another: the same answers in one program and over HTTP, of what was stored just before. */
import { assert, describe, layer } from "@effect/vitest"
import { type Message, Personal } from "@eventfold/decider"
import { ProductCommands } from "@eventfold/domain-catalog"
import { CustomerCommands } from "@eventfold/domain-customers"
import { ContactBook } from "@eventfold/domain-notifications"
import { CustomerDirectory, OrderCommands, PriceList } from "@eventfold/domain-ordering"
import { OrdersToShip, ShipmentCommands, ShipmentId } from "@eventfold/domain-shipping"
import { CommandBus, ContextQueries, ContextUnavailable, forgetPerson } from "@eventfold/event-store"
import { CustomerId, EmailAddress, OrderId, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Layer, References } from "effect"
import { layer as services } from "./HostedServices.ts"
import { read } from "./Reading.ts"
import { orderThrough, shippingAddress, uuid } from "./Samples.ts"
import { shipmentThrough } from "./ShipmentSamples.ts"
import { request as ask } from "./TestService.ts"
import { asking, elsewhere, ways } from "./TwoPrograms.ts"

const tenant = "acme"
const occurredAt = DateTime.makeUnsafe("2026-11-22T09:00:00Z")

const send = <P extends { readonly _tag: string }, A, F>(
  command: Message.Command<string, P, A, F>,
  payload: NoInfer<P>,
  id = uuid()
) => Effect.flatMap(CommandBus, (bus) => bus.dispatch(command, { id, tenant, payload }))

const newIds = () => ({
  orderId: OrderId.fromUuid(uuid()),
  customerId: CustomerId.fromUuid(uuid()),
  productId: ProductId.fromUuid(uuid())
})

/** A placed order of three mugs of the catalogue, at 12.50 each. */
const placed = Effect.gen(function* () {
  const { customerId, orderId, productId } = newIds()
  const price = { amount: 1250, currency: "EUR" } as const
  yield* send(ProductCommands.listProduct, { _tag: "ListProduct", productId, name: "mug", price, occurredAt })
  const items = [OrderCommands.AskedItem.make({ productId, quantity: Quantity.Quantity.make(3) })]
  const draft = { orderId, customerId, currency: "EUR", items, occurredAt } as const
  const { total } = yield* send(OrderCommands.draftOrder, OrderCommands.DraftOrder.make(draft))
  assert.strictEqual(total.amount, 3750)
  yield* send(OrderCommands.placeOrder, { _tag: "PlaceOrder", orderId, shippingAddress, occurredAt })
  return { orderId, customerId, productId }
})
const approve = (orderId: OrderId) =>
  send(OrderCommands.approveOrder, { _tag: "ApproveOrder", orderId, approvedBy: "M. de Vries", occurredAt })
const request = (orderId: OrderId, id = uuid()) => {
  const shipmentId = ShipmentId.ShipmentId.fromUuid(uuid())
  return send(ShipmentCommands.requestShipment, { _tag: "RequestShipment", shipmentId, orderId, occurredAt }, id)
}

/** A customer called Ada. */
const registered = Effect.gen(function* () {
  const { customerId } = newIds()
  const profile = { name: PersonName.PersonName.make("Ada Jansen"), phone: "+31 30 999 88 77" }
  const email = EmailAddress.EmailAddress.make(`ada.${uuid()}@example.org`)
  const command = CustomerCommands.RegisterCustomer.make({ customerId, profile, email, occurredAt })
  const { claimId } = yield* send(CustomerCommands.registerCustomer, command)
  yield* send(CustomerCommands.adoptEmail, { _tag: "AdoptEmail", customerId, claimId, occurredAt })
  return { customerId, email }
})

const toShip = (orderId: OrderId) => Effect.flatMap(OrdersToShip.OrdersToShip, (port) => port.find(tenant, orderId))
const forget = (subject: string) => forgetPerson({ tenant, subject }, { actor: "ada", reason: "requested" })

for (const [where, queries] of Object.entries(ways)) {
  describe(`a context ${where}`, () => {
    layer(asking(queries), { excludeTestServices: true })((it) => {
      it.effect("tells shipping how an order stands at that moment, and where it goes", () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* toShip(newIds().orderId), { standing: "unknown" })
          const { customerId, orderId, productId } = yield* placed
          assert.deepStrictEqual(yield* toShip(orderId), { standing: "not-approved" })
          yield* approve(orderId)
          const order = yield* toShip(orderId)
          if (order.standing !== "approved") return assert.fail(order.standing)
          assert.deepStrictEqual(order.lines, [{ productId, productName: "mug", quantity: Quantity.Quantity.make(3) }])
          assert.strictEqual(order.destination.subject, customerId)
          assert.deepStrictEqual(
            Personal.getOrElse(order.destination, () => undefined),
            shippingAddress
          )
          yield* request(orderId)
          const cancel = { _tag: "CancelOrder", orderId, cancelledBy: "customer", reason: "twice", occurredAt } as const
          yield* send(OrderCommands.cancelOrder, cancel)
          assert.deepStrictEqual(yield* toShip(orderId), { standing: "cancelled" })
        })
      )

      it.effect("tells shipping nothing of a person who was forgotten", () =>
        Effect.gen(function* () {
          const { customerId, orderId } = yield* placed
          yield* approve(orderId)
          yield* forget(customerId)
          const order = yield* toShip(orderId)
          if (order.standing !== "approved") return assert.fail(order.standing)
          assert.isTrue(Personal.isRedacted(order.destination))
          assert.deepInclude(yield* Effect.flip(request(orderId)), { reason: "address-forgotten" })
        })
      )

      it.effect("tells ordering prices, and why there is none", () =>
        Effect.gen(function* () {
          const prices = yield* PriceList.PriceList
          const { productId } = yield* placed
          const mugs = OrderCommands.AskedItem.make({ productId, quantity: Quantity.Quantity.make(2) })
          const [item] = yield* prices.items(tenant, [mugs], "customer")
          assert.deepInclude(item, { productName: "mug", unitPrice: { amount: 1250, currency: "EUR" } })
          assert.deepStrictEqual(item?.madeBy, [{ rule: "catalogue" }])
          const cheaper = { ...mugs, unitPrice: { amount: 1, currency: "EUR" } } as const
          const refused = yield* Effect.flip(prices.items(tenant, [cheaper], "customer"))
          assert.deepInclude(refused, { _tag: "PriceNotTheirs", productId })
          const other = newIds().productId
          const unknown = yield* Effect.flip(prices.items(tenant, [{ ...mugs, productId: other }], "customer"))
          assert.deepInclude(unknown, { _tag: "ProductNotInCatalogue", productId: other })
        })
      )

      it.effect("tells sales and notifications who a customer is, as long as they are not forgotten", () =>
        Effect.gen(function* () {
          const [sales, contacts] = [yield* CustomerDirectory.CustomerDirectory, yield* ContactBook.ContactBook]
          const nobody = newIds().customerId
          assert.deepStrictEqual(yield* sales.find(tenant, nobody), { _tag: "Unknown" })
          assert.deepStrictEqual(yield* contacts.find(tenant, nobody), { _tag: "Unknown" })
          const { customerId, email } = yield* registered
          assert.deepStrictEqual(yield* sales.find(tenant, customerId), {
            _tag: "Known",
            description: { name: PersonName.PersonName.make("Ada Jansen") }
          })
          assert.deepInclude(yield* contacts.find(tenant, customerId), { _tag: "Known", email })
          yield* forget(customerId)
          assert.deepStrictEqual(yield* sales.find(tenant, customerId), { _tag: "Forgotten" })
          assert.deepStrictEqual(yield* contacts.find(tenant, customerId), { _tag: "Forgotten" })
        })
      )
    })
  })
}

describe("a context nobody can reach", () => {
  layer(asking(elsewhere("http://127.0.0.1:1")), { excludeTestServices: true })((it) => {
    it.effect("is told as such by every port, and worth another try", () =>
      Effect.gen(function* () {
        const { customerId, orderId, productId } = newIds()
        const mugs = OrderCommands.AskedItem.make({ productId, quantity: Quantity.Quantity.make(2) })
        const errors = [
          yield* Effect.flip(toShip(orderId)),
          yield* Effect.flip(Effect.flatMap(PriceList.PriceList, (port) => port.items(tenant, [mugs], "customer"))),
          yield* Effect.flip(
            Effect.flatMap(CustomerDirectory.CustomerDirectory, (port) => port.find(tenant, customerId))
          ),
          yield* Effect.flip(Effect.flatMap(ContactBook.ContactBook, (port) => port.find(tenant, customerId)))
        ]
        assert.deepStrictEqual(
          errors.map((error) => [error._tag, "retryable" in error && error.retryable]),
          [
            ["OrdersToShipUnavailable", true],
            ["PriceListUnavailable", true],
            ["CustomerDirectoryUnavailable", true],
            ["ContactBookUnavailable", true]
          ]
        )
      }).pipe(Effect.provideService(References.MinimumLogLevel, "None"))
    )
  })

  let isAway = true
  const failing = Layer.effect(
    ContextQueries,
    Effect.map(ContextQueries, (contexts) => ({
      ask: (query, payload) => {
        const detail = "there is no connection to it, or it broke"
        const away = new ContextUnavailable({ context: "ordering", problem: "unreachable", retryable: true, detail })
        return isAway && query.name.startsWith("ordering.") ? Effect.fail(away) : contexts.ask(query, payload)
      }
    }))
  ).pipe(Layer.provide(ways["in the same program"]))

  layer(asking(failing), { excludeTestServices: true })((it) => {
    it.effect("refuses nothing: a request for a shipment fails, and is handled when it comes again", () =>
      Effect.gen(function* () {
        const { orderId } = yield* placed
        yield* approve(orderId)
        const shipmentId = ShipmentId.ShipmentId.fromUuid(uuid())
        const [id, payload] = [uuid(), { _tag: "RequestShipment", shipmentId, orderId, occurredAt } as const]
        const error = yield* Effect.flip(send(ShipmentCommands.requestShipment, payload, id))
        assert.deepInclude(error, { _tag: "OutsideFailure", system: "ordering", retryable: true })
        isAway = false
        const answer = yield* send(ShipmentCommands.requestShipment, payload, id)
        assert.strictEqual(answer.status, "requested")
        isAway = true
        assert.deepStrictEqual(yield* send(ShipmentCommands.requestShipment, payload, id), answer)
      })
    )
  })
})

describe("processes that host a part each", () => {
  const everythingElse = ["ordering", "catalog", "customers", "accounts", "inventory", "payments"] as const
  layer(services([everythingElse, ["shipping"]]), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect(
      "ask each other: a shipment that is requested just after its order was approved knows where it goes",
      () =>
        Effect.gen(function* () {
          const { path } = yield* shipmentThrough("pack")
          const shipment = yield* read(path)
          assert.deepInclude(shipment.value, { status: "packed", destination: shippingAddress })
          const drafted = yield* orderThrough()
          const refused = yield* ask("POST", "/shipments", { body: { orderId: drafted.slice("/orders/".length) } })
          assert.strictEqual(refused.status, 409, refused.text)
        })
    )
  })
})
