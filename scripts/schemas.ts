/**
 * `npm run schemas [-- --check]`: brings the JSON Schemas of the published messages, the list of these, `docs/published.json`, and
 * `docs/asyncapi.json` up to date, or says which of them are not.
 *
 * A change that those who read a published message would not bear is refused, and nothing is written: another version of it
 * is published beside it. To delete its schema does not help: the list knows it.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import * as Documents from "../test/messages/Documents.ts"

const write = Effect.fnUntraced(function* ({ document, path }: Documents.Document) {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  yield* fs.makeDirectory(`${Documents.root}/${Documents.schemasPath}`, { recursive: true })
  yield* fs.writeFileString(`${Documents.root}/${path}`, `${JSON.stringify(document, undefined, 2)}\n`)
  yield* spawner.exitCode(ChildProcess.make("node_modules/.bin/oxfmt", [path], { cwd: Documents.root }))
  yield* Console.log(`wrote ${path}`)
})

const program = Effect.gen(function* () {
  const refused = yield* Documents.refused
  if (refused.length > 0) return yield* Effect.fail(refused.join("\n"))
  const outdated = yield* Documents.outdated
  if (!process.argv.includes("--check")) return yield* Effect.forEach(outdated, write, { discard: true })
  if (outdated.length > 0) {
    return yield* Effect.fail(`${outdated.map(({ path }) => path).join(", ")}: not up to date, run "npm run schemas"`)
  }
})

program.pipe(
  Effect.catch((problem) =>
    Effect.andThen(
      Console.error(String(problem)),
      Effect.sync(() => (process.exitCode = 1))
    )
  ),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
