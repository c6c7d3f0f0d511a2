import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  Debtors,
  Invoices,
  SaleCommands,
  SaleErrors,
  SaleEvents,
  Sales,
  SaleState,
  SaleStatus
} from "@eventfold/domain-billing"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/billing.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables
const sales = Object.values(Scenario.sales)

describe("docs/billing.md", () => {
  it("names every status", () => {
    const [, ...described] = rows("Standing")
    assert.deepStrictEqual(
      described.map(([status = ""]) => status.replaceAll("`", "")),
      Array.from(SaleStatus.SaleStatus.literals)
    )
    assert.deepStrictEqual(
      sales.map(({ state }) => SaleState.statusOf(state)),
      [
        "noted",
        "noted",
        "pending-payment",
        "paid",
        "awaiting-invoicing",
        "invoiced",
        "invoiced",
        "invoiced",
        "cancelled"
      ]
    )
  })

  it("tells what each command leads to in each situation", () => {
    assert.deepStrictEqual(
      rows("Commands").filter((cells) => cells.length === sales.length + 1),
      [["", ...Object.keys(Scenario.sales)], ...DeciderScenario.table(sales, Object.values(Scenario.commands))]
    )
  })

  it("names the fields of all commands, events and refusals", () => {
    const [, ...commands] = rows("Commands").filter((cells) => cells.length === 3)
    const named = fieldsIn(commands, 2).map((cells) =>
      cells.filter((cell) => !["customerId", "lines", "total"].includes(cell))
    )
    assert.deepStrictEqual(named, fieldsOf(SaleCommands.SaleCommand.members, "orderId"))
    const [, ...events] = rows("Events")
    assert.deepStrictEqual(fieldsIn(events, 2, 2), versionsOf(SaleEvents.SaleEvent.members, "orderId"))
    const [, ...refusals] = rows("Refusals")
    assert.deepStrictEqual(fieldsIn(refusals, 1), fieldsOf(SaleErrors.SaleRefusal.members, "orderId"))
  })

  it("names every read model", () => {
    const [, ...described] = rows("Read models")
    assert.deepStrictEqual(
      described.map(([name = ""]) => name.replaceAll("`", "")),
      [Sales.readModel.name, Invoices.readModel.name, Debtors.readModel.name]
    )
  })
})
