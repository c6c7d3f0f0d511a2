import { assert, describe, it } from "@effect/vitest"
import { EmailClaim, EmailClaimErrors, EmailClaimId } from "@eventfold/domain-customers"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { address, addresses, byOther, confirm, customerId, release, reserve, told } = Scenario

describe("an e-mail address", () => {
  it("is the first one's who asks, until they release it", () => {
    const other = { ...reserve, ...byOther }
    assert.strictEqual(told(addresses.reserved.when(other)), "EmailTaken")
    assert.strictEqual(told(addresses.confirmed.when(other)), "EmailTaken")
    assert.strictEqual(told(addresses.released.when(other)), "EmailReserved")
  })

  it("is released by its holder alone", () => {
    const tried = address.given(...addresses.others.events, ...Scenario.recorded(addresses.others.when(release)))
    assert.deepInclude(tried.state, { status: "reserved", claimId: byOther.claimId })
  })

  it("is not reserved by a claim that was given up, whether that was heard of or not", () => {
    assert.strictEqual(told(addresses.released.when(reserve)), "EmailClaimEnded")
    assert.strictEqual(told(address.after(release).when(reserve)), "EmailClaimEnded")
  })

  it("of somebody forgotten is free, and nothing late of theirs takes it back", () => {
    const taken = address.given(...addresses.orphaned.events, ...Scenario.recorded(addresses.orphaned.when(reserve)))
    assert.deepInclude(taken.state, { status: "reserved", claimId: reserve.claimId })
    assert.strictEqual(told(taken.when({ ...reserve, ...byOther })), "EmailClaimEnded")
    assert.strictEqual(told(taken.when({ ...release, claimId: byOther.claimId })), "nothing")
    assert.strictEqual(told(taken.when({ ...confirm, claimId: byOther.claimId })), "EmailNotReserved")
  })

  it("can be claimed once more by who has it", () => {
    const again = address.after(reserve, confirm, { ...reserve, claimId: Scenario.second })
    assert.deepInclude(again.state, { status: "reserved", claimId: Scenario.second })
    assert.strictEqual(told(again.when(release)), "nothing")
  })

  it("remembers so many claims that were given up, the last ones", () => {
    const claims = Array.from({ length: EmailClaim.remembered + 5 }, (_, number) => EmailClaimId.of(customerId, number))
    const { state, when } = address.after(...claims.map((claimId) => ({ ...release, claimId })))
    assert.isTrue(Schema.is(EmailClaim.EmailClaimState)(state))
    const outcomes = claims.map((claimId) => told(when({ ...reserve, claimId })))
    const ended = Array.from({ length: EmailClaim.remembered }, () => "EmailClaimEnded")
    assert.deepStrictEqual(outcomes, [...Array.from({ length: 5 }, () => "EmailReserved"), ...ended])
  })

  it("is refused without a word about whose it is", () => {
    const Refusal = Schema.toCodecJson(EmailClaimErrors.EmailClaimRefusal)
    const outcomes = [addresses.others.when(reserve), addresses.released.when(reserve), addresses.free.when(confirm)]
    const refused = outcomes.map((outcome) => Scenario.refusal(outcome))
    assert.deepStrictEqual(
      refused.map(({ _tag }) => _tag),
      EmailClaimErrors.EmailClaimRefusal.members.map((member) => member.fields._tag.schema.literal)
    )
    for (const refusal of refused) {
      const json = JSON.stringify(Schema.encodeSync(Refusal)(refusal))
      assert.notInclude(json + refusal.message, byOther.customerId)
      assert.deepStrictEqual(Schema.decodeUnknownSync(Refusal)(JSON.parse(json)), refusal)
    }
  })
})
