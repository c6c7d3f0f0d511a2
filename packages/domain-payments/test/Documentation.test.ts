import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { DeclineCode, PaymentCommands, PaymentErrors, PaymentEvents } from "@eventfold/domain-payments"
import { Result, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/payments.md", import.meta.url), "utf8")

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
  Object.keys(fields).filter((field) => !["_tag", "paymentId", "occurredAt"].includes(field))

const states = Struct.keys(Scenario.payments)
const names = Struct.keys(Scenario.commands)

describe("docs/payments.md", () => {
  it("draws the transitions of the code, all of them", () => {
    const drawn = [...page.matchAll(/^ {2}(\S+) --> (\S+): (.+)$/gmu)].map(([, from, to, by]) => `${from} ${to} ${by}`)
    const steps = {
      ...Scenario.commands,
      approved: [Scenario.authorised, Scenario.captured, Scenario.voided, Scenario.refunded(0)],
      declined: [Scenario.declined, Scenario.captureDeclined, Scenario.voidDeclined]
    }
    const real = states.flatMap((state) => {
      const before = Scenario.payments[state]
      const { status } = before.state
      return Struct.keys(steps).flatMap((name) =>
        [steps[name]].flat().flatMap((step) => {
          const outcome = before.when(step)
          if (Result.isFailure(outcome) || outcome.success.events.length === 0) return []
          const by = name === "approved" || name === "declined" ? name : step._tag
          return [`${status === "none" ? "[*]" : status} ${outcome.success.state.status} ${by}`]
        })
      )
    })
    assert.deepStrictEqual(drawn.toSorted(), [...new Set(real)].toSorted())
  })

  it("tells what each command leads to in each state", () => {
    const real = states.map((state) => [
      state,
      ...names.map((name) => {
        const outcome = Scenario.told(Scenario.payments[state].when(Scenario.commands[name]))
        return outcome === "nothing" ? "_nothing_" : outcome
      })
    ])
    const [head, ...table] = rows("Commands").filter((cells) => cells.length === names.length + 1)
    assert.deepStrictEqual(head, ["", ...names.map((name) => Scenario.commands[name]._tag)])
    assert.deepStrictEqual(table, real)
  })

  it("names the fields of all commands", () => {
    const described = rows("Commands")
      .filter((cells) => cells.length === 3)
      .slice(1)
    assert.deepStrictEqual(
      described.map(([name, , fields]) => [name, ...fieldsIn(fields)]),
      PaymentCommands.PaymentCommand.members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields)])
    )
  })

  it("names the fields and the versions of all events", () => {
    assert.deepStrictEqual(
      rows("Events")
        .slice(1)
        .map(([name, version, fields]) => [name, version, ...fieldsIn(fields)]),
      PaymentEvents.PaymentEvent.members.map((event) => [
        event.fields._tag.schema.literal,
        String(DomainEvent.versionOf(event)),
        ...ownFields(event.fields)
      ])
    )
  })

  it("names every refusal with its fields, and every code", () => {
    const all = rows("Refusals")
    const codes = all.findIndex(([first]) => first === "code")
    assert.deepStrictEqual(
      all.slice(1, codes).map(([name, when]) => [name, ...fieldsIn(when)]),
      PaymentErrors.PaymentRefusal.members.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields)])
    )
    assert.deepStrictEqual(
      all.slice(codes + 1),
      DeclineCode.DeclineCode.literals.map((code) => [code, DeclineCode.reasonOf(code)])
    )
  })
})
