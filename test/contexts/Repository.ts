/** The contexts of the repository, as their code has them; and the files that are generated from them. */
import { type Conformance, Drawing, Glossary } from "@eventfold/context-map"
import { DomainEvent } from "@eventfold/decider"
import { consumers } from "@eventfold/orders-api/contexts/Consumers"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { parts } from "@eventfold/orders-api/contexts/Parts"
import { Context, Effect, FileSystem, Layer, Option, Predicate, Schema } from "effect"
import { read } from "../architecture/Workspace.ts"
import { termsOf } from "./Docstrings.ts"
import { consumerFiles, importsOf, projectionsOf, type Room, withoutPart } from "./ObservedCode.ts"
import { differences } from "./SentCommands.ts"
import * as ContextDocument from "./ContextDocument.ts"

/** The root of the repository. */
export const root = `${import.meta.dirname}/../..`

/** Every room of the repository, with its code: read once. */
export class Rooms extends Context.Service<Rooms, ReadonlyArray<Room>>()("eventfold/test/contexts/Rooms") {
  /** Reads them. */
  static readonly layer = Layer.effect(
    Rooms,
    Effect.map(read(root), ({ packages }) =>
      packages.map(({ code, manifest, room }): Room => ({ room, name: manifest.name, code }))
    )
  )
}

const isContextRoom = (room: string) => room.startsWith("domain-")

/** Whether a value is the schema of an event; the answer is its name. */
const eventName = (value: unknown): ReadonlyArray<string> => {
  if (!Schema.isSchema(value) || !("fields" in value)) return []
  const { fields } = value
  return typeof fields === "object" && fields !== null && "occurredAt" in fields && "_tag" in fields
    ? [DomainEvent.nameOf(value)]
    : []
}

/** What a module exports, by name. */
export const exportsOf = (path: string): Effect.Effect<object> =>
  Effect.map(
    Effect.promise((): Promise<unknown> => import(path)),
    (module) => (Predicate.isObject(module) ? { ...module } : {})
  )

/** Whether a value is a module with a published language; the answer is the types of its messages. */
const typesIn = (value: unknown): ReadonlyArray<string> =>
  Option.match(decodeModule(value), {
    onNone: () => [],
    onSome: ({ language }) => language.messages.map(({ type }) => type)
  })

const decodeModule = Schema.decodeUnknownOption(
  Schema.Struct({
    language: Schema.Struct({
      context: Schema.String,
      messages: Schema.Array(Schema.Struct({ type: Schema.String }))
    })
  })
)

/** The events, or the messages, that each context's `published.ts` exports. */
const published = Effect.fn("Repository.published")(function* (of: (value: unknown) => ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const found: Record<string, ReadonlyArray<string>> = {}
  for (const { name, rooms: own } of map.contexts) {
    for (const room of own) {
      const path = `${root}/packages/${room}/src/published.ts`
      if (!(yield* fs.exists(path))) continue
      found[name] = Object.values(yield* exportsOf(path)).flatMap(of)
    }
  }
  return found
})

/** What the code of the repository does. */
export const observed = Effect.gen(function* () {
  const all = yield* Rooms
  const contextOfRoom = new Map(
    map.contexts.flatMap(({ name, rooms: own }) => own.map((room) => [room, name] as const))
  )
  const events = new Set(
    map.contexts.flatMap(({ events: own }) => own.map((event) => event.slice(event.indexOf(".") + 1)))
  )
  const seen: Conformance.Observed = {
    rooms: all.map(({ room }) => room).filter(isContextRoom),
    // Examples tell of the system, and are no part of it.
    imports: importsOf(all.filter(({ room }) => room !== "examples")),
    parts,
    consumers: [...consumers, ...projectionsOf(all, contextOfRoom, (name) => events.has(name))],
    published: yield* published(eventName),
    said: yield* published(typesIn)
  }
  return seen
})

/** The modules of the service of which nobody has said whose they are. */
export const homeless = Effect.map(Rooms, (all) =>
  all.filter(({ room }) => room === "orders-api").flatMap((one) => withoutPart(one, parts))
)

/** Every command of the contexts, by the module and the name it is exported with. */
const commands = Effect.gen(function* () {
  const found = new Map<string, string>()
  for (const { code, room } of yield* Rooms) {
    if (!isContextRoom(room)) continue
    for (const { path } of code) {
      const [, , folder, ...rest] = path.split("/")
      const module = rest.join("/").replace(/\.ts$/u, "")
      if (folder !== "src" || !module.endsWith("Commands")) continue
      for (const [member, value] of Object.entries(yield* exportsOf(`${root}/${path}`))) {
        const command = asCommand(value)
        if (Option.isSome(command)) found.set(`${room}/${module} ${member}`, command.value.name)
      }
    }
  }
  return found
})

const asCommand = Schema.decodeUnknownOption(Schema.Struct({ kind: Schema.Literal("command"), name: Schema.String }))

/** Differences between the commands that consumers are listed to send and those that their files take. */
export const missent = Effect.gen(function* () {
  const all = yield* Rooms
  const known = yield* commands
  return {
    known: known.size,
    found: differences(
      all.filter(({ room }) => isContextRoom(room) || room === "orders-api"),
      consumers,
      (module, member) => known.get(`${module} ${member}`)
    )
  }
})

/** Files that make a consumer and are not in the list of consumers, and those in the list that make none. */
export const unlisted = Effect.map(Rooms, (all) => {
  const looked = all.filter(({ room }) => isContextRoom(room) || room === "orders-api")
  const making = new Set(consumerFiles(looked))
  const listed = new Set(consumers.map(({ file }) => file))
  return [
    ...Array.from(making)
      .filter((file) => !listed.has(file))
      .map((file) => `${file} makes a consumer: add it to apps/orders-api/src/contexts/Consumers.ts`),
    ...Array.from(listed)
      .filter((file) => !making.has(file))
      .map((file) => `${file} makes no consumer: take it out of apps/orders-api/src/contexts/Consumers.ts`)
  ]
})

/** The glossary of each room of a context, as what stands above its commands and events has it. */
export const glossaries = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const found: Array<{ readonly path: string; readonly glossary: Glossary.Glossary }> = []
  for (const { code, room } of yield* Rooms) {
    if (!isContextRoom(room)) continue
    const terms: Array<Glossary.Term> = []
    for (const { path } of code) terms.push(...termsOf(path, yield* fs.readFileString(`${root}/${path}`)))
    found.push({ path: `packages/${room}/src/glossary.ts`, glossary: Glossary.make(terms) })
  }
  return found
})

/** The source of a glossary, to be formatted. */
export const glossarySource = (glossary: Glossary.Glossary): string =>
  [
    "/** The language of the context. Generated by `npm run contexts` from what stands above commands and events. */",
    'import type { Glossary } from "@eventfold/context-map"',
    "",
    "/** The words of the context, and what they mean. */",
    `export const glossary: Glossary.Glossary = ${JSON.stringify(glossary, undefined, 2)}`,
    ""
  ].join("\n")

/** The path of the document of the contexts. */
export const documentPath = "docs/context-map.md"

/** The text of the document of the contexts. */
export const document = ContextDocument.markdown(map, Drawing.mermaid(map))

export { map }
