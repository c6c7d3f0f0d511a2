/**
 * `npm run contexts`: brings the glossaries of the contexts and `docs/context-map.md` up to date.
 *
 * `test/contexts.test.ts` refuses those that are not.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import * as Repository from "../test/contexts/Repository.ts"

/** Writes a file in the form the formatter gives it; tells when it is another one than before. */
const write = Effect.fnUntraced(function* (path: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const full = `${Repository.root}/${path}`
  const before = (yield* fs.exists(full)) ? yield* fs.readFileString(full) : ""
  yield* fs.writeFileString(full, text)
  yield* spawner.exitCode(ChildProcess.make("node_modules/.bin/oxfmt", [path], { cwd: Repository.root }))
  if (before !== (yield* fs.readFileString(full))) yield* Console.log(`wrote ${path}`)
  return before !== (yield* fs.readFileString(full))
})

const again = Effect.flatMap(ChildProcessSpawner.ChildProcessSpawner, (spawner) =>
  spawner.exitCode(
    ChildProcess.make(process.execPath, [`${Repository.root}/scripts/contexts.ts`], {
      stdout: "inherit",
      stderr: "inherit"
    })
  )
)

const program = Effect.gen(function* () {
  let changed = false
  for (const { glossary, path } of yield* Repository.glossaries) {
    changed = (yield* write(path, Repository.glossarySource(glossary))) || changed
  }
  // The document would tell what the glossaries said when they were loaded: another process loads the new ones.
  if (changed) yield* again
  else yield* write(Repository.documentPath, Repository.document)
})

program.pipe(Effect.provide(Repository.Rooms.layer.pipe(Layer.provideMerge(NodeServices.layer))), NodeRuntime.runMain)
