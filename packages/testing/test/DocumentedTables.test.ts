/** What a page says in tables and diagrams, and what schemas say. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Schema } from "effect"
import { DocumentedTables } from "../src/index.ts"

const page = `# Lamps

## States

  [*] --> on: Switch
  on --> off: Switch

## Commands on a lamp

| command | fields |
| ------- | ------ |
| Other   | none   |

## Commands

| command | when off | fields            |
| ------- | -------- | ----------------- |
| Switch  | _nothing_ | \`lampId\`, \`dim?\` |

### Old ones

| command |
| ------- |
`

describe("a page", () => {
  it("has the rows of a heading, and none of the next one", () => {
    assert.deepStrictEqual(DocumentedTables.rows(page, "Commands"), [
      ["command", "when off", "fields"],
      ["Switch", "nothing", "`lampId`, `dim?`"]
    ])
    assert.deepStrictEqual(DocumentedTables.rows(page, "Old ones"), [["command"]])
    assert.throws(() => DocumentedTables.rows(page, "Old"), 'the page has no heading "Old"')
  })

  it("names fields in the cells of a column", () => {
    const rows = [
      ["Switch", "2", "`lampId`, and `dim?` at night"],
      ["Smash", "1", ""]
    ]
    assert.deepStrictEqual(DocumentedTables.fieldsIn(rows, 2), [["Switch", "lampId", "dim"], ["Smash"]])
    assert.deepStrictEqual(DocumentedTables.fieldsIn(rows, -1, 2), [
      ["Switch", "2", "lampId", "dim"],
      ["Smash", "1"]
    ])
    assert.deepStrictEqual(DocumentedTables.fieldsIn(rows, 7), [["Switch"], ["Smash"]])
  })

  it("draws transitions, from none where they begin", () => {
    assert.deepStrictEqual(DocumentedTables.transitions(page), ["none on Switch", "on off Switch"])
  })
})

describe("schemas", () => {
  const Switch = Schema.TaggedStruct("Switch", { lampId: Schema.String, dim: Schema.Int })
  const SwitchedV1 = DomainEvent.make("Switched", { lampId: Schema.String })
  const Switched = DomainEvent.nextVersion(SwitchedV1, { lampId: Schema.String, dim: Schema.Int }, (old) => ({
    ...old,
    dim: 0
  }))

  it("have names and their own fields, and events a version", () => {
    assert.deepStrictEqual(DocumentedTables.fieldsOf([Switch, Switched], "lampId"), [
      ["Switch", "dim"],
      ["Switched", "dim"]
    ])
    assert.deepStrictEqual(DocumentedTables.versionsOf([SwitchedV1, Switched]), [
      ["Switched", "1", "lampId"],
      ["Switched", "2", "lampId", "dim"]
    ])
  })
})
