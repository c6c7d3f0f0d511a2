/**
 * `npm run histories`: writes the state of every golden history anew whose fold declares a higher version, and the golden
 * rows of every projection that has another fingerprint.
 *
 * A fold that has changed without that is refused, by this as by `test/histories.test.ts`: raise the version first.
 */
import { dirname } from "node:path"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { checkAll } from "../test/histories/Histories.ts"
import * as GoldenRows from "../test/histories/GoldenRows.ts"
import * as History from "../test/histories/History.ts"
import * as Projections from "../test/histories/Projections.ts"

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const found = yield* checkAll
  for (const { finding, path } of found) {
    if (finding._tag === "Outdated") {
      yield* fs.writeFileString(path, History.print(finding.renewed))
      yield* Console.log(`wrote ${path}`)
    }
  }
  const rows = yield* Projections.checkAll
  for (const { finding, path } of rows) {
    if (finding._tag === "Outdated") {
      yield* fs.makeDirectory(dirname(path), { recursive: true })
      yield* fs.writeFileString(path, GoldenRows.print(finding.renewed))
      yield* Console.log(`wrote ${path}`)
    }
  }
  const refused = [...found, ...rows].flatMap(({ finding }) => (finding._tag === "Refused" ? [finding.problem] : []))
  if (refused.length > 0) return yield* Effect.fail(refused.join("\n\n"))
})

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
