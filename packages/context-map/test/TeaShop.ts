/** Contexts of a tea shop, for the tests: bar and kitchen are partners, and a wholesaler outside supplies leaves. */
import { type Conformance, type Context, Relationship } from "@eventfold/context-map"
import { DomainEvent, Message, PublishedMessage } from "@eventfold/decider"
import { Schema } from "effect"

const TeaOrdered = DomainEvent.make("TeaOrdered", { cup: Schema.String })
const TeaBrewed = DomainEvent.make("TeaBrewed", { cup: Schema.String })
const KettleCleaned = DomainEvent.make("KettleCleaned", {})
const LeavesRunOut = DomainEvent.make("LeavesRunOut", {})

const teaServed = PublishedMessage.make("bar", "tea-served", 1, Schema.Struct({ cup: Schema.String }))

const command = (context: string, name: string) =>
  Message.command({ context, payload: Schema.TaggedStruct(name, {}), answer: Schema.Void })

const explained = (kind: "command" | "event", ...names: ReadonlyArray<string>) =>
  names.map((term) => ({ term, kind, meaning: `It is ${term}.` }))

const { conformsTo, customerOf, partnerOf, protectedFrom, sharesKernel, usesHostOf } = Relationship

/** Takes orders. */
export const bar: Context.Declaration = {
  name: "bar",
  class: "core",
  owner: "Ann",
  team: "front",
  purpose: "Takes orders.",
  apis: ["/orders"],
  commands: [{ orderTea: command("bar", "OrderTea"), other: "no command" }],
  events: [Schema.Union([TeaOrdered])],
  publishes: { orders: Schema.Union([TeaOrdered]) },
  says: PublishedMessage.language("bar", [teaServed]),
  takes: ["kitchen.TeaBrewed"],
  relationships: [partnerOf("kitchen", "They serve together."), sharesKernel("cups", "What a cup is.")],
  glossary: [...explained("command", "OrderTea"), ...explained("event", "TeaOrdered")]
}

/** Brews tea. */
export const kitchen: Context.Declaration = {
  name: "kitchen",
  class: "core",
  owner: "Bob",
  team: "back",
  purpose: "Brews tea.",
  commands: [{ brewTea: command("kitchen", "BrewTea") }],
  events: [Schema.Union([TeaBrewed, KettleCleaned])],
  publishes: { brewing: Schema.Union([TeaBrewed]) },
  takes: ["bar.TeaOrdered"],
  sends: ["stock.TakeLeaves"],
  relationships: [partnerOf("bar", "They serve together."), customerOf("stock", "Tea needs leaves.")],
  glossary: [...explained("command", "BrewTea"), ...explained("event", "TeaBrewed", "KettleCleaned")]
}

/** Keeps leaves, and buys them. */
export const stock: Context.Declaration = {
  name: "stock",
  class: "supporting",
  owner: "Bob",
  team: "back",
  purpose: "Keeps leaves.",
  rooms: ["domain-stock", "wholesale"],
  commands: [{ takeLeaves: command("stock", "TakeLeaves") }],
  events: [Schema.Union([LeavesRunOut])],
  publishes: { leaves: Schema.Union([LeavesRunOut]) },
  relationships: [
    conformsTo("wholesaler", { because: "It does not ask us.", speaks: ["wholesale/Language"] }),
    protectedFrom("wholesaler", { because: "It may change.", translatedIn: ["wholesale/Translation"] })
  ],
  glossary: [...explained("command", "TakeLeaves"), ...explained("event", "LeavesRunOut")]
}

/** Counts what was sold. */
export const books: Context.Declaration = {
  name: "books",
  class: "generic",
  owner: "Cy",
  team: "office",
  purpose: "Counts what was sold.",
  takes: ["bar.TeaOrdered"],
  hears: ["bar.tea-served.v1"],
  relationships: [usesHostOf("bar", "It counts orders.")]
}

/** Sells leaves to everybody. */
export const wholesaler: Context.Declaration = {
  name: "wholesaler",
  kind: "foreign-system",
  class: "generic",
  owner: "Leaf Ltd",
  team: "outside",
  purpose: "Sells leaves.",
  rooms: ["wholesale-simulator"]
}

/** What a cup is. */
export const cups: Context.Declaration = {
  name: "cups",
  kind: "shared-kernel",
  class: "supporting",
  owner: "Ann and Bob",
  team: "all",
  purpose: "What a cup is.",
  rooms: ["cups"]
}

/** The declarations of the shop. */
export const shop: ReadonlyArray<Context.Declaration> = [bar, kitchen, stock, books, wholesaler, cups]

const imported = (from: string, to: string): Conformance.Import => ({ from, to, place: `${from}.ts:1` })

/** What the code of the shop does: just what is declared. */
export const code: Conformance.Observed = {
  rooms: ["domain-bar", "domain-kitchen", "domain-stock", "domain-books"],
  imports: [
    imported("domain-bar/Order", "cups/Cup"),
    imported("domain-kitchen/Pot", "domain-bar/published"),
    imported("domain-bar/Served", "domain-kitchen/published"),
    imported("wholesale/Translation", "wholesale/Language"),
    imported("wholesale/Translation", "domain-stock/Stock"),
    imported("wholesale/index", "wholesale/Language"),
    imported("wholesale-simulator/Server", "wholesale/Language")
  ],
  consumers: [
    { name: "the handler served", context: "bar", takes: ["TeaBrewed", "TeaOrdered"], sends: [] },
    {
      name: "the saga brewing",
      context: "kitchen",
      takes: ["TeaOrdered"],
      sends: ["stock.TakeLeaves", "kitchen.BrewTea"]
    },
    { name: "the projection sales", context: "books", takes: ["TeaOrdered"], sends: [] },
    { name: "the subscriber cups", context: "books", takes: [], hears: ["bar.tea-served.v1"], sends: [] }
  ],
  published: { bar: ["TeaOrdered"], kitchen: ["TeaBrewed"], stock: ["LeavesRunOut"] },
  said: { bar: ["bar.tea-served.v1"] }
}
