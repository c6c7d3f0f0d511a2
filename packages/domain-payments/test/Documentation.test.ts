import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import { DeclineCode, PaymentCommands, PaymentErrors, PaymentEvents } from "@eventfold/domain-payments"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/payments.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables

const { authorised, captureDeclined, captured, declined, refunded, voidDeclined, voided } = Scenario
const [payments, commands] = [Object.values(Scenario.payments), Object.values(Scenario.commands)]
/** What the gateway can answer. */
const answers = {
  approved: [authorised, captured, voided, refunded(0)],
  declined: [declined, captureDeclined, voidDeclined]
}

describe("docs/payments.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const [asked, approved, refused] = [
      DeciderScenario.transitions(payments, commands),
      DeciderScenario.transitions(payments, answers.approved, () => "approved"),
      DeciderScenario.transitions(payments, answers.declined, () => "declined")
    ]
    assert.deepStrictEqual(DocumentedTables.transitions(page), [...asked, ...approved, ...refused].toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const states = Object.keys(Scenario.payments)
    const [[, ...head] = [], ...table] = rows("Commands").filter((cells) => cells.length === commands.length + 1)
    assert.deepStrictEqual(
      table.map(([state]) => state),
      states
    )
    assert.deepStrictEqual(
      head.map((command, column): DocumentedTables.Row => [command, ...table.map((cells) => cells[column + 1] ?? "")]),
      DeciderScenario.table(payments, commands)
    )
  })

  it("names the fields of all commands", () => {
    const [, ...described] = rows("Commands").filter((cells) => cells.length === 3)
    assert.deepStrictEqual(fieldsIn(described, 2), fieldsOf(PaymentCommands.PaymentCommand.members, "paymentId"))
  })

  it("names the fields and the versions of all events", () => {
    const [, ...described] = rows("Events")
    assert.deepStrictEqual(fieldsIn(described, 2, 2), versionsOf(PaymentEvents.PaymentEvent.members, "paymentId"))
  })

  it("names every refusal with its fields, and every code", () => {
    const all = rows("Refusals")
    const codes = all.findIndex(([first]) => first === "code")
    assert.deepStrictEqual(
      fieldsIn(all.slice(1, codes), 1),
      fieldsOf(PaymentErrors.PaymentRefusal.members, "paymentId")
    )
    assert.deepStrictEqual(
      all.slice(codes + 1),
      DeclineCode.DeclineCode.literals.map((code) => [code, DeclineCode.reasonOf(code)])
    )
  })
})
