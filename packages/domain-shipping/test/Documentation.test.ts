import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Destinations, ShipmentCommands, ShipmentErrors, ShipmentEvents } from "@eventfold/domain-shipping"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/shipping.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables

const [shipments, commands] = [Object.values(Scenario.shipments), Object.values(Scenario.commands)]

describe("docs/shipping.md", () => {
  it("draws the transitions of the code, all of them", () => {
    // A delay that is told again records nothing; another one does.
    const asked = [...commands, { ...Scenario.delay, reason: "Flood" }]
    assert.deepStrictEqual(DocumentedTables.transitions(page), DeciderScenario.transitions(shipments, asked))
  })

  it("tells what each command leads to in each state", () => {
    assert.deepStrictEqual(
      rows("Commands").filter((cells) => cells.length === shipments.length + 1),
      [["", ...Object.keys(Scenario.shipments)], ...DeciderScenario.table(shipments, commands)]
    )
  })

  it("names the fields of all commands", () => {
    const [, ...described] = rows("Commands").filter((cells) => cells.length === 3)
    const [, ...others] = ShipmentCommands.ShipmentCommand.members
    assert.deepStrictEqual(
      fieldsIn(described, 2),
      fieldsOf([ShipmentCommands.RequestShipment, ...others], "shipmentId")
    )
  })

  it("names the fields and the versions of all events", () => {
    const [, ...described] = rows("Events")
    assert.deepStrictEqual(
      fieldsIn(described, 2, 2),
      versionsOf(ShipmentEvents.ShipmentEvent.members, "shipmentId", "orderId")
    )
  })

  it("names every refusal with its fields, every reason and every country without a carrier", () => {
    const [, ...described] = rows("Refusals").filter((cells) => cells.length === 2)
    assert.deepStrictEqual(
      fieldsIn(described, 1),
      fieldsOf(ShipmentErrors.ShipmentRefusal.members, "shipmentId", "status")
    )
    for (const reason of ShipmentErrors.Impossible.literals) assert.include(page, `\`${reason}\``)
    for (const country of Destinations.notServed) assert.include(page.toLowerCase().replaceAll(/\s+/gu, " "), country)
  })
})
