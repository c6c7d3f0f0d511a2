import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { CountCommands, CountedOrder, CountEvents } from "@eventfold/domain-analytics"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import { commands, events } from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/analytics.md", import.meta.url), "utf8")
const { fieldsIn, fieldsOf, rows, versionsOf } = DocumentedTables
const { given } = DeciderScenario.of(CountedOrder.CountedOrder)
const situations = {
  unknown: given(),
  placed: given(events.order),
  shipped: given(events.order, events.shipment),
  cancelled: given(events.order, events.cancellation)
}

describe("docs/analytics.md", () => {
  it("tells what each command leads to in each situation", () => {
    assert.deepStrictEqual(
      rows(page, "What counts").filter((cells) => cells.length === 5),
      [["", ...Object.keys(situations)], ...DeciderScenario.table(Object.values(situations), Object.values(commands))]
    )
  })

  it("names the fields of all commands, and of all events with their versions", () => {
    const [, ...asked] = rows(page, "Commands")
    assert.deepStrictEqual(fieldsIn(asked, -1), fieldsOf(CountCommands.CountCommand.members, "orderId"))
    const [, ...told] = rows(page, "Events")
    assert.deepStrictEqual(fieldsIn(told, 2, 2), versionsOf(CountEvents.CountEvent.members, "orderId"))
  })
})
