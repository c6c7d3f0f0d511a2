/** Every example tells its story, word for word, on a database, and twice on the same one. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { examples } from "../src/Example.ts"
import { databases } from "./Databases.ts"
import { printedBy } from "./PrintedLines.ts"
import { stories } from "./StoryTexts.ts"

/** Tests of the stories on the database that `--database` calls so. */
export const areToldOn = (wanted: "memory" | "embedded" | "server") => {
  for (const [name, database] of databases.filter(([name]) => name === wanted)) {
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
}
