import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { OrderCommands, OrderErrors, OrderEvents } from "@eventfold/domain-ordering"
import { Result, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/ordering.md", import.meta.url), "utf8")

/** The rows of the tables under a heading, cell by cell, without the lines that head and rule them. */
const rows = (heading: string) => {
  const [section = ""] = page.split(`## ${heading}\n`).at(1)?.split("\n## ") ?? []
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
const members = { Commands: OrderCommands.OrderCommand, Events: OrderEvents.OrderEvent }

describe("docs/ordering.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+): (\S+)$/gmu)].map(([, from, to, by]) => `${from} ${to} ${by}`)
    const real = Struct.keys(Scenario.orders).flatMap((state) =>
      Struct.keys(Scenario.commands).flatMap((name) => {
        const before = Scenario.orders[state].state.status
        const outcome = Scenario.orders[state].when(Scenario.commands[name])
        if (Result.isFailure(outcome) || outcome.success.events.length === 0) return []
        return [`${before === "none" ? "[*]" : before} ${outcome.success.state.status} ${Scenario.commands[name]._tag}`]
      })
    )
    assert.deepStrictEqual(drawn.toSorted(), [...new Set(real)].toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const real = Struct.keys(Scenario.commands).map((name) => [
      Scenario.commands[name]._tag,
      ...Struct.keys(Scenario.orders).map((state) => {
        const outcome = Scenario.told(Scenario.orders[state].when(Scenario.commands[name]))
        return outcome === "nothing" ? "_nothing_" : outcome
      })
    ])
    assert.deepStrictEqual(
      rows("Commands")
        .filter((cells) => cells.length === Struct.keys(Scenario.orders).length + 1)
        .slice(1),
      real
    )
  })

  for (const heading of Struct.keys(members)) {
    it(`names the fields of all ${heading.toLowerCase()}`, () => {
      const described = rows(heading)
        .filter((cells) => cells.length <= 3)
        .slice(1)
      const real = members[heading].members.map(({ fields }) => [
        fields._tag.schema.literal,
        ...Object.keys(fields).filter((field) => !["_tag", "orderId", "occurredAt"].includes(field))
      ])
      const fields = (cell: string) => [...cell.matchAll(/`(\w+)\??`/gu)].map(([, field]) => field)
      assert.deepStrictEqual(
        described.map((cells) => [cells[0], ...fields(cells.at(-1) ?? "")]),
        real
      )
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
