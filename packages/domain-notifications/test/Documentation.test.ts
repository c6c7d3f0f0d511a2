import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { News, NewsEvents } from "@eventfold/domain-notifications"
import { DocumentedTables } from "@eventfold/testing"

const page = readFileSync(new URL("../../../docs/notifications.md", import.meta.url), "utf8")
const heard = readFileSync(new URL("../src/Heard.ts", import.meta.url), "utf8")

describe("docs/notifications.md", () => {
  it("has the table of the code", () => {
    const rows = DocumentedTables.rows(page, "What customers are told")
    const table = heard.split("\n").filter((line) => line.startsWith(" * | `"))
    assert.deepStrictEqual(
      rows.slice(1).map((cells) => cells.join(" ")),
      table.map((line) =>
        line
          .slice(3)
          .split("|")
          .map((cell) => cell.trim())
          .filter((cell) => cell !== "")
          .join(" ")
      )
    )
    assert.deepStrictEqual(
      rows.slice(1).map(([, kind = ""]) => kind.replaceAll("`", "")),
      Array.from(News.NewsKind.literals)
    )
  })

  it("names the fields and the versions of all events", () => {
    const [, ...described] = DocumentedTables.rows(page, "Events")
    assert.deepStrictEqual(
      DocumentedTables.fieldsIn(described, 2, 2),
      DocumentedTables.versionsOf(NewsEvents.NewsEvent.members, "orderId")
    )
  })

  it("names every reason", () => {
    for (const reason of NewsEvents.SkipReason.literals) assert.include(page, `\`${reason}\``)
  })
})
