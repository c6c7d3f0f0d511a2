/**
 * The contexts of a system, as one value: found by name and by team. Every name that one of them depends on is registered,
 * or there is no map.
 */
import { Result, Schema } from "effect"
import { type Context, contextOf } from "./Context.ts"

/** Contexts that fit together. {@link make} makes it. */
export interface ContextMap {
  readonly contexts: ReadonlyArray<Context>
}

/** A context depends on something that nobody has registered. */
export class UnregisteredName extends Schema.TaggedError<UnregisteredName>()("UnregisteredName", {
  context: Schema.String,
  /** Where it stands: `relationships`, `takes`, `hears`, `sends` or `asks`. */
  field: Schema.String,
  name: Schema.String,
  /** What is registered there. */
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.context}: ${this.field} names "${this.name}", which is not registered; known are ${this.known.join(", ") || "none"}`
  }
}

/** Two contexts claim the same name, the same room, or an event of the same name: stored events are told apart by it. */
export class ClaimedTwice extends Schema.TaggedError<ClaimedTwice>()("ClaimedTwice", {
  what: Schema.Literals(["name", "room", "event"]),
  name: Schema.String
}) {
  override get message() {
    return `the ${this.what} ${this.name} is claimed by two contexts`
  }
}

/** A relationship that the other side does not bear out. */
export class OneSided extends Schema.TaggedError<OneSided>()("OneSided", {
  context: Schema.String,
  with: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.context} and ${this.with}: ${this.rule}`
  }
}

/** Why contexts make no map. */
export type MapNotUsable = UnregisteredName | ClaimedTwice | OneSided

/** There is no context of this name. */
export class UnknownContext extends Schema.TaggedError<UnknownContext>()("UnknownContext", {
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `there is no context "${this.name}"; known are ${this.known.join(", ") || "none"}`
  }
}

/** Makes a map of contexts, or says what is wrong with the first one that does not fit. */
export const make = (contexts: ReadonlyArray<Context>): Result.Result<ContextMap, MapNotUsable> => {
  const problem =
    claimedTwice(
      "name",
      contexts.map(({ name }) => name)
    ) ??
    claimedTwice(
      "room",
      contexts.flatMap(({ rooms }) => rooms)
    ) ??
    claimedTwice(
      "event",
      contexts.flatMap(({ events }) => events.map((event) => event.slice(event.indexOf(".") + 1)))
    )
  if (problem !== undefined) return Result.fail(problem)
  const byName = new Map(contexts.map((context) => [context.name, context]))
  for (const context of contexts) {
    const wrong = unregistered(byName, context) ?? oneSided(byName, context)
    if (wrong !== undefined) return Result.fail(wrong)
  }
  return Result.succeed({ contexts })
}

const claimedTwice = (what: ClaimedTwice["what"], names: ReadonlyArray<string>) => {
  const name = names.find((one, index) => names.indexOf(one) < index)
  return name === undefined ? undefined : new ClaimedTwice({ what, name })
}

type ByName = ReadonlyMap<string, Context>

const unregistered = (byName: ByName, context: Context): UnregisteredName | undefined => {
  const refuse = (field: string, name: string, known: Iterable<string>) =>
    new UnregisteredName({ context: context.name, field, name, known: Array.from(known) })
  for (const { with: other } of context.relationships) {
    if (!byName.has(other)) return refuse("relationships", other, byName.keys())
  }
  for (const event of context.takes) {
    const known = byName.get(contextOf(event))?.publishes.flatMap(({ events }) => events)
    if (known?.includes(event) !== true) return refuse("takes", event, known ?? byName.keys())
  }
  for (const type of context.hears) {
    const known = byName.get(contextOf(type))?.says
    if (known?.includes(type) !== true) return refuse("hears", type, known ?? byName.keys())
  }
  for (const command of context.sends) {
    const known = byName.get(contextOf(command))?.commands
    if (known?.includes(command) !== true) return refuse("sends", command, known ?? byName.keys())
  }
  const asked = context.asks.find((module) => !byName.has(contextOf(module)))
  if (asked !== undefined) return refuse("asks", asked, byName.keys())
  return undefined
}

const oneSided = (byName: ByName, { name, relationships }: Context): OneSided | undefined => {
  for (const { kind, with: other } of relationships) {
    const its = byName.get(other)
    if (its === undefined) continue
    const refuse = (rule: string) => new OneSided({ context: name, with: other, rule })
    if (kind === "partnership" && !its.relationships.some((one) => one.kind === kind && one.with === name)) {
      return refuse(`a partnership is declared by both: ${other} does not declare it`)
    }
    if ((kind === "shared-kernel") !== (its.kind === "shared-kernel")) {
      return refuse(`shared kernels, and they alone, are shared: ${other} is a ${its.kind}`)
    }
    if (kind === "open-host-service" && its.publishes.length + its.says.length + its.apis.length === 0) {
      return refuse(`${other} offers nothing to everybody: it publishes no language and has no API`)
    }
  }
  return undefined
}

/** The context of this name. */
export const get = ({ contexts }: ContextMap, name: string): Result.Result<Context, UnknownContext> => {
  const found = contexts.find((context) => context.name === name)
  return found === undefined
    ? Result.fail(new UnknownContext({ name, known: contexts.map((context) => context.name) }))
    : Result.succeed(found)
}

/** The contexts a team works on; none when there is no such team. */
export const ofTeam = ({ contexts }: ContextMap, team: string): ReadonlyArray<Context> =>
  contexts.filter((context) => context.team === team)

/** The teams, in the order of the map. */
export const teams = ({ contexts }: ContextMap): ReadonlyArray<string> =>
  Array.from(new Set(contexts.map(({ team }) => team)))
