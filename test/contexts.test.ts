/**
 * The contexts are declared as the code has them: every import, event and command between them fits its declaration, every
 * relationship is borne out, and what is generated from them is up to date. Each rule is shown to fail on a map of two
 * contexts, and sources, that break it.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Conformance } from "@eventfold/context-map"
import { parts } from "@eventfold/orders-api/contexts/Parts"
import { Effect, FileSystem, Layer } from "effect"
import { parse } from "./architecture/Source.ts"
import { termsOf } from "./contexts/Docstrings.ts"
import { consumerFiles, importsOf, projectionsOf, type Room, withoutPart } from "./contexts/ObservedCode.ts"
import { differences } from "./contexts/SentCommands.ts"
import * as Repository from "./contexts/Repository.ts"

const Live = Repository.Rooms.layer.pipe(Layer.provideMerge(NodeServices.layer))

layer(Live)("the contexts of the repository", (it) => {
  it.effect("do what they declare, and nothing else", () =>
    Effect.gen(function* () {
      const found = Conformance.check(Repository.map, yield* Repository.observed)
      assert.deepStrictEqual(found.map(Conformance.render), [])
    })
  )

  it.effect("have every module of the service, or it is said to be of none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Repository.homeless, [])
    })
  )

  it.effect("have every event handler, process manager and saga in the list of consumers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Repository.unlisted, [])
    })
  )

  it.effect("have consumers that are listed to send what their files take to send", () =>
    Effect.gen(function* () {
      const { found, known } = yield* Repository.missent
      assert.isAbove(known, 40)
      assert.deepStrictEqual(found, [])
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
        "Cup.ts": 'import { Saga } from "@eventfold/decider"\nexport type Cup = Saga.AnySaga',
        "Served.ts": 'import { OutboxRelay } from "@eventfold/messaging"\nexport const served = OutboxRelay.make({})',
        "Together.ts":
          'import { TogetherHandler } from "@eventfold/subscriptions"\nexport const told = TogetherHandler.make({})'
      })
    ]
    assert.deepStrictEqual(
      consumerFiles(rooms),
      ["Brewing", "Served", "Together"].map((name) => `packages/domain-tea/src/${name}.ts`)
    )
  })

  it("has the commands that a consumer takes to send, which are those it is listed with", () => {
    const pots = 'import { PotCommands } from "@eventfold/domain-pots"\n'
    const kettles = 'import { boil } from "@eventfold/domain-pots/KettleCommands"\n'
    const rooms = [
      room("domain-tea", {
        "Breaking.ts": `${pots}export const breaking = [PotCommands.breakPot, PotCommands.BreakPot]`,
        "Table.ts": `${kettles}export const table = [boil]`,
        "Boiling.ts": 'import { table } from "./Table.ts"\nexport const boiling = table'
      }),
      room("domain-pots", {})
    ]
    const known = new Map([
      ["domain-pots/PotCommands breakPot", "pots.BreakPot"],
      ["domain-pots/KettleCommands boil", "pots.Boil"]
    ])
    const told = (file: string, ...sends: ReadonlyArray<string>) =>
      differences(
        rooms,
        [{ name: "the subscriber tea", context: "tea", file: `packages/domain-tea/src/${file}.ts`, takes: [], sends }],
        (module, member) => known.get(`${module} ${member}`)
      )
    assert.deepStrictEqual(told("Breaking", "pots.BreakPot"), [])
    assert.deepStrictEqual(told("Breaking"), [
      "packages/domain-tea/src/Breaking.ts takes the command pots.BreakPot, which none of its consumers is listed to send: add it to sends in apps/orders-api/src/contexts/Consumers.ts"
    ])
    assert.deepStrictEqual(told("Boiling", "pots.Boil"), [])
    assert.deepStrictEqual(told("Boiling", "pots.Boil", "pots.BreakPot"), [
      "the subscriber tea is listed to send pots.BreakPot, which neither packages/domain-tea/src/Boiling.ts nor what it imports takes: take it out of sends in apps/orders-api/src/contexts/Consumers.ts"
    ])
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

describe("the parts of a shared room", () => {
  const subscriber = [
    'import { Order } from "@eventfold/domain-ordering/Order"',
    'import { CustomerStreams } from "../queries/CustomerStreams.ts"',
    'import { OrderingMessages } from "@eventfold/domain-ordering/published"'
  ].join("\n")
  const app: Room = {
    room: "orders-api",
    name: "@eventfold/orders-api",
    code: [
      parse("apps/orders-api/src/analytics/Extra.ts", subscriber),
      parse("apps/orders-api/src/gifts/Gift.ts", "export const gift = 1")
    ]
  }

  it("are held to the declaration of their context", () => {
    const imports = importsOf([app, room("domain-ordering", {})])
    const nothing = { rooms: [], consumers: [], published: {}, said: {} }
    const told = (found: Conformance.Observed) =>
      Conformance.check(Repository.map, found)
        .map(Conformance.render)
        .filter((one) => one.includes("Extra.ts"))
    assert.deepStrictEqual(told({ ...nothing, imports }), [])
    assert.deepStrictEqual(told({ ...nothing, imports, parts }), [
      "analytics: depends on customers without a relationship: apps/orders-api/src/analytics/Extra.ts:2 imports orders-api/queries/CustomerStreams. Declare one with customers in the context.ts of analytics, or take it out",
      'analytics: apps/orders-api/src/analytics/Extra.ts:1 imports domain-ordering/Order, which is not published: take what is, or add "ordering.Order" to asks in the context.ts of analytics',
      'analytics: apps/orders-api/src/analytics/Extra.ts:2 imports orders-api/queries/CustomerStreams, which is not published: take what is, or add "customers.CustomerStreams" to asks in the context.ts of analytics'
    ])
  })

  it("are all of it", () => {
    assert.deepStrictEqual(withoutPart(app, parts), [
      "apps/orders-api/src/gifts/Gift.ts belongs to no context: add it to apps/orders-api/src/contexts/Parts.ts"
    ])
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
