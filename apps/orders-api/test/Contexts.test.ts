/** The context map over HTTP: found by name and team, what a change concerns, and the drawing as Mermaid itself reads it. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { map } from "../src/contexts/Contexts.ts"
import * as Mermaid from "./Mermaid.ts"
import { operations } from "./Operations.ts"
import { each, read } from "./Reading.ts"
import { request, TestService } from "./TestService.ts"

const names = map.contexts.map(({ name }) => name)

describe("the context map", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("is told: every context, or those of a team", () =>
      Effect.gen(function* () {
        const all = yield* read("/contexts")
        assert.deepStrictEqual(all.value, { contexts: map.contexts })
        assert.deepStrictEqual(each(yield* read("/contexts?team=finance"), "contexts", "name"), [
          "payments",
          "billing",
          "analytics",
          "accounts"
        ])
        assert.deepStrictEqual((yield* read("/contexts?team=nobody")).value, { contexts: [] })
      })
    )

    it.effect("has a context with its language", () =>
      Effect.gen(function* () {
        const inventory = yield* read("/contexts/inventory")
        assert.deepInclude(inventory.value, { name: "inventory", class: "supporting", team: "warehouse" })
        const [reserved] = inventory.all("glossary").filter((term) => term.at("term") === "StockReserved")
        assert.isAbove(reserved?.text("meaning").length ?? 0, 20)
      })
    )

    it.effect("says whom a change concerns, also where contexts depend on each other", () =>
      Effect.gen(function* () {
        const gateway = yield* read("/contexts/card-gateway/impact")
        assert.deepStrictEqual(each(gateway, "direct", "context"), ["payments"])
        assert.sameMembers(
          [...each(gateway, "transitive", "context")],
          ["ordering", "fulfilment", "shipping", "inventory", "billing", "notifications", "analytics"]
        )
        const ordering = yield* read("/contexts/ordering/impact")
        assert.include(each(ordering, "direct", "context"), "shipping")
        assert.notInclude(each(ordering, "transitive", "context"), "ordering")
      })
    )

    it.effect("knows no others", () =>
      Effect.gen(function* () {
        for (const path of ["/contexts/cellar", "/contexts/cellar/impact"]) {
          const { body, status } = yield* request("GET", path)
          assert.strictEqual(status, 404)
          assert.deepInclude(body.value, {
            type: "urn:eventfold:problem:context-not-found",
            name: "cellar",
            known: names
          })
        }
      })
    )

    it.effect("is drawn: Mermaid reads every context and a line for each pair that is related", () =>
      Effect.gen(function* () {
        const answer = yield* request("GET", "/contexts/diagram")
        assert.match(answer.headers["content-type"] ?? "", /^text\/plain/u)
        const drawn = yield* Mermaid.parseFlow(answer.text)
        assert.deepStrictEqual(
          drawn.nodes.map((text) => text.split("<br/>")[0]),
          names
        )
        const pairs = map.contexts.flatMap(({ name, relationships }) =>
          relationships.map(({ kind, with: other }) =>
            (kind === "partnership" ? [name, other].toSorted() : [name, other]).join(" ")
          )
        )
        // What is asked has a line of its own.
        const asked = new Set(
          map.contexts.flatMap(({ asks, name }) => asks.map((module) => `${name} ${module.split(".")[0]}`))
        )
        assert.include(Array.from(asked), "notifications customers")
        assert.strictEqual(drawn.edges.length, new Set(pairs).size + asked.size)
      })
    )

    it.effect("names only paths that there are", () =>
      Effect.sync(() => {
        const paths = operations.map((operation) => operation.slice(operation.indexOf(" ") + 1))
        for (const api of map.contexts.flatMap(({ apis }) => apis)) {
          assert.isTrue(
            paths.some((path) => path === api || path.startsWith(`${api}/`)),
            api
          )
        }
      })
    )
  })
})
