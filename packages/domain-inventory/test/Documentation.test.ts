import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import {
  ReservationCommands,
  ReservationErrors,
  ReservationEvents,
  StockCommands,
  StockErrors,
  StockEvents
} from "@eventfold/domain-inventory"
import { Result, type Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/inventory.md", import.meta.url), "utf8")
const { reservationCommands, reservationsBy, stockCommands, stocks, told } = Scenario

/** The rows of the tables under a heading, cell by cell, without the lines that head and rule them. */
const rows = (heading: string) => {
  const [section = ""] =
    page
      .split(`\n${heading}\n`)
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
const ownFields = (fields: object, ...common: ReadonlyArray<string>) =>
  Object.keys(fields).filter((field) => !["_tag", "occurredAt", ...common].includes(field))
const inWords = (outcome: string) => (outcome === "nothing" ? "_nothing_" : outcome)

interface Tagged {
  readonly fields: Schema.Struct.Fields & { readonly _tag: { readonly schema: { readonly literal: string } } }
}

describe("docs/inventory.md", () => {
  it("draws the transitions of a reservation, all of them", () => {
    const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+): (\S+)$/gmu)].map(([, from, to, by]) => `${from} ${to} ${by}`)
    const real = Struct.keys(reservationsBy).flatMap((name) =>
      Object.values(reservationCommands).flatMap((command) => {
        const before = reservationsBy[name].state.status
        const outcome = reservationsBy[name].when(command)
        if (Result.isFailure(outcome) || outcome.success.events.length === 0) return []
        return [`${before === "none" ? "[*]" : before} ${outcome.success.state.status} ${command._tag}`]
      })
    )
    assert.deepStrictEqual(drawn.toSorted(), [...new Set(real)].toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const [stockHead, ...stockTable] = rows("## Stock").filter((cells) => cells.length === 5)
    assert.deepStrictEqual(stockHead, ["", ...Struct.keys(stocks)])
    assert.deepStrictEqual(
      stockTable,
      Object.values(stockCommands).map((command) => [
        command._tag,
        ...Object.values(stocks).map(({ when }) => inWords(told(when(command))))
      ])
    )
    const [head, ...table] = rows("## Reservations").filter((cells) => cells.length === 8)
    assert.deepStrictEqual(head, ["", ...Struct.keys(reservationsBy)])
    assert.deepStrictEqual(
      table,
      Object.values(reservationCommands).map((command) => [
        command._tag,
        ...Object.values(reservationsBy).map(({ when }) => inWords(told(when(command))))
      ])
    )
  })

  it("names the fields of all commands", () => {
    const described = (heading: string) =>
      rows(heading)
        .filter((cells) => cells.length === 3)
        .slice(1)
        .map(([name, , fields]) => [name, ...fieldsIn(fields)])
    const real = (members: ReadonlyArray<Tagged>, id: string) =>
      members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields, id)])
    assert.deepStrictEqual(described("## Stock"), real(StockCommands.StockCommand.members, "productId"))
    assert.deepStrictEqual(
      described("## Reservations"),
      real(ReservationCommands.ReservationCommand.members, "reservationId")
    )
  })

  it("names the fields and the versions of all events, and what follows from those of a reservation", () => {
    const real = (members: ReadonlyArray<Tagged & Schema.Top>, id: string) =>
      members.map((event) => [
        event.fields._tag.schema.literal,
        String(DomainEvent.versionOf(event)),
        ...ownFields(event.fields, id)
      ])
    const described = rows("## Events")
      .filter(([name]) => name !== "event")
      .map(([name, version, fields]) => [name, version, ...fieldsIn(fields)])
    assert.deepStrictEqual(described, [
      ...real(StockEvents.StockEvent.members, "productId"),
      ...real(ReservationEvents.ReservationEvent.members, "reservationId")
    ])
  })

  it("names every refusal with its fields", () => {
    const real = (members: ReadonlyArray<Tagged>, id: string) =>
      members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields, id)])
    assert.deepStrictEqual(
      rows("## Refusals")
        .filter(([name]) => name !== "refusal")
        .map(([name, when]) => [name, ...fieldsIn(when)]),
      [
        ...real(
          [...StockErrors.StockRefusal.members, StockErrors.NotEnoughAvailable, StockErrors.NotEnoughReserved],
          "productId"
        ),
        ...real(ReservationErrors.ReservationRefusal.members, "reservationId")
      ]
    )
  })
})
