/**
 * Whom a change of a context concerns: those that depend on it, and those that depend on them.
 *
 * A context depends on another one when it declares a relationship with it, acts upon its events or messages, sends its
 * commands, or asks it something.
 * Cycles, such as partnerships, are followed once; the context itself is never told of its own change.
 */
import { Result, Schema } from "effect"
import { contextOf } from "./Context.ts"
import { type ContextMap, get, type UnknownContext } from "./ContextMap.ts"

/** The schema of a context that depends on the one in question. */
export const Dependent = Schema.Struct({
  context: Schema.String,
  team: Schema.String,
  /** Why: its relationships, the events it takes, the messages it hears, the commands it sends and what it asks. */
  because: Schema.Array(Schema.String)
}).annotate({ identifier: "Dependent" })
/** A context that depends on the one in question. */
export interface Dependent extends Schema.Schema.Type<typeof Dependent> {}

/** The schema of a context that is concerned by way of others. */
export const Concerned = Schema.Struct({
  context: Schema.String,
  team: Schema.String,
  /** A shortest way there: the contexts in between, the one next to the change first. */
  by: Schema.Array(Schema.String)
}).annotate({ identifier: "Concerned" })

/** The schema of an impact. */
export const Impact = Schema.Struct({
  context: Schema.String,
  direct: Schema.Array(Dependent),
  transitive: Schema.Array(Concerned),
  /** Every team to talk to before the change. */
  teams: Schema.Array(Schema.String)
}).annotate({ identifier: "Impact" })
/** Whom a change of a context concerns. */
export interface Impact extends Schema.Schema.Type<typeof Impact> {}

/** Why each context depends on a given one. */
export const dependentsOf = ({ contexts }: ContextMap, name: string): ReadonlyArray<Dependent> =>
  contexts.flatMap((context) => {
    if (context.name === name) return []
    const because = [
      ...context.relationships.filter(({ with: other }) => other === name).map(({ kind }) => kind),
      ...context.takes.filter((event) => contextOf(event) === name).map((event) => `takes ${event}`),
      ...context.hears.filter((type) => contextOf(type) === name).map((type) => `hears ${type}`),
      ...context.sends.filter((command) => contextOf(command) === name).map((command) => `sends ${command}`),
      ...context.asks.filter((module) => contextOf(module) === name).map((module) => `asks ${module}`)
    ]
    return because.length === 0 ? [] : [{ context: context.name, team: context.team, because }]
  })

/** Whom a change of the context of this name concerns. */
export const of = (map: ContextMap, name: string): Result.Result<Impact, UnknownContext> =>
  Result.map(get(map, name), () => {
    const direct = dependentsOf(map, name)
    const ways = new Map<string, ReadonlyArray<string>>([[name, []]])
    for (const { context } of direct) ways.set(context, [])
    const transitive: Array<typeof Concerned.Type> = []
    // Breadth first, so that each is found by a shortest way.
    const queue = direct.map(({ context }) => context)
    for (const near of queue) {
      for (const { context, team } of dependentsOf(map, near)) {
        if (ways.has(context)) continue
        const by = [...(ways.get(near) ?? []), near]
        ways.set(context, by)
        transitive.push({ context, team, by })
        queue.push(context)
      }
    }
    const teams = Array.from(new Set([...direct, ...transitive].map(({ team }) => team)))
    return { context: name, direct, transitive, teams }
  })
