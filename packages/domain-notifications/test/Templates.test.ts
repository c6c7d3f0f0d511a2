import { assert, describe, it } from "@effect/vitest"
import { Letter, News, Templates } from "@eventfold/domain-notifications"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { news, orderId, total } = Scenario
const about = (of: News.News) => ({ orderId, total, news: of })

describe("what is written to customers", () => {
  it("promises money back only to those whose money was taken", () => {
    const { text } = Templates.letter(about(news.cancelled), "Ada")
    assert.include(text, "If money was taken for it, it is given back.")
    assert.notInclude(text, "Money that was taken")
  })

  it("tells what happened, of which order, and what it comes to", () => {
    assert.deepStrictEqual(Templates.letter(about(news.shipped), "Ada Jansen"), {
      subject: "Your order is on its way: order 00000001",
      text: [
        "Dear Ada Jansen,",
        "",
        "your order left with PostNL, tracking number 3SABCD1234567.",
        "We expect it on 2024-05-04.",
        "",
        "Your order 00000001, 40.00 EUR."
      ].join("\n")
    })
    assert.deepStrictEqual(
      Object.values(news).map((one) => Templates.letter(about(one), "Ada").subject),
      [
        "Your order is confirmed: order 00000001",
        "Your goods are set aside: order 00000001",
        "Your order is on its way: order 00000001",
        "Your order is late: order 00000001",
        "Your order is cancelled: order 00000001"
      ]
    )
  })

  it("fits into a text message", () => {
    assert.deepStrictEqual(
      Object.values(news).map((one) => Templates.textMessage(about(one))),
      [
        "Order 00000001: it is confirmed.",
        "Order 00000001: your goods are set aside for you.",
        "Order 00000001: it left with PostNL, tracking number 3SABCD1234567.",
        "Order 00000001: it will come later than we thought. We expect it on 2024-05-06.",
        "Order 00000001: it is cancelled."
      ]
    )
    const long = { ...news.shipped, carrier: "🚚".repeat(100) }
    const cut = Templates.textMessage(about(long))
    assert.lengthOf(Array.from(cut), 160)
    assert.isTrue(cut.isWellFormed())
    assert.isTrue(cut.endsWith("…"))
  })

  it("says nothing of a day that nobody knows", () => {
    const { text } = Templates.letter(about({ kind: "delivery-delayed" }), "Ada")
    assert.notInclude(text, "We expect")
  })

  it.prop("is a letter, whatever the news and the name", [News.News, Schema.String], ([of, name]) => {
    const { subject, text } = Templates.letter(about(of), name)
    assert.isTrue(Schema.is(Letter.Letter)({ to: "ada@example.org", subject, text }), JSON.stringify({ subject, text }))
    assert.notMatch(subject, /[\p{Cc}\u2028\u2029]/u)
    assert.isTrue(Schema.is(Letter.Letter)({ to: "+31", text: Templates.textMessage(about(of)) }))
  })

  it("takes no line of a name for a line of its own", () => {
    const { text } = Templates.letter(about(news.confirmed), "Ada\r\nBcc: eve@example.org\u2028\u0007 Jansen\ud800")
    assert.strictEqual(text.split("\n")[0], "Dear Ada Bcc: eve@example.org Jansen,")
  })
})
