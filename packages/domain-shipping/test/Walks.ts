/** Random walks: sequences of commands to one shipment, and what becomes of it on the way. */
import { Personal } from "@eventfold/decider"
import type { ShipmentCommands } from "@eventfold/domain-shipping"
import { PersonName } from "@eventfold/shared-kernel"
import { Arbitrary, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

export { walk } from "./Scenario.ts"

const { approved, cancel, day, delay, deliver, dispatch, otherOrderId, pack, request, requestOf, withdraw } = Scenario

const far = { ...Scenario.address, country: "Antarctica" }
const command = [
  ...Array.from({ length: 3 }, () => request),
  requestOf({ standing: "cancelled" }),
  requestOf({ ...approved, destination: Personal.redacted(Scenario.customerId) }),
  requestOf({ ...approved, destination: Personal.of(Scenario.customerId, far) }),
  { ...request, orderId: otherOrderId },
  ...Array.from({ length: 6 }, () => pack),
  { ...pack, packages: 3 },
  ...Array.from({ length: 6 }, () => dispatch),
  { ...dispatch, trackingNumber: "1Z" },
  ...Array.from({ length: 2 }, () => delay),
  { ...delay, reason: "Flood", estimatedDelivery: day(8) },
  ...Array.from({ length: 4 }, () => deliver),
  { ...deliver, signedBy: PersonName.PersonName.make("Grace Hopper") },
  cancel,
  withdraw
] satisfies ReadonlyArray<ShipmentCommands.ShipmentCommand>

const Index = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: command.length - 1 })))

/** Commands in any order; mostly on a shipment that was asked for first. */
export const Walk = Arbitrary.map(
  Arbitrary.all([
    Arbitrary.schema(Schema.Literals([true, true, true, false])),
    Arbitrary.array(Index, { maxLength: 20 })
  ]),
  ([begun, rest]): ReadonlyArray<ShipmentCommands.ShipmentCommand> => [
    ...(begun ? [request] : []),
    ...rest.flatMap((index) => command[index] ?? [])
  ]
)
