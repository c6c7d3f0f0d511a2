/**
 * A bounded context as a value: who answers for it, what it is for, its language, what goes in and out, and how it stands to
 * others. Declared beside the code of the context, and checked against that code by `Conformance`.
 *
 * Names of commands and events are `context.Name`, types of messages `context.name.vN`. What a context does within itself is
 * no matter of others, so `takes`, `hears`, `sends` and `asks` tell only of what comes from others and goes to them.
 */
import { DomainEvent, type PublishedMessage } from "@eventfold/decider"
import { Predicate, Schema } from "effect"
import { Glossary } from "./Glossary.ts"
import { Relationship } from "./Relationship.ts"

/** The schema of how much a context matters to the business. */
export const ContextClass = Schema.Literals(["core", "supporting", "generic"]).annotate({ identifier: "ContextClass" })
/** `core`: what sets the business apart; `supporting`: needed for that; `generic`: as everywhere else. */
export type ContextClass = typeof ContextClass.Type

/** The schema of what an entry of the map is. */
export const ContextKind = Schema.Literals(["context", "foreign-system", "shared-kernel"]).annotate({
  identifier: "ContextKind"
})
/** A context of ours, a system of somebody else, or code that contexts share. */
export type ContextKind = typeof ContextKind.Type

/** The schema of a published language: events that other contexts may know. */
export const PublishedLanguage = Schema.Struct({
  name: Schema.String,
  events: Schema.Array(Schema.String)
}).annotate({ identifier: "PublishedLanguage" })
/** A published language. */
export interface PublishedLanguage extends Schema.Schema.Type<typeof PublishedLanguage> {}

const names = Schema.Array(Schema.String)

/** The schema of a context. */
export const Context = Schema.Struct({
  name: Schema.String,
  kind: ContextKind,
  class: ContextClass,
  /** Who answers for it. */
  owner: Schema.String,
  /** Who works on it. */
  team: Schema.String,
  purpose: Schema.String,
  /** The packages and apps its code lives in. */
  rooms: names,
  /** What it offers to programs that are no context: paths over HTTP. */
  apis: names,
  /** The commands it handles. */
  commands: names,
  /** The events it records. */
  events: names,
  /** What it tells others: its published languages. */
  publishes: Schema.Array(PublishedLanguage),
  /** The messages it says to others, which are no events: the types of its published language. */
  says: names,
  /** The events of others it acts upon. */
  takes: names,
  /** The messages of others it acts upon. */
  hears: names,
  /** The commands it sends to others. */
  sends: names,
  /** What of others it asks, at the moment it needs an answer: modules of theirs that they do not publish. */
  asks: names,
  relationships: Schema.Array(Relationship),
  glossary: Glossary
}).annotate({ identifier: "Context" })
/** A bounded context, a foreign system or a shared kernel. */
export interface Context extends Schema.Schema.Type<typeof Context> {}

/** Events as a union of what `DomainEvent.make` makes. */
export interface EventUnion {
  readonly members: ReadonlyArray<Schema.Top>
}

/** What is needed to declare a context. What is left out is empty. */
export interface Declaration {
  readonly name: string
  /** `context` when left out. */
  readonly kind?: ContextKind
  readonly class: ContextClass
  readonly owner: string
  readonly team: string
  readonly purpose: string
  /** `domain-<name>` when left out. */
  readonly rooms?: ReadonlyArray<string>
  readonly apis?: ReadonlyArray<string>
  /** The modules that export its commands: every message in them counts. */
  readonly commands?: ReadonlyArray<object>
  readonly events?: ReadonlyArray<EventUnion>
  /** Published languages by name. */
  readonly publishes?: Readonly<Record<string, EventUnion>>
  /** What it says to others in messages. */
  readonly says?: PublishedMessage.PublishedLanguage
  readonly takes?: ReadonlyArray<string>
  /** Types of messages of others. */
  readonly hears?: ReadonlyArray<string>
  readonly sends?: ReadonlyArray<string>
  /** Modules of others, as `context.Module`, that it looks something up in. */
  readonly asks?: ReadonlyArray<string>
  readonly relationships?: ReadonlyArray<Relationship>
  readonly glossary?: Glossary
}

/** A context that breaks a rule: a mistake of the program, found where it is declared. */
export class ContextNotUsable extends Schema.TaggedError<ContextNotUsable>()("ContextNotUsable", {
  context: Schema.String,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the context ${this.context} cannot be used: ${this.field} ${this.rule}`
  }
}

/** The context that a name of a command or an event belongs to, or a type of a message. */
export const contextOf = (name: string): string => name.slice(0, Math.max(name.indexOf("."), 0))

/**
 * Declares a context.
 *
 * @throws ContextNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const make = (declaration: Declaration): Context => {
  const { commands = [], events = [], name, publishes = {} } = declaration
  const named = (union: EventUnion) => union.members.map((event) => `${name}.${DomainEvent.nameOf(event)}`)
  return checked({
    name,
    kind: declaration.kind ?? "context",
    class: declaration.class,
    owner: declaration.owner,
    team: declaration.team,
    purpose: declaration.purpose,
    rooms: declaration.rooms ?? [`domain-${name}`],
    apis: declaration.apis ?? [],
    // Where it runs decides in which order a module tells its exports.
    commands: unique(commands.flatMap((module) => Object.values(module).flatMap(commandName))).toSorted(),
    events: unique(events.flatMap(named)),
    publishes: Object.entries(publishes).map(([language, union]) => ({ name: language, events: unique(named(union)) })),
    says: declaration.says?.messages.map(({ type }) => type) ?? [],
    takes: declaration.takes ?? [],
    hears: declaration.hears ?? [],
    sends: declaration.sends ?? [],
    asks: declaration.asks ?? [],
    relationships: declaration.relationships ?? [],
    glossary: declaration.glossary ?? []
  })
}

const unique = (all: ReadonlyArray<string>): ReadonlyArray<string> => Array.from(new Set(all))

/** The name of a message that is a command. */
const commandName = (value: unknown): ReadonlyArray<string> =>
  Predicate.hasProperty(value, "kind") &&
  value.kind === "command" &&
  Predicate.hasProperty(value, "name") &&
  typeof value.name === "string"
    ? [value.name]
    : []

const formOfNames = ["context.Name", /^[a-z][a-z0-9-]*\.[A-Z]\w*$/u] as const
const formOfTypes = ["context.name.vN", /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[1-9]\d*$/u] as const

const checked = (context: Context): Context => {
  const { commands, events, name, publishes, relationships, says } = context
  const refuse = (field: string, rule: string) => new ContextNotUsable({ context: name, field, rule })
  if (!/^[a-z][a-z0-9-]{0,39}$/u.test(name)) {
    throw refuse("name", "must be 1 to 40 lower-case letters, digits or '-', a letter first")
  }
  for (const field of ["owner", "team", "purpose"] as const) {
    if (context[field].trim() === "") throw refuse(field, "must say something")
  }
  for (const field of ["rooms", "takes", "hears", "sends", "asks"] as const) {
    const twice = context[field].find((one, index) => context[field].indexOf(one) < index)
    if (twice !== undefined) throw refuse(field, `must not have ${twice} twice`)
  }
  for (const field of ["takes", "hears", "sends", "asks"] as const) {
    const [form, fits] = field === "hears" ? formOfTypes : formOfNames
    for (const one of context[field]) {
      if (!fits.test(one)) throw refuse(field, `must be named ${form}, got "${one}"`)
      if (contextOf(one) === name) throw refuse(field, `must not have ${one}: that stays within the context`)
    }
  }
  const strange = commands.find((command) => contextOf(command) !== name)
  if (strange !== undefined) throw refuse("commands", `must not have ${strange}: it belongs to ${contextOf(strange)}`)
  const foreign = says.find((type) => contextOf(type) !== name)
  if (foreign !== undefined) throw refuse("says", `must not have ${foreign}: it belongs to ${contextOf(foreign)}`)
  const unknown = publishes.flatMap((language) => language.events).find((event) => !events.includes(event))
  if (unknown !== undefined) throw refuse("publishes", `must not have ${unknown}: it is none of its events`)
  for (const [index, { because, kind, modules, with: other }] of relationships.entries()) {
    const field = `relationships[${index}]`
    if (other === name) throw refuse(field, "must be with another context")
    if (because.trim() === "") throw refuse(field, "must say why")
    if (modules?.length === 0) throw refuse(field, "must name its modules")
    if (relationships.findIndex((one) => one.with === other && one.kind === kind) < index) {
      throw refuse(field, `must not be a ${kind} with ${other} twice`)
    }
  }
  return context
}
