/** Every rule is shown to fail, one small change to the shop or its code at a time. */
import { assert, describe, it } from "@effect/vitest"
import { Conformance, Context, ContextMap, Relationship } from "@eventfold/context-map"
import { Result } from "effect"
import * as Shop from "./TeaShop.ts"

/** What is found when one context is declared otherwise, or the code does something else. */
const found = (changed: Partial<Context.Declaration> & { readonly name: string }, observed = Shop.code) => {
  const contexts = Shop.shop.map((one) => Context.make(one.name === changed.name ? { ...one, ...changed } : one))
  return Conformance.check(Result.getOrThrow(ContextMap.make(contexts)), observed).map(Conformance.render)
}

const { bar, books, stock } = Shop
const asDeclared = { name: "bar" }
const { consumers, imports } = Shop.code

describe("contexts and their code", () => {
  it("that fit have nothing to be told", () => {
    assert.deepStrictEqual(found(asDeclared), [])
  })

  it("do not fit with an import, an event or a command without a relationship", () => {
    assert.deepStrictEqual(
      found(asDeclared, {
        ...Shop.code,
        imports: [...imports, { from: "domain-books/Sales", to: "domain-stock/published", place: "Sales.ts:7" }]
      }),
      [
        "books: depends on stock without a relationship: Sales.ts:7 imports domain-stock/published. Declare one with stock in the context.ts of books, or take it out"
      ]
    )
    const brewing = { name: "the saga brewing", context: "books", takes: [], sends: ["stock.TakeLeaves"] }
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, consumers: [...consumers, brewing] }), [
      "books: depends on stock without a relationship: the saga brewing sends stock.TakeLeaves. Declare one with stock in the context.ts of books, or take it out",
      'books: the saga brewing sends stock.TakeLeaves, which is not declared: add "stock.TakeLeaves" to sends in the context.ts of books'
    ])
  })

  it("do not fit with a relationship that the code does not have", () => {
    const none = " that the code does not have: "
    const then = ". Take the relationship out of its context.ts, or write the code it tells of"
    const declaring = (relationship: Relationship.Relationship) =>
      found({ name: "books", relationships: [...(books.relationships ?? []), relationship] })
    assert.deepStrictEqual(declaring(Relationship.usesHostOf("kitchen", "…")), [
      `books: declares the relationship open-host-service with kitchen${none}books imports nothing of kitchen, takes none of its events or messages and sends none of its commands${then}`
    ])
    assert.deepStrictEqual(declaring(Relationship.customerOf("kitchen", "…")), [
      `books: declares the relationship customer-supplier with kitchen${none}books imports nothing of kitchen, takes none of its events or messages and sends none of its commands, and kitchen takes no event or message of books${then}`
    ])
    assert.deepStrictEqual(declaring(Relationship.sharesKernel("cups", "…")), [
      `books: declares the relationship shared-kernel with cups${none}books imports nothing of cups${then}`
    ])
    const served = (one: Conformance.Import) => one.from !== "domain-bar/Served"
    const quiet = consumers.filter(({ context }) => context !== "bar")
    assert.deepStrictEqual(
      found({ name: "bar", takes: [] }, { ...Shop.code, imports: imports.filter(served), consumers: quiet }),
      [
        `bar: declares the relationship partnership with kitchen${none}bar imports nothing of kitchen, takes none of its events or messages and sends none of its commands${then}`
      ]
    )
  })

  it("fit when a supplier answers the events of its customer", () => {
    const supplied = found(
      { name: "bar", relationships: [...(bar.relationships ?? []), Relationship.customerOf("books", "It pays.")] },
      Shop.code
    )
    assert.deepStrictEqual(supplied, [])
  })

  it("do not fit with messages that are not done, or not declared", () => {
    assert.deepStrictEqual(found({ name: "books", takes: [] }), [
      'books: the projection sales takes bar.TeaOrdered, which is not declared: add "bar.TeaOrdered" to takes in the context.ts of books'
    ])
    assert.deepStrictEqual(found({ name: "bar", takes: ["kitchen.TeaBrewed", "stock.LeavesRunOut"] }), [
      "bar: declares that it takes stock.LeavesRunOut, which nothing of it does: take it out of takes in the context.ts of bar"
    ])
  })

  it("do not fit with messages of a published language that nobody hears, or that are heard and not declared", () => {
    assert.deepStrictEqual(found({ name: "books", hears: [] }), [
      'books: the subscriber cups hears bar.tea-served.v1, which is not declared: add "bar.tea-served.v1" to hears in the context.ts of books'
    ])
    assert.deepStrictEqual(found({ name: "kitchen", hears: ["bar.tea-served.v1"] }), [
      "kitchen: declares that it hears bar.tea-served.v1, which nothing of it does: take it out of hears in the context.ts of kitchen"
    ])
    assert.deepStrictEqual(found({ name: "books", takes: [], relationships: [], hears: ["bar.tea-served.v1"] }), [
      "books: depends on bar without a relationship: the projection sales takes bar.TeaOrdered; the subscriber cups hears bar.tea-served.v1. Declare one with bar in the context.ts of books, or take it out",
      'books: the projection sales takes bar.TeaOrdered, which is not declared: add "bar.TeaOrdered" to takes in the context.ts of books'
    ])
  })

  it("do not fit when another language is said than declared", () => {
    const said = { bar: ["bar.tea-spilt.v1"] }
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, said }), [
      "bar: published.ts exports bar.tea-spilt.v1 in a language that is not declared: add the language as says in the context.ts of bar",
      "bar: declares that it says bar.tea-served.v1, which no language that its published.ts exports has: export it there, or take it out of says"
    ])
  })

  it("do not fit with a module of another context that is neither published nor declared to be asked", () => {
    const parts = [
      { modules: "tea-app/", context: "bar" },
      { modules: "tea-app/books/", context: "books" },
      { modules: "tea-app/books/Wiring" }
    ]
    const looksUp = (from: string, to: string) => ({ from, to, place: `${from}.ts:5` })
    const observed = {
      ...Shop.code,
      parts,
      imports: [
        ...imports,
        looksUp("tea-app/books/Sales", "domain-bar/Order"),
        looksUp("tea-app/books/Sales", "tea-app/Orders"),
        looksUp("tea-app/books/Sales", "domain-bar/published"),
        looksUp("tea-app/books/Sales", "domain-bar/OrderCommands"),
        // What puts contexts together may know them all.
        looksUp("tea-app/books/Wiring", "domain-bar/Order")
      ]
    }
    assert.deepStrictEqual(
      found(asDeclared, observed),
      ["domain-bar/Order", "tea-app/Orders"].map((module) => {
        const name = module.replace(/^.*\//u, "bar.")
        return `books: tea-app/books/Sales.ts:5 imports ${module}, which is not published: take what is, or add "${name}" to asks in the context.ts of books`
      })
    )
    assert.deepStrictEqual(found({ name: "books", asks: ["bar.Order", "bar.Orders"] }, observed), [])
    assert.deepStrictEqual(found({ name: "books", asks: ["bar.Order"] }), [
      "books: declares that it asks bar.Order, which nothing of it does: take it out of asks in the context.ts of books"
    ])
    const alone = { name: "books", asks: ["bar.Order", "bar.Orders"], relationships: [], takes: [], hears: [] }
    const quiet = consumers.filter(({ context }) => context !== "books")
    assert.deepStrictEqual(found(alone, { ...observed, consumers: quiet }), [
      "books: depends on bar without a relationship: tea-app/books/Sales.ts:5 imports domain-bar/Order; tea-app/books/Sales.ts:5 imports tea-app/Orders; tea-app/books/Sales.ts:5 imports domain-bar/published; and 1 more. Declare one with bar in the context.ts of books, or take it out"
    ])
  })

  it("do not fit with a room, a consumer or an event that nobody has declared", () => {
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, rooms: [...Shop.code.rooms, "domain-cellar"] }), [
      "domain-cellar: no context has the room domain-cellar: declare its context in packages/domain-cellar/src/context.ts with Context.make, and add it to the list of contexts"
    ])
    const strange = { name: "the handler corks", context: "cellar", takes: ["WineOpened"], sends: [] }
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, consumers: [...consumers, strange] }), [
      "cellar: the handler corks works for cellar, which is no registered context: register it",
      "cellar: the handler corks takes WineOpened, which no context records: add it to the events of its context"
    ])
  })

  it("do not fit when another language is published than declared", () => {
    const published = { ...Shop.code.published, kitchen: ["KettleCleaned"] }
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, published }), [
      "kitchen: published.ts exports kitchen.KettleCleaned, which is in no published language: add it to publishes in the context.ts of kitchen",
      "kitchen: declares that it publishes kitchen.TeaBrewed, which its published.ts does not export: export it there, or take it out of publishes"
    ])
  })

  it("do not fit with a word that is not explained", () => {
    assert.deepStrictEqual(found({ name: "bar", glossary: (bar.glossary ?? []).slice(1) }), [
      'bar: its glossary does not explain bar.OrderTea: write above the declaration what it means, then run "npm run contexts"'
    ])
  })
})

describe("a foreign language", () => {
  const leak = (from: string) => ({ from, to: "wholesale/Language", place: `${from}.ts:3` })

  it("stays in the anti-corruption layer", () => {
    assert.deepStrictEqual(
      found(asDeclared, { ...Shop.code, imports: [...imports, leak("domain-stock/Stock"), leak("orders-api/Buying")] }),
      ["domain-stock/Stock", "orders-api/Buying"].map(
        (from) =>
          `stock: ${from}.ts:3 imports wholesale/Language: the language of wholesaler stays in the anti-corruption layer (wholesale/Translation). Translate it there`
      )
    )
  })

  it("knows nothing of ours", () => {
    const impure = { from: "wholesale/Language", to: "domain-stock/Stock", place: "Language.ts:2" }
    assert.deepStrictEqual(found(asDeclared, { ...Shop.code, imports: [...imports, impure] }), [
      "stock: Language.ts:2 imports domain-stock/Stock: a conformist's module speaks the foreign language alone. Move what knows both to the anti-corruption layer"
    ])
  })

  it("has the modules it is declared with, and a layer that knows it", () => {
    const [conformist] = stock.relationships ?? []
    assert(conformist !== undefined)
    const layered = (...translatedIn: ReadonlyArray<string>) => [
      conformist,
      Relationship.protectedFrom("wholesaler", { because: "…", translatedIn })
    ]
    assert.deepStrictEqual(
      found({ name: "stock", relationships: layered("wholesale/Translation", "wholesale/Lost", "domain-stock/Stock") }),
      [
        "stock: declares the relationship anti-corruption-layer with the module wholesale/Lost, which is not there: correct its name in the context.ts of stock, or write the module",
        ...["wholesale/Lost", "domain-stock/Stock"].map(
          (module) =>
            `stock: declares the relationship anti-corruption-layer with wholesaler that the code does not have: ${module} does not know its language. Take the module out of the relationship in the context.ts of stock`
        )
      ]
    )
  })
})
