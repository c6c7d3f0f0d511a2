/**
 * The contexts are declared as the code has them: every import, event and command between them fits its declaration, every
 * relationship is borne out, and what is generated from them is up to date. Each rule is shown to fail on a map of two
 * contexts, and sources, that break it.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Conformance } from "@eventfold/context-map"
import { Effect, FileSystem, Layer } from "effect"
import { parse } from "./architecture/Source.ts"
import { termsOf } from "./contexts/Docstrings.ts"
import { consumerFiles, importsOf, projectionsOf, type Room } from "./contexts/ObservedCode.ts"
import * as Repository from "./contexts/Repository.ts"

const Live = Repository.Rooms.layer.pipe(Layer.provideMerge(NodeServices.layer))

layer(Live)("the contexts of the repository", (it) => {
  it.effect("do what they declare, and nothing else", () =>
    Effect.gen(function* () {
      const found = Conformance.check(Repository.map, yield* Repository.observed)
      assert.deepStrictEqual(found.map(Conformance.render), [])
    })
  )

  it.effect("have every event handler, process manager and saga in the list of consumers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Repository.unlisted, [])
    })
  )

  it.effect("have glossaries that say what stands above their commands and events", () =>
    Effect.gen(function* () {
      for (const { glossary, path } of yield* Repository.glossaries) {
        const exported = yield* Repository.exportsOf(`${Repository.root}/${path}`)
        assert.deepStrictEqual(exported, { glossary }, `${path} is not up to date: run "npm run contexts"`)
      }
    })
  )

  it.effect("are documented as they are declared", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${Repository.root}/${Repository.documentPath}`)
      assert.strictEqual(text, Repository.document, `${Repository.documentPath}: run "npm run contexts"`)
    })
  )
})

const room = (name: string, files: Readonly<Record<string, string>>): Room => ({
  room: name,
  name: `@eventfold/${name}`,
  code: Object.entries(files).map(([path, text]) => parse(`packages/${name}/src/${path}`, text))
})

describe("what the code of contexts does", () => {
  it("has an import with its module, by path and by index, and where it stands", () => {
    const rooms = [
      room("domain-tea", {
        "Cup.ts": 'import { Pot } from "@eventfold/domain-pots"\nimport { Lid } from "@eventfold/domain-pots/Lid"',
        "read/Cups.ts": 'import { Cup } from "../Cup.ts"\nimport { Effect } from "effect"'
      }),
      room("domain-pots", {})
    ]
    assert.deepStrictEqual(
      importsOf(rooms).map(({ from, place, to }) => `${place} ${from} ${to}`),
      [
        "packages/domain-tea/src/Cup.ts:1 domain-tea/Cup domain-pots/Pot",
        "packages/domain-tea/src/Cup.ts:2 domain-tea/Cup domain-pots/Lid",
        "packages/domain-tea/src/read/Cups.ts:1 domain-tea/read/Cups domain-tea/Cup"
      ]
    )
  })

  it("has the files that make consumers", () => {
    const rooms = [
      room("domain-tea", {
        "Brewing.ts":
          'import { Saga } from "@eventfold/decider"\nexport const brewing = Saga.make({ name: "brewing" })',
        "Cup.ts": 'import { Saga } from "@eventfold/decider"\nexport type Cup = Saga.AnySaga'
      })
    ]
    assert.deepStrictEqual(consumerFiles(rooms), ["packages/domain-tea/src/Brewing.ts"])
  })

  it("has the events of others that a projection takes", () => {
    const source = [
      'import { Projection } from "@eventfold/decider"',
      'import { PotBroken, PotId } from "@eventfold/domain-pots/published"',
      "export const Shards = Projection.make({ events: [PotBroken], key: PotId })"
    ].join("\n")
    const rooms = [room("domain-tea", { "Shards.ts": source })]
    const found = projectionsOf(rooms, new Map([["domain-tea", "tea"]]), (name) => name === "PotBroken")
    assert.deepStrictEqual(
      found.map(({ context, takes }) => [context, takes]),
      [["tea", ["PotBroken"]]]
    )
  })
})

describe("a glossary", () => {
  it("is what stands above events and commands, and nothing else", () => {
    const events = [
      "/** The pot has",
      " * broken: {@link Pot}. */",
      'export const PotBroken = DomainEvent.make("PotBroken", {})',
      "/** A pot was made, with a lid. */",
      "export const PotMade = DomainEvent.nextVersion(PotMadeV1, {}, up)",
      "/** As it was. */",
      'export const PotMadeV1 = DomainEvent.make("PotMade", {})',
      'export const PotLost = DomainEvent.make("PotLost", {})',
      "/** The schema of it all. */",
      "export const PotEvent = Schema.Union([PotBroken])"
    ].join("\n")
    const commands = '/** Makes a pot. */\nexport const MakePot = Schema.TaggedStruct("MakePot", {})'
    assert.deepStrictEqual(
      [...termsOf("PotEvents.ts", events), ...termsOf("PotCommands.ts", commands), ...termsOf("PotState.ts", commands)],
      [
        { term: "PotBroken", kind: "event", meaning: "The pot has broken: Pot." },
        { term: "PotMade", kind: "event", meaning: "A pot was made, with a lid." },
        { term: "MakePot", kind: "command", meaning: "Makes a pot." }
      ]
    )
  })
})
