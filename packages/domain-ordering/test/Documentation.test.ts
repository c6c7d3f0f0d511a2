import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { OrderCommands, OrderErrors, OrderEvents } from "@eventfold/domain-ordering"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import { Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/ordering.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf } = DocumentedTables

const [orders, commands] = [Object.values(Scenario.orders), Object.values(Scenario.commands)]
const members = { Commands: OrderCommands.OrderCommand.members, Events: OrderEvents.OrderEvent.members }

describe("docs/ordering.md", () => {
  it("draws the transitions of the code, all of them", () => {
    assert.deepStrictEqual(DocumentedTables.transitions(page), DeciderScenario.transitions(orders, commands))
  })

  it("tells what each command leads to in each state", () => {
    const [, ...table] = rows("Commands").filter((cells) => cells.length === orders.length + 1)
    assert.deepStrictEqual(table, DeciderScenario.table(orders, commands))
  })

  for (const heading of Struct.keys(members)) {
    it(`names the fields of all ${heading.toLowerCase()}`, () => {
      const [, ...described] = rows(heading).filter((cells) => cells.length <= 3)
      assert.deepStrictEqual(fieldsIn(described, -1), fieldsOf(members[heading], "orderId"))
    })
  }

  it("names every refusal, and tells apart those that name the status", () => {
    const real = OrderErrors.OrderRefusal.members.map(
      ({ fields }) => `${fields._tag.schema.literal}${"status" in fields ? " names the status" : ""}`
    )
    const table = rows("Refusals")
      .slice(1)
      .map(([name = ""]) => name)
    const lower = table.indexOf("")
    const described = table.map((name, index) => (index < lower ? `${name} names the status` : name))
    assert.deepStrictEqual(described.filter((name) => name !== "").toSorted(), real.toSorted())
  })
})
