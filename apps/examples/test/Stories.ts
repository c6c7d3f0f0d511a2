/**
 * Every example tells its story, word for word, on a database, and twice on the same one. Those that make their own stores tell it
 * once: no database is given to them, and none is left behind.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { examples } from "../src/Example.ts"
import { databases } from "./Databases.ts"
import { printedBy } from "./PrintedLines.ts"
import { stories } from "./StoryTexts.ts"

/** Services with stores of their own. */
const withOwnStores: ReadonlySet<string> = new Set(["E81", "E82"])

/** Tests of the stories on the database that `--database` calls so. */
export const areToldOn = (wanted: "memory" | "embedded" | "server") => {
  for (const [name, database] of databases.filter(([name]) => name === wanted)) {
    layer(database, { excludeTestServices: true })(`on ${name}`, (it) => {
      for (const [id, { program, title }] of examples) {
        const isOnce = withOwnStores.has(id)
        if (isOnce && wanted !== "memory") continue
        it.effect(
          `${id} ${title}`,
          () =>
            Effect.gen(function* () {
              for (const run of isOnce ? ["only"] : ["first", "second"]) {
                const { exit, lines } = yield* printedBy(program)
                assert.isTrue(Exit.isSuccess(exit), `${run} run: ${String(exit)}`)
                assert.strictEqual(lines.join("\n"), stories[id], `${run} run`)
              }
            }),
          // A story in which services stop and come back waits for them: E82 takes half a minute on a busy machine.
          180_000
        )
      }
    })
  }
}
