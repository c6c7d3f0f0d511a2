import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  CustomerCommands,
  CustomerErrors,
  CustomerEvents,
  EmailClaimCommands,
  EmailClaimErrors,
  EmailClaimEvents
} from "@eventfold/domain-customers"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/customers.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables

const [customers, commands] = [Object.values(Scenario.customers), Object.values(Scenario.commands)]
const [addresses, claims] = [Object.values(Scenario.addresses), Object.values(Scenario.claims)]

describe("docs/customers.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const asked = [...commands, Scenario.adopt(Scenario.first), Scenario.forgo(Scenario.first)]
    assert.deepStrictEqual(
      DocumentedTables.transitions(page),
      [...DeciderScenario.transitions(customers, asked), ...DeciderScenario.transitions(addresses, claims)].toSorted()
    )
  })

  it("tells what each command leads to in each state", () => {
    assert.deepStrictEqual(
      rows("Commands").filter((cells) => cells.length === customers.length + 1),
      [["", ...Object.keys(Scenario.customers)], ...DeciderScenario.table(customers, commands)]
    )
    assert.deepStrictEqual(
      rows("Commands on an address").filter((cells) => cells.length === addresses.length + 1),
      [["", ...Object.keys(Scenario.addresses)], ...DeciderScenario.table(addresses, claims)]
    )
  })

  it("names the fields of all commands", () => {
    const [, ...described] = rows("Commands").filter((cells) => cells.length === 3)
    assert.deepStrictEqual(fieldsIn(described, 2), fieldsOf(CustomerCommands.CustomerCommand.members, "customerId"))
    const [, ...ofAddress] = rows("Commands on an address").filter((cells) => cells.length === 3)
    const common = ["emailHash", "claimId"]
    assert.deepStrictEqual(fieldsIn(ofAddress, 2), fieldsOf(EmailClaimCommands.EmailClaimCommand.members, ...common))
  })

  it("names the fields and the versions of all events", () => {
    const [, ...described] = rows("Events")
    assert.deepStrictEqual(fieldsIn(described, 2, 2), versionsOf(CustomerEvents.CustomerEvent.members, "customerId"))
    const [, ...ofAddress] = rows("Events of an address")
    const common = ["emailHash", "claimId"]
    assert.deepStrictEqual(fieldsIn(ofAddress, 2, 2), versionsOf(EmailClaimEvents.EmailClaimEvent.members, ...common))
  })

  it("names every refusal with its fields", () => {
    const [, ...described] = rows("Refusals")
    assert.deepStrictEqual(fieldsIn(described, 1), fieldsOf(CustomerErrors.CustomerRefusal.members, "customerId"))
    const [, ...ofAddress] = rows("Refusals of an address")
    assert.deepStrictEqual(fieldsIn(ofAddress, 1), fieldsOf(EmailClaimErrors.EmailClaimRefusal.members, "claimId"))
  })
})
