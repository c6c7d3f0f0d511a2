import { assert, describe, it } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { MessageSpec } from "@eventfold/testing"
import { DateTime, Schema } from "effect"

const Brewed = PublishedMessage.make(
  "tea",
  "brewed",
  1,
  Schema.Struct({ cups: Schema.Int, at: PublishedMessage.Instant })
)
const language = PublishedMessage.language("tea", [Brewed])
const at = DateTime.makeUnsafe("2026-01-15T12:00:00Z")

describe("what a mapping says", () => {
  it("is received as JSON, with the key it is in order by", () => {
    const data = { cups: 2, at: "2026-01-15T12:00:00.000Z" }
    assert.deepStrictEqual(
      MessageSpec.said(language, [
        PublishedMessage.say(Brewed, { cups: 2, at }, { key: "pot-1" }),
        PublishedMessage.say(Brewed, { cups: 2, at })
      ]),
      [
        { type: "tea.brewed.v1", key: "pot-1", data },
        { type: "tea.brewed.v1", data }
      ]
    )
  })

  it("is told of the events that mean something to others, in their order", () => {
    const events = Schema.Struct({ _tag: Schema.tag("Poured"), cups: Schema.Int })
    const messagesOf = ({ cups }: typeof events.Type) => [PublishedMessage.say(Brewed, { cups, at })]
    const happened = [
      { _tag: "Poured", cups: 2 },
      { _tag: "Spilt", cups: 1 },
      { _tag: "Poured", cups: 3 }
    ]
    assert.deepStrictEqual(
      MessageSpec.told({ language, events, messagesOf }, happened).map(({ data }) => data),
      [2, 3].map((cups) => ({ cups, at: "2026-01-15T12:00:00.000Z" }))
    )
  })

  it("fails the test when its own schema does not accept it", () => {
    const half = PublishedMessage.say(Brewed, { cups: 0.5, at })
    assert.throws(() => MessageSpec.said(language, [half]), "tea.brewed.v1 says what its own schema does not accept")
  })

  it("fails the test when it is not in the language", () => {
    const silent = PublishedMessage.language("tea", [])
    const brewed = PublishedMessage.say(Brewed, { cups: 2, at })
    assert.throws(() => MessageSpec.said(silent, [brewed]), "tea.brewed.v1 is not in the language")
  })

  it("fails the test when it reads otherwise than it was said", () => {
    // It knows nothing of the time.
    const Other = PublishedMessage.make("tea", "brewed", 1, Schema.Struct({ cups: Schema.Int }))
    const brewed = PublishedMessage.say(Brewed, { cups: 2, at })
    assert.throws(
      () => MessageSpec.said(PublishedMessage.language("tea", [Other]), [brewed]),
      "tea.brewed.v1 is not read as it was said"
    )
  })
})
