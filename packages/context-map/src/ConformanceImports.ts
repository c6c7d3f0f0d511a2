/** What imports tell of who depends on whom. Part of `Conformance`. */
import type { Import, Part } from "./Conformance.ts"
import type { ContextMap } from "./ContextMap.ts"

/** An import of one context's code by another's. */
export interface Crossing {
  readonly from: string
  readonly to: string
  /** For people. */
  readonly what: string
  /** `import`: of what is offered to others. `question`: of a module that its context offers to nobody. */
  readonly kind: "import" | "question"
  readonly name: string
}

/** What a context offers to the code of others: its published language, and its commands. */
const isOffered = (module: string): boolean => /\/(published|\w*Commands)$/u.test(module)

/**
 * The imports between contexts. A module belongs to the context of the longest part its name begins with, or else to that of
 * its room; one of no context is not looked at. Shared kernels and foreign systems have no language to be asked behind.
 */
export const crossings = (
  { contexts }: ContextMap,
  imports: ReadonlyArray<Import>,
  parts: ReadonlyArray<Part>
): ReadonlyArray<Crossing> => {
  const ownerOfRoom = new Map(contexts.flatMap(({ name, rooms }) => rooms.map((room) => [room, name] as const)))
  const longestFirst = parts.toSorted((one, other) => other.modules.length - one.modules.length)
  const ownerOf = (module: string): string | undefined => {
    const part = longestFirst.find(({ modules }) => module.startsWith(modules))
    return part === undefined ? ownerOfRoom.get(module.slice(0, module.indexOf("/"))) : part.context
  }
  const closed = new Set(contexts.filter(({ kind }) => kind === "context").map(({ name }) => name))
  return imports.flatMap(({ from: importing, place, to: imported }): ReadonlyArray<Crossing> => {
    const [from, to] = [ownerOf(importing), ownerOf(imported)]
    if (from === undefined || to === undefined || from === to) return []
    const what = `${place} imports ${imported}`
    return closed.has(to) && !isOffered(imported)
      ? [{ from, to, what, kind: "question", name: `${to}.${imported.slice(imported.lastIndexOf("/") + 1)}` }]
      : [{ from, to, what, kind: "import", name: imported }]
  })
}
