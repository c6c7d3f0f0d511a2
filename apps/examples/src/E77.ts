/**
 * E77, the context map: how contexts stand to each other, as data that is held to the code.
 *
 * Shows: customer and supplier, partners, an open host, a conformist with its anti-corruption layer, as the order service
 * declares them; what the card gateway's language is, and what becomes of it; what is said to a relationship that the code
 * does not have, and to an import that is not declared.
 */
import { GatewayLanguage, Translation } from "@eventfold/card-gateway"
import { Conformance, Context, ContextMap, Relationship } from "@eventfold/context-map"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { Money } from "@eventfold/shared-kernel"
import { Console, Effect, Option } from "effect"

/** What it is about. */
export const title = "Context map: relationships are data, and held to the code"

const pairs = [
  ["ordering", "inventory"],
  ["ordering", "shipping"],
  ["payments", "ordering"],
  ["payments", "card-gateway"]
] as const

const common = { class: "core", owner: "Ann", team: "tea", purpose: "Serves tea." } as const

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("How contexts of the order service stand to each other")
  for (const [name, other] of pairs) {
    const { relationships } = yield* Effect.fromResult(ContextMap.get(map, name))
    for (const { because, kind } of relationships.filter((one) => one.with === other)) {
      yield* Console.log(`  ${name} and ${other}: ${kind}. ${because}`)
    }
  }

  yield* Console.log("The gateway speaks its own language, and one module says what it means")
  yield* Console.log(`  a charge: ${Object.keys(GatewayLanguage.ChargeRequest.fields).join(", ")}`)
  const money = Option.map(Translation.moneyOf(1840, "usd"), Money.format)
  yield* Console.log(`  1840 cents of "usd": ${Option.getOrElse(money, () => "nothing")}`)

  yield* Console.log("What is declared, and what the code does")
  const contexts = [
    Context.make({ ...common, name: "bar", relationships: [Relationship.customerOf("kitchen", "It serves tea.")] }),
    Context.make({ ...common, name: "kitchen" }),
    Context.make({ ...common, name: "books" })
  ]
  const tea = yield* Effect.fromResult(ContextMap.make(contexts))
  const place = "packages/domain-kitchen/src/Pot.ts:3"
  const found = Conformance.check(tea, {
    rooms: ["domain-bar", "domain-kitchen", "domain-books"],
    imports: [{ from: "domain-kitchen/Pot", to: "domain-books/published", place }],
    consumers: [],
    published: {},
    said: {}
  })
  for (const deviation of found) yield* Console.log(`  ${Conformance.render(deviation)}`)
})
