import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../src/commands/index.ts"
import { name } from "./People.ts"
import { accountId, store } from "./StoredOrders.ts"
import { eventfold, server, serving } from "./Stores.ts"

/** The words after `npm run eventfold --` of every such command in a text, as a shell parts them. */
const commandsIn = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(text.matchAll(/^npm run eventfold -- (.+)$/gmu), ([, words = ""]) => wordsOf(words))

const wordsOf = (line: string) =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/gu), ([, quoted, bare]) => quoted ?? bare ?? "")

const documented = Effect.promise(async () => {
  const guides = ["audit", "change-an-event", "forget-a-person"]
  const texts = guides.map((name) => readFile(join(import.meta.dirname, `../../../docs/guides/${name}.md`), "utf8"))
  return (await Promise.all(texts)).flatMap(commandsIn)
})

describe("a command of the guides", () => {
  it.live("does what the guide says, as it stands there", () =>
    Effect.gen(function* () {
      const env = yield* server
      const ran: Array<string> = []
      // Nobody who is forgotten gets a new key: forgetting comes last.
      for (const words of (yield* documented).toSorted(
        (a, b) => Number(a[0] === "forget") - Number(b[0] === "forget")
      )) {
        if (ran.length === 0) yield* serving(env, Effect.andThen(store, name(accountId)))
        const printed = yield* eventfold(env, ...words)
        assert.isAbove(printed.length, 0)
        ran.push(words[0] ?? "")
      }
      const own = ["audit", "repair", "forget", "rotate-key", "rotate-master-key"]
      assert.sameMembers(Array.from(new Set(ran)), own)
    })
  )

  it.live("has a help with an example", () =>
    Effect.gen(function* () {
      for (const { name: own } of commands) {
        const help = (yield* eventfold({}, own, "--help")).join("\n")
        assert.match(help, new RegExp(`EXAMPLES[^]*eventfold ${own} `, "u"))
      }
    })
  )
})
