/** The read model of shipments. */
import { assert, describe, it } from "@effect/vitest"
import { Projection, Specification } from "@eventfold/decider"
import { type ShipmentEvents, ShipmentId, Shipments, type ShipmentState } from "@eventfold/domain-shipping"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { OrderId } from "@eventfold/shared-kernel"
import { Arbitrary } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { after, cancel, day, delay, deliver, dispatch, occurredAt, pack, request, shipmentId, withdraw } = Scenario

type History = ReadonlyArray<ShipmentEvents.ShipmentEvent>
const inStreams = (...histories: ReadonlyArray<History>) =>
  histories.flatMap((history) => ProjectionSpec.inStream("shipment", history[0]?.shipmentId ?? "", history))

const row = {
  shipmentId,
  orderId: Scenario.orderId,
  customerId: Scenario.customerId,
  status: "requested",
  waiting: true,
  lineCount: 1,
  pieces: 5,
  requestedAt: occurredAt,
  updatedAt: occurredAt,
  version: 1
} as const

const idsOf = (index: number) => {
  const orderId = OrderId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(index).padStart(12, "0")}`)
  return { orderId, shipmentId: ShipmentId.ofOrder(orderId) }
}
const Histories = Arbitrary.map(Arbitrary.array(Walk, { maxLength: 4 }), (walks) =>
  walks
    .map((commands, index) =>
      (walk(commands).at(-1)?.after.events ?? []).map((event) => ({ ...event, ...idsOf(index) }))
    )
    .filter((history) => history.length > 0)
)

describe("the shipments", () => {
  it("tell how each stands and goes, and of nothing twice", () => {
    const { events } = after(request, pack, dispatch, { ...delay, occurredAt: day(3) })
    const late = {
      ...row,
      status: "delayed",
      waiting: false,
      packages: 2,
      carrier: "PostNL",
      trackingNumber: "3SABCD1234567",
      estimatedDelivery: day(6),
      updatedAt: day(3),
      version: 4
    } as const
    ProjectionSpec.given(Shipments.Shipments).when(inStreams(events)).thenRows([late])
    ProjectionSpec.given(Shipments.Shipments, [late]).when(inStreams(events)).thenNothing()
    ProjectionSpec.given(Shipments.Shipments)
      .when(inStreams(after(request, cancel).events))
      .thenRows([{ ...row, status: "cancelled", waiting: false, version: 2 }])
    assert.isUndefined(Projection.inlineProblem(Shipments.Shipments))
  })

  it("say nothing of one that was called off before anybody asked for it", () => {
    ProjectionSpec.given(Shipments.Shipments)
      .when(inStreams(after(withdraw).events))
      .thenNothing()
  })

  it("are asked for by order, by status, and for what the warehouse has to do", () => {
    const rows = (["requested", "packed", "dispatched", "delayed", "delivered", "cancelled"] as const).map(
      (status, index) => ({ ...row, ...idsOf(index), status, waiting: index < 2 })
    )
    const found = (where: Specification.Specification<Shipments.ShipmentRow>) =>
      rows.filter(Specification.matches(where)).map(({ status }) => status)
    assert.deepStrictEqual(found(Shipments.ofOrder(idsOf(2).orderId)), ["dispatched"])
    assert.deepStrictEqual(found(Shipments.inStatus("delayed")), ["delayed"])
    assert.deepStrictEqual(found(Shipments.waiting), ["requested", "packed"])
  })

  it.prop(
    "are the state of each shipment, for any commands to any shipments",
    { histories: Histories },
    ({ histories }) => {
      const wanted = histories.flatMap((history) => {
        const { state } = Scenario.given(...history)
        return history[0]?._tag === "ShipmentRequested" && state.status !== "none" ? [rowOf(history, state)] : []
      })
      ProjectionSpec.given(Shipments.Shipments)
        .when(inStreams(...histories))
        .thenRows(wanted)
    },
    { arbitrary: { runs: 40 * effort, size: 20 } }
  )

  it("keep nothing of a person", () => {
    const { events } = after(request, pack, dispatch, deliver)
    const text = JSON.stringify(
      Projection.foldBatch(Shipments.Shipments)(
        new Map(),
        events.map((event, index) => ({
          event,
          recorded: {
            stream: { tenant: "main", category: "shipment", id: shipmentId },
            version: index + 1,
            position: index + 1,
            recordedAt: occurredAt
          }
        }))
      ).changes
    )
    assert.include(text, "PostNL")
    assert.notInclude(text, "Jansen")
    assert.notInclude(text, "Utrecht")
  })
})

/** The row of a history, from the state it folds to. */
const rowOf = (history: History, state: ShipmentState.KnownShipment): Shipments.ShipmentRow => {
  const packed = history.find((event) => event._tag === "ShipmentPacked")
  return {
    ...row,
    shipmentId: state.shipmentId,
    orderId: state.orderId,
    status: state.status,
    waiting: state.status === "requested" || state.status === "packed",
    ...(packed === undefined ? {} : { packages: packed.packages }),
    ...("carrier" in state ? { carrier: state.carrier, trackingNumber: state.trackingNumber } : {}),
    ...("carrier" in state && state.estimatedDelivery !== undefined
      ? { estimatedDelivery: state.estimatedDelivery }
      : {}),
    version: history.length
  }
}
