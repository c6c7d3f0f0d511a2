import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { PricingErrors } from "@eventfold/domain-catalog"
import { DocumentedTables } from "@eventfold/testing"

const page = readFileSync(new URL("../../../docs/catalog.md", import.meta.url), "utf8")

describe("docs/catalog.md", () => {
  it("names every refusal", () => {
    const [, ...described] = DocumentedTables.rows(page, "Refusals")
    assert.deepStrictEqual(
      described.map(([refusal]) => refusal),
      PricingErrors.PricingRefusal.members.map((member) => member.fields._tag.schema.literal)
    )
  })
})
