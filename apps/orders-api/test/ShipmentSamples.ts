/** Shipments to try things with. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { orderThrough } from "./Samples.ts"
import { request } from "./TestService.ts"

/** Bodies of the commands that lead from a request to a delivery, and away from it. */
export const shipmentBodies = {
  pack: { packedBy: "J. de Wit", packages: 2 },
  dispatch: { carrier: "PostNL", trackingNumber: "3SABCD1234567", estimatedDelivery: "2024-05-20" },
  delay: { reason: "Snow", estimatedDelivery: "2024-05-22" },
  deliver: { signedBy: "Zebedee Incomparable" },
  cancel: { reason: "Ordered twice" }
}

/** What can be told of a shipment. */
export type Step = keyof typeof shipmentBodies

/** Tells something of the shipment at a path. */
export const tell = (path: string, step: Step, body: object = {}) =>
  request("POST", `${path}/${step}`, { body: { ...shipmentBodies[step], ...body } })

/** Asks for an approved order to be shipped and takes the shipment through these steps. */
export const shipmentThrough = Effect.fnUntraced(function* (...steps: ReadonlyArray<Step>) {
  const orderId = (yield* orderThrough("place", "approve")).slice("/orders/".length)
  let last = yield* request("POST", "/shipments", { body: { orderId } })
  assert.strictEqual(last.status, 201, last.text)
  const path = `/shipments/${last.body.text("shipmentId")}`
  for (const step of steps) last = yield* tell(path, step)
  return { path, orderId, last }
})
