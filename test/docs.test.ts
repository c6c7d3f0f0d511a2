/**
 * What the documents show is real: code runs, outputs and answers are as shown, links lead somewhere.
 * A difference is repaired by `npm run docs`.
 */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path } from "effect"
import * as Blocks from "./docs/Blocks.ts"
import * as Catalogue from "./docs/Catalogue.ts"
import * as Document from "./docs/Document.ts"
import * as Links from "./docs/Links.ts"
import { OrdersApi } from "./docs/OrdersApi.ts"

const Live = OrdersApi.layer.pipe(Layer.provideMerge(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)))

/** Blocks that show what was typed or drawn; every other one says where its text comes from. */
const typed: ReadonlySet<string> = new Set(["sh", "mermaid"])

const each = Effect.fnUntraced(function* <E, R>(check: (path: string, text: string) => Effect.Effect<void, E, R>) {
  for (const path of yield* Document.documents) yield* check(path, yield* Document.read(path))
})

/** The commands of a shell block, one a line or joined; a curl command spans lines, and is performed elsewhere. */
const commandsOf = (text: string) =>
  text.startsWith("curl ") ? [] : text.split("\n").flatMap((line) => line.split(" && "))

/** Commands of npm itself that the documents use. */
const ofNpm: ReadonlySet<string> = new Set(["ci", "install", "pack"])

layer(Live, { excludeTestServices: true, timeout: 300_000 })("the documents", (it) => {
  it.effect("show code, outputs and answers as they are", () =>
    each((path) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* Document.refreshed(path), yield* Document.read(path), path)
      })
    )
  )

  it.effect("say of everything they show where it comes from", () =>
    each((path, text) =>
      Effect.sync(() => {
        const blocks = Blocks.parse(text)
        const unchecked = blocks.filter(({ language, origin }) => origin === undefined && !typed.has(language))
        const unanswered = blocks.filter(
          (block, index) => block.text.startsWith("curl ") && blocks[index + 1]?.origin?.kind !== "answer"
        )
        assert.deepStrictEqual(
          [...unchecked, ...unanswered].map(({ line, text: shown }) => `${path}:${line} ${shown}`),
          []
        )
      })
    )
  )

  it.effect("close every block they open, in a way that is checked", () =>
    each((path, text) =>
      Effect.sync(() => {
        assert.deepStrictEqual(
          Blocks.stray(text).map((line) => `${path}:${line}`),
          []
        )
      })
    )
  )

  it.effect("ask for commands that exist", () =>
    Effect.gen(function* () {
      const known = yield* Document.scripts
      const exists = (command: string) => {
        const [program, verb = "", name = ""] = command.split(" ")
        if (program === "docker") return ["build", "compose"].includes(verb)
        return program === "npm" && (verb === "run" ? name in known : verb in known || ofNpm.has(verb))
      }
      yield* each((path, text) =>
        Effect.sync(() => {
          const shown = Blocks.parse(text).filter(({ language }) => language === "sh")
          const inBlocks = shown.flatMap((block) => commandsOf(block.text))
          const inProse = Array.from(text.matchAll(/`(npm [^`]+)`/gu), ([, command = ""]) => command).flatMap(
            commandsOf
          )
          assert.deepStrictEqual(
            [...inBlocks, ...inProse].filter((command) => !exists(command)),
            [],
            path
          )
        })
      )
    })
  )

  it.effect("link to files and headings that exist", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      yield* each((document, text) =>
        Effect.gen(function* () {
          for (const { heading, path } of Links.parse(text)) {
            const target = path === "" ? document : paths.join(paths.dirname(document), path)
            assert.isTrue(yield* fs.exists(`${Document.root}/${target}`), `${document} links to ${path}`)
            if (heading === "") continue
            const known = Links.headings(yield* Document.read(target))
            assert.isTrue(known.has(heading), `${document} links to ${path}#${heading}`)
          }
        })
      )
    })
  )

  it.effect("list every row once, and every example under its row", () =>
    Effect.gen(function* () {
      const rows = Catalogue.parse(yield* Document.read("docs/requirements.md"))
      const ids = rows.map(({ id }) => id)
      assert.deepStrictEqual(ids, [...new Set(ids)])
      const fs = yield* FileSystem.FileSystem
      const files = yield* fs.readDirectory(`${Document.root}/apps/examples/src`)
      const examples = files.flatMap((name) => /^([A-Z]\d+)\.ts$/u.exec(name)?.[1] ?? [])
      const shown = rows.filter(({ id, where }) => where.includes(`\`npm run example ${id}\``)).map(({ id }) => id)
      assert.deepStrictEqual(shown.toSorted(), examples.toSorted())
      for (const { id, status, where } of rows) {
        assert.include(["done", "partly", "planned"], status, id)
        assert.strictEqual(where === "", status === "planned", `${id}: a row says where to run it unless it is planned`)
      }
    })
  )
})
