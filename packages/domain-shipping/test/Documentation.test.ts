import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Destinations, ShipmentCommands, ShipmentErrors, ShipmentEvents } from "@eventfold/domain-shipping"
import { Result, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/shipping.md", import.meta.url), "utf8")

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
const fieldsIn = (cell = "") => [...cell.matchAll(/`(\w+)\??`/gu)].map(([, field]) => field)
const ownFields = (fields: object) =>
  Object.keys(fields).filter((field) => !["_tag", "shipmentId", "orderId", "occurredAt"].includes(field))

describe("docs/shipping.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+): (\S+)$/gmu)].map(([, from, to, by]) => `${from} ${to} ${by}`)
    const real = Struct.keys(Scenario.shipments).flatMap((state) =>
      Struct.keys(Scenario.commands).flatMap((name) => {
        // A delay that is told again records nothing; another one does.
        const command = name === "delay" ? { ...Scenario.delay, reason: "Flood" } : Scenario.commands[name]
        const outcome = Scenario.shipments[state].when(command)
        if (Result.isFailure(outcome) || outcome.success.events.length === 0) return []
        return [`${state === "none" ? "[*]" : state} ${outcome.success.state.status} ${command._tag}`]
      })
    )
    assert.deepStrictEqual(drawn.toSorted(), real.toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const states = Struct.keys(Scenario.shipments)
    const real = Struct.keys(Scenario.commands).map((name) => [
      Scenario.commands[name]._tag,
      ...states.map((state) => {
        const outcome = Scenario.told(Scenario.shipments[state].when(Scenario.commands[name]))
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
    const [, ...others] = ShipmentCommands.ShipmentCommand.members
    assert.deepStrictEqual(
      described.map(([name, , fields]) => [name, ...fieldsIn(fields)]),
      [ShipmentCommands.RequestShipment, ...others].map(({ fields }) => [
        fields._tag.schema.literal,
        ...("orderId" in fields ? ["orderId"] : []),
        ...ownFields(fields)
      ])
    )
  })

  it("names the fields and the versions of all events", () => {
    assert.deepStrictEqual(
      rows("Events")
        .slice(1)
        .map(([name, version, fields]) => [name, version, ...fieldsIn(fields)]),
      ShipmentEvents.ShipmentEvent.members.map((event) => [
        event.fields._tag.schema.literal,
        String(DomainEvent.versionOf(event)),
        ...ownFields(event.fields)
      ])
    )
  })

  it("names every refusal with its fields, every reason and every country without a carrier", () => {
    assert.deepStrictEqual(
      rows("Refusals")
        .filter((cells) => cells.length === 2)
        .slice(1)
        .map(([name, when]) => [name, ...fieldsIn(when)]),
      ShipmentErrors.ShipmentRefusal.members.map(({ fields }) => [
        fields._tag.schema.literal,
        ...Object.keys(fields).filter((field) => !["_tag", "shipmentId", "status"].includes(field))
      ])
    )
    for (const reason of ShipmentErrors.Impossible.literals) assert.include(page, `\`${reason}\``)
    for (const country of Destinations.notServed) assert.include(page.toLowerCase().replaceAll(/\s+/gu, " "), country)
  })
})
