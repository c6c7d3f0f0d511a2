import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  CatalogErrors,
  PricingErrors,
  ProductCommands,
  ProductEvents,
  RuleCommands,
  RuleEvents
} from "@eventfold/domain-catalog"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import { productCommands, productsBy } from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/catalog.md", import.meta.url), "utf8")
const namesOf = (
  schemas: ReadonlyArray<{ readonly fields: { readonly _tag: { readonly schema: { readonly literal: string } } } }>
) => schemas.map(({ fields }) => fields._tag.schema.literal)
const described = (heading: string) => DocumentedTables.rows(page, heading).slice(1)
const products = Object.values(productsBy)

describe("docs/catalog.md", () => {
  it("draws the transitions of a product, all of them", () => {
    assert.deepStrictEqual(
      DocumentedTables.transitions(page),
      DeciderScenario.transitions(products, Object.values(productCommands))
    )
  })

  it("tells what each command leads to in each state", () => {
    assert.deepStrictEqual(
      described("Products").filter((cells) => cells.length === 4),
      DeciderScenario.table(products, Object.values(productCommands))
    )
  })

  it("names every command with its fields", () => {
    const { fieldsIn, fieldsOf } = DocumentedTables
    assert.deepStrictEqual(fieldsIn(described("Commands"), 2), [
      ...fieldsOf(ProductCommands.ProductCommand.members, "productId"),
      ...fieldsOf(RuleCommands.PromotionCommand.members, "ruleId"),
      ...fieldsOf(RuleCommands.OrderValueDiscountCommand.members, "ruleId")
    ])
  })

  it("names every event with its version and its fields", () => {
    const { fieldsIn, versionsOf } = DocumentedTables
    assert.deepStrictEqual(fieldsIn(described("Events"), 2, 2), [
      ...versionsOf(ProductEvents.ProductEvent.members, "productId"),
      ...versionsOf(RuleEvents.PromotionEvent.members, "ruleId"),
      ...versionsOf(RuleEvents.OrderValueDiscountEvent.members, "ruleId")
    ])
  })

  it("names every refusal, of a price and of the catalogue", () => {
    const of = (heading: string) => described(heading).map(([refusal]) => refusal)
    assert.deepStrictEqual(of("Refusals"), namesOf(PricingErrors.PricingRefusal.members))
    assert.deepStrictEqual(
      of("Refusals of the catalogue"),
      namesOf([CatalogErrors.ProductAlreadyListed, ...CatalogErrors.RuleRefusal.members])
    )
  })
})
