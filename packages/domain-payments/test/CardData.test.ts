import { assert, describe, it } from "@effect/vitest"
import { CardData, PaymentCommands } from "@eventfold/domain-payments"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const cards = ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"]

describe("the number of a card", () => {
  it("is found in any text, grouped or not", () => {
    for (const card of cards) {
      assert.isTrue(CardData.looksLikeCardNumber(card), card)
      assert.isTrue(CardData.looksLikeCardNumber(`please use 12 ${card}, exp 12/29`), card)
    }
    for (const text of ["4111111111111112", "order 20240517", "", "tok_visa", "+31 6 1234 5678"]) {
      assert.isFalse(CardData.looksLikeCardNumber(text), text)
    }
  })

  it("is no token, and no reason holds one", () => {
    const isToken = Schema.is(CardData.CardToken)
    const isReason = Schema.is(CardData.Reason)
    for (const card of cards) {
      assert.isFalse(isToken(card))
      assert.isFalse(isToken(`tok_${card.replaceAll(/\D/gu, "")}`))
      assert.isFalse(isReason(`wrong card ${card}`))
    }
    assert.isTrue(isToken("tok_0190f5a27c4e"))
    assert.isTrue(isReason("ordered twice"))
  })

  it("is refused wherever a command has text", () => {
    const decode = Schema.decodeUnknownSync(Schema.toCodecJson(PaymentCommands.PaymentCommand))
    const encode = Schema.encodeSync(Schema.toCodecJson(PaymentCommands.PaymentCommand))
    const json = (command: PaymentCommands.PaymentCommand) => JSON.stringify(encode(command))
    for (const command of Object.values(Scenario.commands)) {
      assert.deepStrictEqual(decode(JSON.parse(json(command))), command)
      const spoilt = json(command)
        .replace(Scenario.token, "tok_4111111111111111")
        .replace(Scenario.reason, "card 4111 1111 1111 1111")
      if (spoilt !== json(command)) assert.throws(() => decode(JSON.parse(spoilt)))
    }
  })
})
