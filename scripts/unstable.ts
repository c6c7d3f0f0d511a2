/**
 * `npm run unstable`: writes, for every package that may use them, which unstable exports of Effect's packages it uses.
 *
 * Each list stands in the package's `unstable.json`; `test/architecture.test.ts` refuses one that is out of date.
 */
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer, Option } from "effect"
import { Stability } from "../test/architecture/Stability.ts"
import * as UnstableExports from "../test/architecture/UnstableExports.ts"
import { read } from "../test/architecture/Workspace.ts"

const root = `${import.meta.dirname}/..`

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (const owner of UnstableExports.listed(yield* read(root))) {
    const text = UnstableExports.print(yield* UnstableExports.used(owner))
    if (text === UnstableExports.print(Option.getOrElse(owner.unstable, () => ({}))) && Option.isSome(owner.unstable))
      continue
    yield* fs.writeFileString(`${root}/${owner.folder}/unstable.json`, text)
    yield* Console.log(`wrote ${owner.folder}/unstable.json`)
  }
})

program.pipe(
  Effect.provide(Stability.layer(`${root}/node_modules`).pipe(Layer.provideMerge(NodeFileSystem.layer))),
  NodeRuntime.runMain
)
