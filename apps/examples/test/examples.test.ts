/**
 * Every example tells its story, word for word, on every database, and twice on the same one.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { EventStore, QueryBus } from "@eventfold/event-store"
import { Effect, Exit, Schema } from "effect"
import { examples } from "../src/Example.ts"
import { databases } from "./Databases.ts"
import { printedBy } from "./PrintedLines.ts"

const stories: Record<string, string> = {
  E61: `
An account is opened and used
  version 3, balance 70.00
A refusal is a typed value, and records nothing
  InsufficientFunds: balance 70.00, requested 500.00
  still version 3
Two withdrawals of 50.00 at the same moment: the later one is decided again, on the new balance
  1 withdrawn, 1 refused: InsufficientFunds
Two clerks read version 4; each appends two deposits to just that version
  the first: stored, version 6
  the second: VersionConflict, expected version 4, actual 6
  the first repeats its append, with the same event ids: still version 6
The stream holds all of the first append and nothing of the second
  1  2026-03-01  AccountOpened {"owner":"Ada"}
  2  2026-03-02  MoneyDeposited {"cents":10000}
  3  2026-03-03  MoneyWithdrawn {"cents":3000}
  4  2026-03-04  MoneyWithdrawn {"cents":5000}
  5  2026-03-05  MoneyDeposited {"cents":100}
  6  2026-03-05  MoneyDeposited {"cents":200}
The account, rebuilt from its stream
  as of now: Ada has 23.00
  as of version 2: Ada had 100.00
`,
  E66: `
Linus is too early: a typed refusal
  Linus: UnknownWorkshop
A workshop with two seats is announced
  0 taken, 2 free
Ada's command is delivered twice with one id: handled once, answered the same
  Ada: 1 taken, 1 free
  Ada: 1 taken, 1 free
A refusal is remembered like an answer; a new id is a new command
  Linus: UnknownWorkshop
  Linus: 2 taken, 0 free
  Grace: WorkshopFull
A query tells who comes
  Ada and Linus; 0 free
After a restart the first results still stand
  Ada: 1 taken, 1 free
  Linus: UnknownWorkshop
  Ada and Linus; 0 free
Ada's command id with other content is a mix-up
  Barbara: CommandIdReused
A command nobody handles
  workshops.Dance is unknown; known are workshops.AnnounceWorkshop, workshops.ReserveSeat
A malformed command, and a malformed query: every wrong field is named
  workshops.ReserveSeat, workshop: Missing key
  workshops.ReserveSeat, occurredAt: Expected a valid UTC DateTime string
  workshops.ReserveSeat, guest: Expected a value with a length of at least 1
  workshops.WhoComes, workshop: Missing key
`
}

describe("the stories", () => {
  it("are told here for every example", () => {
    assert.deepStrictEqual(Object.keys(stories), [...examples.keys()])
  })
})

for (const [name, database] of databases) {
  layer(database, { excludeTestServices: true })(`on ${name}`, (it) => {
    for (const [id, { program, title }] of examples) {
      it.effect(`${id} ${title}`, () =>
        Effect.gen(function* () {
          for (const run of ["first", "second"]) {
            const { exit, lines } = yield* printedBy(program)
            assert.isTrue(Exit.isSuccess(exit), `${run} run: ${String(exit)}`)
            assert.strictEqual(lines.join("\n"), stories[id]?.trim(), `${run} run`)
          }
        })
      )
    }
  })
}

describe("E66: a query cannot write", () => {
  const Ask = Message.query({
    context: "test",
    payload: Schema.TaggedStruct("Ask", {}),
    answer: Schema.Boolean
  })

  it("takes a handler that only reads", () => {
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.succeed(true)).name, "test.Ask")
  })

  it("does not compile with a handler that asks for the event store", () => {
    // @ts-expect-error -- the type checker is what refuses it
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.as(EventStore, true)).name, "test.Ask")
  })
})
