/**
 * Holds declared contexts to what the code does. What the code does is handed in as data (who reads it from the sources is no
 * matter here), and every difference comes back with what to do about it.
 *
 * Guarantees: what one context takes of another (an import, an event, a message, a command, an answer) is declared, and a
 * relationship, an event, a message, a command or a question that is declared is there. A foreign language stays in the modules that are declared to
 * know it.
 */
import { type Context, contextOf } from "./Context.ts"
import type { ContextMap } from "./ContextMap.ts"
import { foreignLanguage } from "./ConformanceForeign.ts"
import { crossings } from "./ConformanceImports.ts"
import { language } from "./ConformanceLanguage.ts"
import type { Relationship } from "./Relationship.ts"

/** An import of one module by another, both as `room/Module`. */
export interface Import {
  readonly from: string
  readonly to: string
  /** Where it stands, for people: a path, with a line. */
  readonly place: string
}

/** A part of a room that contexts share, such as an app: which context its modules belong to. */
export interface Part {
  /** What the names of its modules begin with: `orders-api/billing/`. Of several that fit, the longest counts. */
  readonly modules: string
  /** The context; none where modules only put contexts together. */
  readonly context?: string
}

/** Something that acts upon events or messages, or sends commands: a projection, a handler, a subscriber, a process. */
export interface Consumer {
  /** For people. */
  readonly name: string
  /** The context it works for. */
  readonly context: string
  /** The names of events, without their context. */
  readonly takes: ReadonlyArray<string>
  /** The types of messages, those of its own context included. */
  readonly hears?: ReadonlyArray<string>
  /** The names of commands, with their context. */
  readonly sends: ReadonlyArray<string>
}

/** What the code does. */
export interface Observed {
  /** The rooms that must belong to a context. */
  readonly rooms: ReadonlyArray<string>
  readonly imports: ReadonlyArray<Import>
  /** To whom the modules of shared rooms belong; none when left out. */
  readonly parts?: ReadonlyArray<Part>
  readonly consumers: ReadonlyArray<Consumer>
  /** What each context really publishes: names of events, without the context. */
  readonly published: Readonly<Record<string, ReadonlyArray<string>>>
  /** The types of messages that each context really publishes. */
  readonly said: Readonly<Record<string, ReadonlyArray<string>>>
}

/** A difference between what is declared and what is there. */
export interface Deviation {
  readonly context: string
  /** What is wrong, and what to do. */
  readonly message: string
}

/** `ordering: …` */
export const render = ({ context, message }: Deviation): string => `${context}: ${message}`

/** Something that one context really takes of another. */
interface Fact {
  readonly from: string
  readonly to: string
  /** For people. */
  readonly what: string
  readonly kind: "import" | "event" | "message" | "command" | "question"
  readonly name: string
}

/** Every difference between the map and what the code does. */
export const check = (map: ContextMap, observed: Observed): ReadonlyArray<Deviation> => {
  const facts = factsOf(map, observed)
  return [
    ...unplaced(map, observed),
    ...strangeConsumers(map, observed),
    ...map.contexts.flatMap((context) => [
      ...undeclared(map, facts, context),
      ...withoutEvidence(facts, context),
      ...messages(facts, context, "takes", "event"),
      ...messages(facts, context, "hears", "message"),
      ...messages(facts, context, "sends", "command"),
      ...messages(facts, context, "asks", "question"),
      ...language(observed, context)
    ]),
    ...foreignLanguage(map, observed.imports)
  ]
}

const factsOf = (map: ContextMap, { consumers, imports, parts = [] }: Observed): ReadonlyArray<Fact> => {
  const { contexts } = map
  const ownerOfEvent = owners(contexts)
  const taken = consumers.flatMap(({ context, hears = [], name, sends, takes }): ReadonlyArray<Fact> => [
    ...takes.flatMap((event): ReadonlyArray<Fact> => {
      const to = ownerOfEvent.get(event)
      const what = `${name} takes ${to}.${event}`
      return to === undefined ? [] : [{ from: context, to, what, kind: "event", name: `${to}.${event}` }]
    }),
    ...hears.map((type): Fact => {
      const what = `${name} hears ${type}`
      return { from: context, to: contextOf(type), what, kind: "message", name: type }
    }),
    ...sends.map((command): Fact => {
      const what = `${name} sends ${command}`
      return { from: context, to: contextOf(command), what, kind: "command", name: command }
    })
  ])
  // What a system of somebody else does is not ours to declare, also where it is played here.
  const foreign = new Set(contexts.filter(({ kind }) => kind === "foreign-system").map(({ name }) => name))
  return [...crossings(map, imports, parts), ...taken].filter(({ from, to }) => from !== to && !foreign.has(from))
}

const owners = (contexts: ReadonlyArray<Context>): ReadonlyMap<string, string> =>
  new Map(contexts.flatMap(({ events, name }) => events.map((event) => [event.slice(name.length + 1), name] as const)))

const unplaced = ({ contexts }: ContextMap, { rooms }: Observed): ReadonlyArray<Deviation> => {
  const known = new Set(contexts.flatMap((context) => context.rooms))
  return rooms
    .filter((room) => !known.has(room))
    .map((room) => ({
      context: room,
      message: `no context has the room ${room}: declare its context in packages/${room}/src/context.ts with Context.make, and add it to the list of contexts`
    }))
}

const strangeConsumers = ({ contexts }: ContextMap, { consumers }: Observed): ReadonlyArray<Deviation> => {
  const known = new Set(contexts.map(({ name }) => name))
  const events = owners(contexts)
  return consumers.flatMap(({ context, name, takes }) => [
    ...(known.has(context)
      ? []
      : [{ context, message: `${name} works for ${context}, which is no registered context: register it` }]),
    ...takes
      .filter((event) => !events.has(event))
      .map((event) => ({
        context,
        message: `${name} takes ${event}, which no context records: add it to the events of its context`
      }))
  ])
}

/** Whether a declaration tells that `from` depends on `to`: its own, or that of a customer it supplies. */
const tells = (map: ContextMap, from: Context, to: string): boolean =>
  from.relationships.some((one) => one.with === to) ||
  map.contexts.some(
    (other) =>
      other.name === to &&
      other.relationships.some(({ kind, with: supplier }) => kind === "customer-supplier" && supplier === from.name)
  )

const undeclared = (map: ContextMap, facts: ReadonlyArray<Fact>, context: Context): ReadonlyArray<Deviation> => {
  const strange = facts.filter(({ from, to }) => from === context.name && !tells(map, context, to))
  return Array.from(new Set(strange.map(({ to }) => to)), (to) => ({
    context: context.name,
    message: `depends on ${to} without a relationship: ${listed(strange.filter((fact) => fact.to === to))}. Declare one with ${to} in the context.ts of ${context.name}, or take it out`
  }))
}

const mostListed = 3

const listed = (facts: ReadonlyArray<Fact>): string => {
  const shown = Array.from(new Set(facts.map(({ what }) => what)))
  const more = shown.length - mostListed
  return shown.slice(0, mostListed).join("; ") + (more > 0 ? `; and ${more} more` : "")
}

const withoutEvidence = (facts: ReadonlyArray<Fact>, { name, relationships }: Context): ReadonlyArray<Deviation> =>
  relationships.flatMap((relationship) => {
    const missing = missingEvidence(facts, name, relationship)
    return missing === undefined
      ? []
      : [
          {
            context: name,
            message: `declares the relationship ${relationship.kind} with ${relationship.with} that the code does not have: ${missing}. Take the relationship out of its context.ts, or write the code it tells of`
          }
        ]
  })

/** What is missing for a relationship to be true; those with a foreign system are looked at by their modules. */
const missingEvidence = (
  facts: ReadonlyArray<Fact>,
  name: string,
  { kind, with: other }: Relationship
): string | undefined => {
  const own = facts.filter(({ from, to }) => from === name && to === other)
  const nothing = `${name} imports nothing of ${other}, takes none of its events or messages and sends none of its commands`
  switch (kind) {
    case "open-host-service":
    case "partnership":
      return own.length === 0 ? nothing : undefined
    case "customer-supplier": {
      const isTold = (way: Fact["kind"]) => way === "event" || way === "message"
      const supplied = facts.some((fact) => fact.from === other && fact.to === name && isTold(fact.kind))
      return own.length === 0 && !supplied ? `${nothing}, and ${other} takes no event or message of ${name}` : undefined
    }
    case "shared-kernel":
      return own.some((fact) => fact.kind === "import") ? undefined : `${name} imports nothing of ${other}`
    case "conformist":
    case "anti-corruption-layer":
      return undefined
  }
}

/** The messages from and to others, and the questions to them: what is declared is done, and what is done is declared. */
const messages = (
  facts: ReadonlyArray<Fact>,
  context: Context,
  field: "takes" | "hears" | "sends" | "asks",
  kind: Fact["kind"]
): ReadonlyArray<Deviation> => {
  const done = facts.filter((fact) => fact.from === context.name && fact.kind === kind)
  const doneNames = new Set(done.map(({ name }) => name))
  const remedy = kind === "question" ? "published: take what is, or " : "declared: "
  const silent = Array.from(doneNames).filter((name) => !context[field].includes(name))
  return [
    ...silent.map((name) => ({
      context: context.name,
      message: `${listed(done.filter((fact) => fact.name === name))}, which is not ${remedy}add "${name}" to ${field} in the context.ts of ${context.name}`
    })),
    ...context[field]
      .filter((name) => !doneNames.has(name))
      .map((name) => ({
        context: context.name,
        message: `declares that it ${field} ${name}, which nothing of it does: take it out of ${field} in the context.ts of ${context.name}`
      }))
  ]
}
