/** Who is forgotten by one service is forgotten by another one, on a database of its own, that shares the ledger. */
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { Shipment, ShipmentId } from "@eventfold/domain-shipping"
import {
  Audit,
  CommandHandler,
  EventStoreFailure,
  forgetPerson,
  ForgottenLedger,
  KeyStore,
  layerMemory
} from "@eventfold/event-store"
import { CustomerId, OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { Context, DateTime, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as ForgottenElsewhere from "../src/projections/ForgottenElsewhere.ts"
import { streamOf } from "../src/ShipmentStreamId.ts"
import { shippingAddress, uuid } from "./Samples.ts"

const tenant = "main"
const shipments = CommandHandler.make(Shipment.Shipment)
const occurredAt = DateTime.makeUnsafe("2026-11-22T09:00:00Z")

/** A store of shipments, and the ledger it has: that of whoever is built with it, or one of its own. */
const store = ForgottenElsewhere.layer.pipe(Layer.provideMerge(Layer.merge(layerMemory, ForgottenLedger.layerMemory)))

/** A shipment to somebody, whose address has been read. */
const shipped = Effect.gen(function* () {
  const [customerId, orderId] = [CustomerId.fromUuid(uuid()), OrderId.fromUuid(uuid())]
  const shipmentId = ShipmentId.ofOrder(orderId)
  const line = { productId: ProductId.fromUuid(uuid()), productName: "mug", quantity: Quantity.Quantity.make(1) }
  const destination = Personal.of(customerId, shippingAddress)
  yield* shipments.handle(streamOf(tenant, shipmentId), {
    _tag: "RequestShipment",
    shipmentId,
    orderId,
    occurredAt,
    order: { standing: "approved", customerId, lines: [line], destination }
  })
  const isKnown = Effect.map(shipments.load(streamOf(tenant, shipmentId)), ({ state }) => {
    const found = "destination" in state ? state.destination : Personal.redacted("nobody")
    return !Personal.isRedacted(found)
  })
  assert.isTrue(yield* isKnown)
  return { customerId, isKnown }
})

const why = { actor: "ada", reason: "requested" }
const forgottenOf = (subject: string) =>
  Effect.flatMap(Audit, (audit) =>
    Effect.map(audit.page({ tenant, order: "oldest", types: ["PersonForgotten"], limit: 10 }), ({ entries }) =>
      entries.filter((entry) => entry._tag === "Action" && entry.subject === subject)
    )
  )

describe("a person who was forgotten by another service", () => {
  it.effect("is forgotten here half a minute later, states at hand included, and the audit tells once", () =>
    Effect.gen(function* () {
      const { customerId, isKnown } = yield* shipped
      const ledger = yield* ForgottenLedger
      yield* ledger.add({ tenant, subject: customerId, forgottenAt: occurredAt, ...why })
      yield* TestClock.adjust("29 seconds")
      assert.isTrue(yield* isKnown)
      yield* TestClock.adjust("1 second")
      assert.isFalse(yield* isKnown)
      yield* TestClock.adjust("5 minutes")
      assert.lengthOf(yield* forgottenOf(customerId), 1)
    }).pipe(Effect.provide(Layer.fresh(store)))
  )

  it.effect("stays forgotten here when this service has forgotten them itself, and nothing more is recorded", () =>
    Effect.gen(function* () {
      const { customerId, isKnown } = yield* shipped
      yield* forgetPerson({ tenant, subject: customerId }, why)
      yield* TestClock.adjust("5 minutes")
      assert.isFalse(yield* isKnown)
      assert.lengthOf(yield* forgottenOf(customerId), 1)
    }).pipe(Effect.provide(Layer.fresh(store)))
  )

  it.effect("is forgotten later when the ledger cannot be read for a while", () => {
    let isAway = true
    const failing = Layer.effectContext(
      Effect.map(KeyStore, (keys) =>
        Context.make(KeyStore, {
          ...keys,
          reconcile: Effect.suspend(() =>
            isAway
              ? Effect.fail(new EventStoreFailure({ operation: "ledger", retryable: true, cause: "away" }))
              : keys.reconcile
          )
        })
      )
    )
    const layer = ForgottenElsewhere.layer.pipe(
      Layer.provide(failing),
      Layer.provideMerge(Layer.merge(layerMemory, ForgottenLedger.layerMemory))
    )
    return Effect.gen(function* () {
      const { customerId, isKnown } = yield* shipped
      const ledger = yield* ForgottenLedger
      yield* ledger.add({ tenant, subject: customerId, forgottenAt: occurredAt, ...why })
      yield* TestClock.adjust("10 minutes")
      assert.isTrue(yield* isKnown)
      isAway = false
      yield* TestClock.adjust("30 seconds")
      assert.isFalse(yield* isKnown)
    }).pipe(Effect.provide(Layer.fresh(layer)))
  })
})
