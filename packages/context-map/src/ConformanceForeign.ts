/** Whether the language of a foreign system stays where it is declared to be. Part of `Conformance`. */
import type { Deviation, Import } from "./Conformance.ts"
import type { Context } from "./Context.ts"
import type { ContextMap } from "./ContextMap.ts"

/**
 * A conformist's modules are there, and know nothing of ours. Those of an anti-corruption layer are there and know the
 * foreign language. Nothing else does, but the foreign system itself, where it is played here.
 */
export const foreignLanguage = ({ contexts }: ContextMap, imports: ReadonlyArray<Import>): ReadonlyArray<Deviation> =>
  contexts.flatMap((context) => {
    const spoken = modulesOf(context, "conformist")
    return [
      ...context.relationships.flatMap((relationship) =>
        relationship.kind === "conformist" || relationship.kind === "anti-corruption-layer"
          ? missing(context, relationship.modules ?? [], relationship.kind, imports)
          : []
      ),
      ...impure(context, spoken, imports),
      ...layerOf(context, spoken, imports),
      ...leaks(contexts, context, spoken, imports)
    ]
  })

type Kind = "conformist" | "anti-corruption-layer"
interface Spoken {
  readonly module: string
  readonly system: string
}

const modulesOf = ({ relationships }: Context, kind: Kind): ReadonlyArray<Spoken> =>
  relationships.flatMap((one) =>
    one.kind === kind ? (one.modules ?? []).map((module) => ({ module, system: one.with })) : []
  )

/** Every module of the code is in an import: one that nothing imports and that imports nothing is of no use. */
const missing = (
  { name }: Context,
  modules: ReadonlyArray<string>,
  kind: Kind,
  imports: ReadonlyArray<Import>
): ReadonlyArray<Deviation> =>
  modules
    .filter((module) => !imports.some(({ from, to }) => from === module || to === module))
    .map((module) => ({
      context: name,
      message: `declares the relationship ${kind} with the module ${module}, which is not there: correct its name in the context.ts of ${name}, or write the module`
    }))

const impure = (
  { name }: Context,
  spoken: ReadonlyArray<Spoken>,
  imports: ReadonlyArray<Import>
): ReadonlyArray<Deviation> =>
  imports
    .filter(({ from }) => spoken.some(({ module }) => module === from))
    .map(({ place, to }) => ({
      context: name,
      message: `${place} imports ${to}: a conformist's module speaks the foreign language alone. Move what knows both to the anti-corruption layer`
    }))

const layerOf = (
  context: Context,
  spoken: ReadonlyArray<Spoken>,
  imports: ReadonlyArray<Import>
): ReadonlyArray<Deviation> =>
  modulesOf(context, "anti-corruption-layer").flatMap(({ module, system }) => {
    const language = spoken.filter((one) => one.system === system).map((one) => one.module)
    const knows = imports.some(({ from, to }) => from === module && language.includes(to))
    return knows
      ? []
      : [
          {
            context: context.name,
            message: `declares the relationship anti-corruption-layer with ${system} that the code does not have: ${module} does not know its language. Take the module out of the relationship in the context.ts of ${context.name}`
          }
        ]
  })

const leaks = (
  contexts: ReadonlyArray<Context>,
  context: Context,
  spoken: ReadonlyArray<Spoken>,
  imports: ReadonlyArray<Import>
): ReadonlyArray<Deviation> => {
  const layer = modulesOf(context, "anti-corruption-layer")
  return imports.flatMap(({ from, place, to }) => {
    const language = spoken.find(({ module }) => module === to)
    if (language === undefined) return []
    const { system } = language
    const [room = "", name = ""] = from.split("/")
    const foreign = contexts.some((one) => one.name === system && one.rooms.includes(room))
    // The index of a package only passes on what is in it.
    const passesOn = name === "index" && to.startsWith(`${room}/`)
    const allowed = foreign || passesOn || layer.some((one) => one.module === from && one.system === system)
    return allowed
      ? []
      : [
          {
            context: context.name,
            message: `${place} imports ${to}: the language of ${system} stays in the anti-corruption layer (${layer.map(({ module }) => module).join(", ")}). Translate it there`
          }
        ]
  })
}
