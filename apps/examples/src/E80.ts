/**
 * E80, the context catalogue: who answers for what, what goes in and out, and whom a change concerns.
 *
 * Shows: a context of the order service, found by name and by team; a name in a dependency that nobody has registered; whom a
 * change concerns directly and by way of others, partners included.
 */
import { Context, ContextMap, Impact, Relationship } from "@eventfold/context-map"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { Console, Effect, Result } from "effect"

/** What it is about. */
export const title = "Context catalogue: who answers for what, and whom a change concerns"

const common = { class: "supporting", owner: "Ann", purpose: "Serves tea." } as const

/** The story. */
export const program = Effect.gen(function* () {
  const inventory = yield* Effect.fromResult(ContextMap.get(map, "inventory"))
  yield* Console.log("Inventory")
  yield* Console.log(`  ${inventory.purpose}`)
  yield* Console.log(`  owner: ${inventory.owner}; team: ${inventory.team}`)
  yield* Console.log(`  APIs: ${inventory.apis.join(", ")}`)
  yield* Console.log(`  events in: ${inventory.takes.join(", ")}`)
  for (const { events, name } of inventory.publishes) yield* Console.log(`  published, ${name}: ${events.join(", ")}`)
  const team = ContextMap.ofTeam(map, "logistics").map(({ name }) => name)
  yield* Console.log(`Logistics works on ${team.join(", ")}`)

  yield* Console.log("A name that nobody has registered")
  const unknown = Result.getOrThrow(Result.flip(ContextMap.get(map, "cellar")))
  yield* Console.log(`  ${unknown._tag}`)
  const gifts = Context.make({ ...common, name: "gifts", team: "gifts", takes: ["inventory.StockEaten"] })
  const refused = Result.getOrThrow(Result.flip(ContextMap.make([inventory, gifts].map(alone))))
  yield* Console.log(`  ${refused._tag}: ${refused.message}`)

  yield* Console.log("Whom a change of the stock of a tea shop concerns")
  const { customerOf, partnerOf } = Relationship
  const tea = yield* Effect.fromResult(
    ContextMap.make([
      Context.make({ ...common, name: "stock", team: "back" }),
      Context.make({
        ...common,
        name: "kitchen",
        team: "back",
        relationships: [customerOf("stock", "Tea needs leaves."), partnerOf("bar", "They serve together.")]
      }),
      Context.make({
        ...common,
        name: "bar",
        team: "front",
        relationships: [partnerOf("kitchen", "They serve together.")]
      })
    ])
  )
  const { direct, teams, transitive } = yield* Effect.fromResult(Impact.of(tea, "stock"))
  for (const { because, context } of direct) yield* Console.log(`  ${context}, directly: ${because.join(", ")}`)
  for (const { by, context } of transitive) yield* Console.log(`  ${context}, by way of ${by.join(", ")}`)
  yield* Console.log(`  teams to talk to: ${teams.join(", ")}`)
})

/** A context without what ties it to contexts that are not in the story. */
const alone = (context: Context.Context): Context.Context =>
  context.name === "gifts" ? context : { ...context, takes: [], hears: [], sends: [], asks: [], relationships: [] }
