/**
 * Every event ever written is still read, as what it was: the golden files hold samples of every version of every event,
 * and the shapes in which they were stored.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as GoldenCheck from "./events/GoldenCheck.ts"
import * as GoldenFile from "./events/GoldenFile.ts"
import { storedContexts } from "./events/StoredContexts.ts"

const root = `${import.meta.dirname}/golden`
const packages = `${import.meta.dirname}/../packages`

layer(NodeFileSystem.layer)("the events that are stored", (it) => {
  for (const context of storedContexts) {
    it.effect(`of ${context.name} are read as what they were, in the shapes in which they were stored`, () =>
      Effect.gen(function* () {
        const golden = yield* GoldenFile.readFolder(`${root}/${context.name}`)
        const found = yield* GoldenCheck.check(context, golden)
        assert.deepStrictEqual(found.problems.join("\n"), "")
        const stale = [...found.writes.keys()]
        assert.deepStrictEqual(stale, [], 'these golden files are missing or out of date: run "npm run golden"')
        assert.deepStrictEqual(golden.names, found.names, 'names.json is out of date: run "npm run golden"')
      })
    )
  }

  it.effect("are those of every context that declares any", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const declaring: Array<string> = []
      for (const name of (yield* fs.readDirectory(packages)).filter((name) => name.startsWith("domain-"))) {
        const sources = `${packages}/${name}/src`
        const files = (yield* fs.exists(sources)) ? yield* fs.readDirectory(sources, { recursive: true }) : []
        const texts = yield* Effect.forEach(
          files.filter((file) => file.endsWith(".ts")),
          (file) => fs.readFileString(`${sources}/${file}`)
        )
        if (texts.some((text) => text.includes("DomainEvent.make("))) declaring.push(name.replace("domain-", ""))
      }
      const known = storedContexts.map(({ name }) => name)
      assert.deepStrictEqual(
        declaring.filter((name) => !known.includes(name)),
        [],
        "give these contexts a line in test/events/StoredContexts.ts"
      )
    })
  )

  it.effect("have golden folders that belong to a context", () =>
    Effect.gen(function* () {
      const folders = yield* (yield* FileSystem.FileSystem).readDirectory(root)
      const known = storedContexts.map(({ name }) => name)
      assert.deepStrictEqual(
        folders.filter((name) => !known.includes(name)),
        [],
        "these contexts have written events, and have no line in test/events/StoredContexts.ts any more"
      )
    })
  )
})
