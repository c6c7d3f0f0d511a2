import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import {
  AccountCommands,
  AccountErrors,
  AccountEvents,
  AccountUpcasts,
  TransferCommands,
  TransferErrors
} from "@eventfold/domain-accounts"
import { Result, Struct } from "effect"
import * as Scenario from "./Scenario.ts"
import * as Transfers from "./Transfers.ts"

const page = readFileSync(new URL("../../../docs/accounts.md", import.meta.url), "utf8")

/** The rows of the tables under a heading, cell by cell, without the lines that head and rule them. */
const rows = (heading: string) => {
  const [section = ""] =
    page
      .split(`## ${heading}\n`)
      .at(1)
      ?.split(/\n#{2,3} /u) ?? []
  return section
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    )
}
const fieldsIn = (cell = "") => [...cell.matchAll(/`(\w+)`/gu)].map(([, field]) => field)
const ownFields = (fields: object) =>
  Object.keys(fields).filter((field) => !["_tag", "accountId", "occurredAt"].includes(field))

describe("docs/accounts.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+): (\S+)$/gmu)].map(([, from, to, by]) => `${from} ${to} ${by}`)
    const real = Struct.keys(Scenario.accounts).flatMap((state) =>
      Struct.keys(Scenario.commands).flatMap((name) => {
        const before = Scenario.accounts[state].state.status
        const outcome = Scenario.accounts[state].when(Scenario.commands[name])
        if (Result.isFailure(outcome) || outcome.success.events.length === 0) return []
        return [`${before === "none" ? "[*]" : before} ${outcome.success.state.status} ${Scenario.commands[name]._tag}`]
      })
    )
    assert.deepStrictEqual(drawn.toSorted(), [...new Set(real)].toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const states = Struct.keys(Scenario.accounts)
    const real = Struct.keys(Scenario.commands).map((name) => [
      Scenario.commands[name]._tag,
      ...states.map((state) => {
        const outcome = Scenario.told(Scenario.accounts[state].when(Scenario.commands[name]))
        return outcome === "nothing" ? "_nothing_" : outcome
      })
    ])
    const [head, ...table] = rows("Commands").filter((cells) => cells.length === states.length + 1)
    assert.deepStrictEqual(head, ["", ...states])
    assert.deepStrictEqual(table, real)
  })

  it("names the fields of all commands", () => {
    const described = rows("Commands")
      .filter((cells) => cells.length === 3)
      .slice(1)
    assert.deepStrictEqual(
      described.map(([name, , fields]) => [name, ...fieldsIn(fields)]),
      AccountCommands.AccountCommand.members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields)])
    )
  })

  it("names the fields and the versions of all events", () => {
    assert.deepStrictEqual(
      rows("Events")
        .slice(1)
        .map(([name, version, fields]) => [name, version, ...fieldsIn(fields)]),
      AccountEvents.AccountEvent.members.map((event) => [
        event.fields._tag.schema.literal,
        String(DomainEvent.versionOf(event)),
        ...ownFields(event.fields)
      ])
    )
  })

  it("names the fields of the events of version 1", () => {
    const old = [AccountUpcasts.AccountOpenedV1, AccountUpcasts.MoneyDepositedV1, AccountUpcasts.MoneyWithdrawnV1]
    assert.deepStrictEqual(
      rows("Version 1")
        .slice(1)
        .map(([name, fields]) => [name, ...fieldsIn(fields)]),
      old.map((event) => [DomainEvent.nameOf(event), ...ownFields(event.fields)])
    )
  })

  it("names every refusal with its fields", () => {
    assert.deepStrictEqual(
      rows("Refusals")
        .slice(1)
        .map(([name, when]) => [name, ...fieldsIn(when)]),
      AccountErrors.AccountRefusal.members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields)])
    )
  })

  it("tells what each command on a transfer leads to, and what it takes", () => {
    const tables = rows("Commands on a transfer")
    const [head, ...leads] = tables.filter((cells) => cells.length === Transfers.names.length + 1)
    assert.deepStrictEqual(head, ["", ...Transfers.names])
    assert.deepStrictEqual(
      leads,
      Transfers.commands.map((command) => [
        command._tag,
        ...Transfers.names.map((state) => Transfers.told(state, command).replace(/^nothing$/u, "_nothing_"))
      ])
    )
    assert.deepStrictEqual(
      tables
        .filter((cells) => cells.length === 3)
        .slice(1)
        .map(([name, , fields]) => [name, ...fieldsIn(fields)]),
      TransferCommands.TransferCommand.members.map(({ fields }) => [
        fields._tag.schema.literal,
        ...ownFields(fields).filter((field) => field !== "transferId")
      ])
    )
  })

  it("names every refusal of a transfer with its fields", () => {
    assert.deepStrictEqual(
      rows("Refusals of a transfer")
        .slice(1)
        .map(([name, when]) => [name, ...fieldsIn(when)]),
      TransferErrors.OwnRefusal.members.map(({ fields }) => [
        fields._tag.schema.literal,
        ...Object.keys(fields).filter((field) => !["_tag", "transferId"].includes(field))
      ])
    )
  })
})
