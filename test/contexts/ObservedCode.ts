/** What the code of the contexts does, read from the sources of the repository: what `Conformance` holds the map to. */
import type { Conformance } from "@eventfold/context-map"
import type { Source } from "../architecture/Source.ts"

/** A package or an app, as far as it is looked at. */
export interface Room {
  /** `domain-ordering` */
  readonly room: string
  /** `@eventfold/domain-ordering` */
  readonly name: string
  readonly code: ReadonlyArray<Source>
}

/** `packages/card-gateway/src/http/A.ts` is the module `card-gateway/http/A`. */
const moduleOf = (room: string, path: string): string =>
  `${room}/${path.replace(/^[^/]+\/[^/]+\/(src\/)?/u, "").replace(/\.ts$/u, "")}`

/**
 * Every import of a module of ours by another one in `src`: what else a package or an app has is no part of the system. One of
 * an index counts as one of the modules that are taken of it.
 */
export const importsOf = (rooms: ReadonlyArray<Room>): ReadonlyArray<Conformance.Import> => {
  const byName = new Map(rooms.map(({ name, room }) => [name, room]))
  return rooms.flatMap(({ code, room }) =>
    code.filter(isShipped).flatMap(({ imports, path }) =>
      imports.flatMap(({ line, specifier, taken }) => {
        const from = moduleOf(room, path)
        const place = `${path}:${line}`
        if (specifier.startsWith(".")) return [{ from, to: moduleOf(room, beside(path, specifier)), place }]
        const [scope = "", name = "", ...module] = specifier.split("/")
        const target = byName.get(`${scope}/${name}`)
        if (target === undefined) return []
        const members = Array.from(new Set(taken.map((one) => one.path[0] ?? "index")))
        return module.length > 0
          ? [{ from, to: `${target}/${module.join("/")}`, place }]
          : members.map((member) => ({ from, to: `${target}/${member}`, place }))
      })
    )
  )
}

/** The members that each file of a room takes of modules of ours, and of which: by path, by index and within the room. */
export const membersOf = (
  { code, room }: Room,
  rooms: ReadonlyArray<Room>
): ReadonlyArray<{
  readonly module: string
  readonly path: string
  readonly takes: ReadonlyArray<{ readonly from: string; readonly member: string }>
}> => {
  const byName = new Map(rooms.map((one) => [one.name, one.room]))
  return code.filter(isShipped).map(({ imports, path }) => ({
    module: moduleOf(room, path),
    path,
    takes: imports.flatMap(({ specifier, taken }) => {
      const [scope = "", name = "", ...module] = specifier.split("/")
      const target = byName.get(`${scope}/${name}`)
      const from = specifier.startsWith(".")
        ? moduleOf(room, beside(path, specifier))
        : target === undefined
          ? undefined
          : [target, ...module].join("/")
      if (from === undefined) return []
      return taken.flatMap(({ path: [first = "", second = ""] }) =>
        // An index passes modules on, and so their members.
        from.includes("/") ? [{ from, member: first }] : [{ from: `${from}/${first}`, member: second }]
      )
    })
  }))
}

const isShipped = ({ path }: Source) => path.split("/")[2] === "src"

/** The path of a relative specifier. */
const beside = (path: string, specifier: string): string => new URL(specifier, `file:///${path}`).pathname.slice(1)

/** What makes a consumer: the module that must be in the list of consumers when it calls one of these. */
const consumerMakers: ReadonlySet<string> = new Set([
  "EventHandler.make",
  "OutboxRelay.make",
  "ProcessManager.make",
  "Saga.make",
  "Subscriber.make",
  "TogetherHandler.make"
])
const projectionMakers: ReadonlySet<string> = new Set([
  "Projection.make",
  "Projection.counters",
  "Projection.countersWithMemory"
])

const calls = ({ imports }: Source, makers: ReadonlySet<string>): boolean =>
  imports.some(({ taken }) => taken.some(({ path }) => makers.has(path.slice(0, 2).join("."))))

/** The modules of a shared room that are in none of its parts. */
export const withoutPart = ({ code, room }: Room, parts: ReadonlyArray<Conformance.Part>): ReadonlyArray<string> =>
  code
    .filter(isShipped)
    .map(({ path }) => ({ path, module: moduleOf(room, path) }))
    .filter(({ module }) => !parts.some(({ modules }) => module.startsWith(modules)))
    .map(({ path }) => `${path} belongs to no context: add it to apps/orders-api/src/contexts/Parts.ts`)

/** The files that make an event handler, a relay, a subscriber, a process manager or a saga. */
export const consumerFiles = (rooms: ReadonlyArray<Room>): ReadonlyArray<string> =>
  rooms.flatMap(({ code }) => code.filter((source) => calls(source, consumerMakers)).map(({ path }) => path))

/** The projections as consumers of what they import of the published languages of other contexts. */
export const projectionsOf = (
  rooms: ReadonlyArray<Room>,
  contextOfRoom: ReadonlyMap<string, string>,
  isEvent: (name: string) => boolean
): ReadonlyArray<Conformance.Consumer> =>
  rooms.flatMap(({ code, room }) => {
    const context = contextOfRoom.get(room)
    if (context === undefined) return []
    return code
      .filter((source) => calls(source, projectionMakers))
      .map(({ imports, path }) => ({
        name: `the projection in ${path}`,
        context,
        sends: [],
        takes: imports
          .filter(({ specifier }) => specifier.endsWith("/published"))
          .flatMap(({ taken }) => Array.from(new Set(taken.flatMap((one) => one.path.slice(0, 1)))).filter(isEvent))
      }))
  })
