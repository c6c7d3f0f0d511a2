import { assert, describe, it } from "@effect/vitest"
import { Context, ContextMap, Drawing, Glossary, Impact, Relationship } from "@eventfold/context-map"
import { PublishedMessage } from "@eventfold/decider"
import { Result, Schema } from "effect"
import * as Shop from "./TeaShop.ts"

const mapOf = (...declarations: ReadonlyArray<Context.Declaration>) =>
  Result.getOrThrow(ContextMap.make(declarations.map(Context.make)))
const map = mapOf(...Shop.shop)

const brewed = PublishedMessage.make("kitchen", "tea-brewed", 1, Schema.Struct({}))

const refusal = (...declarations: ReadonlyArray<Context.Declaration>) =>
  Result.getOrThrow(Result.flip(ContextMap.make(declarations.map(Context.make)))).message

describe("a context", () => {
  it("has the names of its commands and events, each with the context", () => {
    const { commands, events, publishes, rooms } = Context.make(Shop.kitchen)
    assert.deepStrictEqual(
      { commands, events, publishes, rooms },
      {
        commands: ["kitchen.BrewTea"],
        events: ["kitchen.TeaBrewed", "kitchen.KettleCleaned"],
        publishes: [{ name: "brewing", events: ["kitchen.TeaBrewed"] }],
        rooms: ["domain-kitchen"]
      }
    )
  })

  const mistakes: ReadonlyArray<readonly [wrong: Partial<Context.Declaration>, message: string]> = [
    [{ name: "The Bar" }, "name must be 1 to 40 lower-case letters, digits or '-', a letter first"],
    [{ purpose: " " }, "purpose must say something"],
    [{ rooms: ["a", "a"] }, "rooms must not have a twice"],
    [{ takes: ["TeaBrewed"] }, 'takes must be named context.Name, got "TeaBrewed"'],
    [{ hears: ["kitchen.TeaBrewed"] }, 'hears must be named context.name.vN, got "kitchen.TeaBrewed"'],
    [{ hears: ["bar.tea-served.v1"] }, "hears must not have bar.tea-served.v1: that stays within the context"],
    [
      { says: PublishedMessage.language("kitchen", [brewed]) },
      "says must not have kitchen.tea-brewed.v1: it belongs to kitchen"
    ],
    [{ asks: ["kitchen/Pot"] }, 'asks must be named context.Name, got "kitchen/Pot"'],
    [{ asks: ["bar.Order"] }, "asks must not have bar.Order: that stays within the context"],
    [{ sends: ["bar.OrderTea"] }, "sends must not have bar.OrderTea: that stays within the context"],
    [{ commands: Shop.kitchen.commands ?? [] }, "commands must not have kitchen.BrewTea: it belongs to kitchen"],
    [{ publishes: Shop.kitchen.publishes ?? {} }, "publishes must not have bar.TeaBrewed: it is none of its events"],
    [{ relationships: [Relationship.partnerOf("bar", "…")] }, "relationships[0] must be with another context"],
    [{ relationships: [Relationship.partnerOf("kitchen", "")] }, "relationships[0] must say why"],
    [
      { relationships: [Relationship.conformsTo("kitchen", { because: "…", speaks: [] })] },
      "relationships[0] must name its modules"
    ],
    [
      { relationships: [Relationship.partnerOf("kitchen", "1"), Relationship.partnerOf("kitchen", "2")] },
      "relationships[1] must not be a partnership with kitchen twice"
    ]
  ]
  for (const [wrong, message] of mistakes) {
    it(`is refused: ${message}`, () => {
      const { name = "bar" } = wrong
      assert.throws(() => Context.make({ ...Shop.bar, ...wrong }), `the context ${name} cannot be used: ${message}`)
    })
  }
})

describe("a map", () => {
  it("finds a context by name, and those of a team", () => {
    assert.strictEqual(Result.getOrThrow(ContextMap.get(map, "bar")).owner, "Ann")
    assert.deepStrictEqual(
      ContextMap.ofTeam(map, "back").map(({ name }) => name),
      ["kitchen", "stock"]
    )
    assert.deepStrictEqual(ContextMap.teams(map), ["front", "back", "office", "outside", "all"])
    const unknown = Result.getOrThrow(Result.flip(ContextMap.get(map, "cellar")))
    assert.strictEqual(
      unknown.message,
      'there is no context "cellar"; known are bar, kitchen, stock, books, wholesaler, cups'
    )
  })

  it("refuses a name in a dependency that nobody has registered, and says which are", () => {
    const { bar, books } = Shop
    const alone = { ...bar, takes: [], relationships: [] }
    assert.deepStrictEqual(
      [
        refusal(alone, { ...books, relationships: [Relationship.usesHostOf("cellar", "…")] }),
        refusal(alone, { ...books, takes: ["bar.TeaSpilt"] }),
        refusal(alone, { ...books, takes: ["cellar.WineOpened"] }),
        refusal(alone, { ...books, sends: ["bar.SpillTea"] }),
        refusal(alone, { ...books, asks: ["cellar.Bottles"] }),
        refusal(alone, { ...books, hears: ["bar.tea-served.v2"] })
      ],
      [
        'books: relationships names "cellar", which is not registered; known are bar, books',
        'books: takes names "bar.TeaSpilt", which is not registered; known are bar.TeaOrdered',
        'books: takes names "cellar.WineOpened", which is not registered; known are bar, books',
        'books: sends names "bar.SpillTea", which is not registered; known are bar.OrderTea',
        'books: asks names "cellar.Bottles", which is not registered; known are bar, books',
        'books: hears names "bar.tea-served.v2", which is not registered; known are bar.tea-served.v1'
      ]
    )
    const error = Result.getOrThrow(Result.flip(ContextMap.make([Context.make(Shop.books)])))
    assert.instanceOf(error, ContextMap.UnregisteredName)
  })

  it("refuses an event that is not published: others do not know it", () => {
    assert.strictEqual(
      refusal(
        { ...Shop.kitchen, sends: [], takes: [], relationships: [] },
        { ...Shop.books, relationships: [], takes: ["kitchen.KettleCleaned"], hears: [] }
      ),
      'books: takes names "kitchen.KettleCleaned", which is not registered; known are kitchen.TeaBrewed'
    )
  })

  it("refuses what is claimed twice", () => {
    const { cups } = Shop
    assert.strictEqual(refusal(cups, cups), "the name cups is claimed by two contexts")
    assert.strictEqual(refusal(cups, { ...cups, name: "mugs" }), "the room cups is claimed by two contexts")
    const { events = [], name } = Shop.stock
    assert.strictEqual(
      refusal({ ...cups, name, events }, { ...cups, name: "mugs", rooms: [], events }),
      "the event LeavesRunOut is claimed by two contexts"
    )
  })

  it("refuses a relationship that the other side does not bear out", () => {
    const { bar, cups, kitchen, stock, wholesaler } = Shop
    const books = { ...Shop.books, takes: [], hears: [] }
    const others = [stock, wholesaler, cups]
    assert.deepStrictEqual(
      [
        refusal(bar, { ...kitchen, relationships: [] }, ...others),
        refusal({ ...books, relationships: [Relationship.sharesKernel("wholesaler", "…")] }, wholesaler),
        refusal({ ...books, relationships: [Relationship.usesHostOf("cups", "…")] }, cups),
        refusal({ ...books, relationships: [Relationship.usesHostOf("wholesaler", "…")] }, wholesaler)
      ],
      [
        "bar and kitchen: a partnership is declared by both: kitchen does not declare it",
        "books and wholesaler: shared kernels, and they alone, are shared: wholesaler is a foreign-system",
        "books and cups: shared kernels, and they alone, are shared: cups is a shared-kernel",
        "books and wholesaler: wholesaler offers nothing to everybody: it publishes no language and has no API"
      ]
    )
  })
})

describe("the impact of a change", () => {
  it("is who depends on the context, and who on them, by a shortest way; cycles end", () => {
    assert.deepStrictEqual(Result.getOrThrow(Impact.of(map, "stock")), {
      context: "stock",
      direct: [{ context: "kitchen", team: "back", because: ["customer-supplier", "sends stock.TakeLeaves"] }],
      transitive: [
        { context: "bar", team: "front", by: ["kitchen"] },
        { context: "books", team: "office", by: ["kitchen", "bar"] }
      ],
      teams: ["back", "front", "office"]
    })
  })

  it("of a partner does not come back to itself", () => {
    const { direct, transitive } = Result.getOrThrow(Impact.of(map, "bar"))
    assert.deepStrictEqual(
      direct.map(({ because, context }) => [context, because]),
      [
        ["kitchen", ["partnership", "takes bar.TeaOrdered"]],
        ["books", ["open-host-service", "takes bar.TeaOrdered", "hears bar.tea-served.v1"]]
      ]
    )
    assert.deepStrictEqual(transitive, [])
  })

  it("of something unknown is a typed error", () => {
    assert.instanceOf(Result.getOrThrow(Result.flip(Impact.of(map, "cellar"))), ContextMap.UnknownContext)
  })

  it("concerns who asks it something, and the drawing has a line for that", () => {
    const curious = { ...Shop.books, asks: ["kitchen.Pots", "kitchen.Kettles"] }
    const asking = mapOf(...Shop.shop.map((one) => (one.name === "books" ? curious : one)))
    assert.deepStrictEqual(
      Result.getOrThrow(Impact.of(asking, "kitchen")).direct.find(({ context }) => context === "books")?.because,
      ["asks kitchen.Pots", "asks kitchen.Kettles"]
    )
    const added = Drawing.mermaid(asking).split("\n")
    const before = Drawing.mermaid(map).split("\n")
    assert.deepStrictEqual(
      added.filter((line) => !before.includes(line)),
      ["  c3 -.->|asks| c1"]
    )
  })
})

describe("the drawing", () => {
  it("has every context, and one line for each pair", () => {
    assert.deepStrictEqual(Drawing.mermaid(map).split("\n").slice(0, 12), [
      "flowchart LR",
      '  c0["bar<br/>core"]',
      '  c1["kitchen<br/>core"]',
      '  c2["stock<br/>supporting"]',
      '  c3["books<br/>generic"]',
      "  c4[[wholesaler<br/>foreign]]",
      "  c5([cups])",
      "  c0 <-->|partners| c1",
      "  c0 -.->|shares| c5",
      "  c1 -->|customer of| c2",
      "  c2 -->|conforms to, translates| c4",
      "  c3 -->|uses the host| c0"
    ])
  })
})

describe("a glossary", () => {
  it("is in order, has each word once, in one line, and says what is missing", () => {
    const glossary = Glossary.make([
      { term: "Tea", kind: "event", meaning: "older" },
      { term: "Tea", kind: "event", meaning: " Leaves\n and water. " },
      { term: "Cup", kind: "command", meaning: "It holds tea." }
    ])
    assert.deepStrictEqual(glossary, [
      { term: "Cup", kind: "command", meaning: "It holds tea." },
      { term: "Tea", kind: "event", meaning: "Leaves and water." }
    ])
    assert.deepStrictEqual(Glossary.missing(glossary, ["bar.Tea", "bar.Milk"]), ["bar.Milk"])
  })
})
