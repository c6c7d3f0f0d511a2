/**
 * Every example tells its story, word for word, on every database, and twice on the same one.
 */
import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it, layer } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { EventStore, QueryBus } from "@eventfold/event-store"
import { Effect, Exit, Schema } from "effect"
import { examples } from "../src/Example.ts"
import { databases } from "./Databases.ts"
import { printedBy } from "./PrintedLines.ts"

/** What each example tells, from `stories`: run one and put its output there. */
const folder = new URL("stories/", import.meta.url)
const stories: Record<string, string> = Object.fromEntries(
  readdirSync(folder).map((file) => [file.replace(/\.txt$/u, ""), readFileSync(new URL(file, folder), "utf8").trim()])
)

describe("the stories", () => {
  it("are told here for every example", () => {
    assert.deepStrictEqual(Object.keys(stories).toSorted(), [...examples.keys()].toSorted())
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
            assert.strictEqual(lines.join("\n"), stories[id], `${run} run`)
          }
        })
      )
    }
  })
}

describe("E72 and S2", () => {
  it("end the same, with a coordinator and without", () => {
    const endOf = (id: string) => stories[id]?.slice(stories[id].indexOf("How they end"))
    assert.include(endOf("S2"), "delivered")
    assert.strictEqual(endOf("E72"), endOf("S2"))
  })
})

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
