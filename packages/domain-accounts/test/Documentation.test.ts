import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  AccountCommands,
  AccountErrors,
  AccountEvents,
  AccountUpcasts,
  TransferCommands,
  TransferErrors
} from "@eventfold/domain-accounts"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"
import * as Transfers from "./Transfers.ts"

const page = readFileSync(new URL("../../../docs/accounts.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables

const [accounts, commands] = [Object.values(Scenario.accounts), Object.values(Scenario.commands)]

describe("docs/accounts.md", () => {
  it("draws the transitions of the code, all of them", () => {
    assert.deepStrictEqual(DocumentedTables.transitions(page), DeciderScenario.transitions(accounts, commands))
  })

  it("tells what each command leads to in each state", () => {
    assert.deepStrictEqual(
      rows("Commands").filter((cells) => cells.length === accounts.length + 1),
      [["", ...Object.keys(Scenario.accounts)], ...DeciderScenario.table(accounts, commands)]
    )
  })

  it("names the fields of all commands", () => {
    const [, ...described] = rows("Commands").filter((cells) => cells.length === 3)
    assert.deepStrictEqual(fieldsIn(described, 2), fieldsOf(AccountCommands.AccountCommand.members, "accountId"))
  })

  it("names the fields and the versions of all events", () => {
    const [, ...described] = rows("Events")
    assert.deepStrictEqual(fieldsIn(described, 2, 2), versionsOf(AccountEvents.AccountEvent.members, "accountId"))
  })

  it("names the fields of the events of version 1", () => {
    const [, ...described] = rows("Version 1")
    const old = [AccountUpcasts.AccountOpenedV1, AccountUpcasts.MoneyDepositedV1, AccountUpcasts.MoneyWithdrawnV1]
    assert.deepStrictEqual(fieldsIn(described, 1), fieldsOf(old, "accountId"))
  })

  it("names every refusal with its fields", () => {
    const [, ...described] = rows("Refusals")
    assert.deepStrictEqual(fieldsIn(described, 1), fieldsOf(AccountErrors.AccountRefusal.members, "accountId"))
  })

  it("tells what each command on a transfer leads to, and what it takes", () => {
    const transfers = Object.values(Transfers.transfers)
    const tables = rows("Commands on a transfer")
    assert.deepStrictEqual(
      tables.filter((cells) => cells.length === transfers.length + 1),
      [
        ["", ...Object.keys(Transfers.transfers)],
        ...DeciderScenario.table(transfers, Object.values(Transfers.commands))
      ]
    )
    const [, ...described] = tables.filter((cells) => cells.length === 3)
    assert.deepStrictEqual(fieldsIn(described, 2), fieldsOf(TransferCommands.TransferCommand.members, "transferId"))
  })

  it("names every refusal of a transfer with its fields", () => {
    const [, ...described] = rows("Refusals of a transfer")
    assert.deepStrictEqual(fieldsIn(described, 1), fieldsOf(TransferErrors.OwnRefusal.members, "transferId"))
  })
})
