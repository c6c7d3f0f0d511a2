/** What `npm run example` answers, its mistakes included. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Exit } from "effect"
import { Command } from "effect/cli"
import { command } from "../src/Cli.ts"
import { examples } from "../src/Example.ts"
import { printedBy } from "./PrintedLines.ts"

const run = (...words: ReadonlyArray<string>) =>
  printedBy(Command.runWith(command, { version: "test" })(words)).pipe(
    Effect.provide([NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromUnknown({}))])
  )

describe("npm run example", () => {
  it.live("lists what there is, one line each", () =>
    Effect.gen(function* () {
      const { exit, lines } = yield* run()
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(
        lines,
        Array.from(examples, ([id, { title }]) => `${id.padEnd(4)} ${title}`)
      )
    })
  )

  for (const words of [["e61"], ["E61", "memory"], ["E61", "--database", "embedded"]]) {
    it.live(`runs ${words.join(" ")}`, () =>
      Effect.gen(function* () {
        const { exit, lines } = yield* run(...words)
        assert.isTrue(Exit.isSuccess(exit), String(exit))
        assert.strictEqual(lines.at(-1), "  as of version 2: Ada had 100.00")
      })
    )
  }

  const mistakes = [
    { words: ["E999"], answer: "there is no example E999; known are D2, D3, D4, E61" },
    { words: ["E61", "nowhere"], answer: '"memory" | "embedded" | "server"' },
    { words: ["E61", "--database", "nowhere"], answer: '"memory" | "embedded" | "server"' },
    { words: ["E61", "server"], answer: "DATABASE_URL" }
  ]
  for (const { answer, words } of mistakes) {
    it.live(`says what is wrong with ${words.join(" ")}`, () =>
      Effect.gen(function* () {
        const { exit, lines } = yield* run(...words)
        assert.isTrue(Exit.isFailure(exit))
        assert.include(lines.join("\n"), answer)
      })
    )
  }
})
