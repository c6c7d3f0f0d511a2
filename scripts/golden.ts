/**
 * `npm run golden`: adds the golden files of events that have none, and renews what may be renewed.
 *
 * A golden file keeps what one version of one event has written. Samples are never changed: only the shape, when it has
 * got more optional fields, and what a sample is read as, when there is a newer version. Whatever else differs is a
 * mistake, which this reports as `npm test` does, and leaves alone.
 */
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import * as GoldenCheck from "../test/events/GoldenCheck.ts"
import * as GoldenFile from "../test/events/GoldenFile.ts"
import { storedContexts } from "../test/events/StoredContexts.ts"

const root = `${import.meta.dirname}/../test/golden`

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const problems: Array<string> = []
  for (const context of storedContexts) {
    const folder = `${root}/${context.name}`
    const golden = yield* GoldenFile.readFolder(folder)
    const found = yield* GoldenCheck.check(context, golden)
    problems.push(...found.problems)
    const write = Effect.fnUntraced(function* (name: string, text: string) {
      yield* fs.makeDirectory(folder, { recursive: true })
      yield* fs.writeFileString(`${folder}/${name}`, text)
      yield* Console.log(`wrote test/golden/${context.name}/${name}`)
    })
    for (const [name, file] of found.writes) yield* write(name, GoldenFile.print(file))
    // With something wrong nothing new is on record: the list is what tells a lost file from a new one.
    if (found.problems.length === 0 && GoldenFile.printNames(golden.names) !== GoldenFile.printNames(found.names)) {
      yield* write(GoldenFile.namesFile, GoldenFile.printNames(found.names))
    }
  }
  if (problems.length > 0) return yield* Effect.fail(problems.join("\n"))
})

program.pipe(
  Effect.catch((problem) =>
    Effect.andThen(
      Console.error(String(problem)),
      Effect.sync(() => (process.exitCode = 1))
    )
  ),
  Effect.provide(NodeFileSystem.layer),
  NodeRuntime.runMain
)
