import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { Customer, CustomerErrors, EmailHash, Profile } from "@eventfold/domain-customers"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { after, adopt, changeEmail, changeEmailTo, changeProfile, customerId, customers, emailOf, first, forgo } =
  Scenario
const { given, profile, recorded, refusal, register, registerAs, second, told } = Scenario

describe("registering", () => {
  it("waits for the e-mail address; profile and address are personal, of the customer", () => {
    const claimed = { claimId: first, emailHash: Scenario.emailHash }
    const personal = { profile: Personal.of(customerId, profile), email: Personal.of(customerId, Scenario.email) }
    const whole = { customerId, occurredAt: Scenario.occurredAt, ...personal, ...claimed }
    assert.deepStrictEqual(recorded(given().when(register)), [{ ...whole, _tag: "RegistrationRequested" }])
    assert.deepStrictEqual(recorded(after(register).when(adopt(first))), [{ ...whole, _tag: "CustomerRegistered" }])
  })

  it("again is the same one, or is refused and says what differs", () => {
    for (const customer of [after(register), after(register, adopt(first))]) {
      assert.strictEqual(told(customer.when(register)), "nothing")
      const [profile, email] = [{ profile: Scenario.otherProfile }, { email: Scenario.otherEmail }]
      assert.deepInclude(refusal(customer.when(registerAs(profile))), { differs: "profile" })
      assert.deepInclude(refusal(customer.when(registerAs(email))), { differs: "email" })
    }
  })

  it("that came to nothing says why, and is not begun again", () => {
    const refused = refusal(after(register, forgo(first)).when(register))
    assert.deepInclude(refused, { _tag: "RegistrationEnded", reason: "email-taken" })
    assert.include(refused.message, "the e-mail address belongs to another customer")
    assert.deepInclude(Customer.answerOf(after(register, forgo(first)).state, 2), { rejected: "email-taken" })
  })
})

describe("changing the e-mail address", () => {
  const changing = after(register, adopt(first), changeEmail)
  const emailIn = ({ state }: typeof changing) =>
    state.status === "registered" ? Personal.show(state.email) : state.status

  it("keeps the one there is until the other is theirs", () => {
    assert.strictEqual(emailIn(changing), Scenario.email)
    assert.isTrue(Customer.answerOf(changing.state, 3).emailChange)
    const changed = given(...changing.events, ...recorded(changing.when(adopt(second))))
    assert.strictEqual(emailIn(changed), Scenario.otherEmail)
    assert.isFalse(Customer.answerOf(changed.state, 4).emailChange)
  })

  it("that came to nothing leaves the one there is, and the next one is another claim", () => {
    const kept = given(...changing.events, ...recorded(changing.when(forgo(second))))
    assert.strictEqual(emailIn(kept), Scenario.email)
    assert.deepInclude(Customer.answerOf(kept.state, 4), { emailChange: false, rejected: "email-taken" })
    assert.strictEqual(told(kept.when(adopt(second))), "EmailNotAwaited")
    const [next] = recorded(kept.when(changeEmail))
    assert.notInclude([first, second], next?._tag === "EmailChangeRequested" ? next.claimId : first)
  })

  it("to another spelling of it needs nobody's leave", () => {
    const [changed] = recorded(after(register, adopt(first)).when(changeEmailTo(emailOf("ADA@EXAMPLE.org"))))
    assert.deepInclude(changed, { _tag: "EmailChanged", claimId: first, emailHash: Scenario.emailHash })
  })

  it("is one at a time", () => {
    assert.strictEqual(told(changing.when(changeEmail)), "nothing")
    assert.strictEqual(told(changing.when(changeEmailTo(emailOf("third@example.org")))), "EmailChangePending")
  })
})

it("a late or repeated answer about an address that is not awaited changes nothing", () => {
  const registered = after(register, adopt(first))
  assert.strictEqual(told(registered.when(adopt(first))), "nothing")
  assert.strictEqual(told(registered.when(forgo(first))), "nothing")
  assert.strictEqual(told(after(register, forgo(first)).when(adopt(first))), "EmailNotAwaited")
})

describe("a customer who is forgotten", () => {
  it("is not registered anew, and tells nothing any more", () => {
    const forgotten = customers["forgotten"] ?? after()
    for (const command of [register, changeProfile, changeEmail]) {
      assert.strictEqual(told(forgotten.when(command)), "CustomerForgotten")
    }
  })

  it("while registering comes to an end all the same", () => {
    const requested = given(...Scenario.forgotten(after(register).events))
    assert.strictEqual(told(requested.when(adopt(first))), "CustomerRegistered")
    assert.strictEqual(told(requested.when(forgo(first))), "RegistrationRejected")
  })
})

it("no refusal tells anything personal, and each comes back from JSON as it went", () => {
  const Refusal = Schema.toCodecJson(CustomerErrors.CustomerRefusal)
  const met = new Set<string>()
  for (const customer of Object.values(customers)) {
    for (const command of [...Object.values(Scenario.commands), registerAs({ email: Scenario.otherEmail })]) {
      const outcome = customer.when(command)
      if (outcome._tag === "Success") continue
      const { failure } = outcome
      met.add(failure._tag)
      assert.notMatch(failure.message + JSON.stringify(Schema.encodeSync(Refusal)(failure)), /Ada|example|\+44/u)
      const back = Schema.decodeUnknownSync(Refusal)(JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(failure))))
      assert.deepStrictEqual({ ...back, message: back.message }, { ...failure, message: failure.message })
    }
  }
  assert.sameMembers(
    [...met],
    CustomerErrors.CustomerRefusal.members.map((member) => member.fields._tag.schema.literal)
  )
})

describe("the hash of an address", () => {
  const of = (text: string) => EmailHash.of(Scenario.hash, emailOf(text))

  it("is one for its spellings, and another for another address", () => {
    assert.strictEqual(of("ADA@Example.ORG"), of("ada@example.org"))
    assert.strictEqual(of("ΟΔΟΣ@example.org"), of("οδος@example.org"))
    assert.strictEqual(of("e\u0301va@example.org"), of("Éva@example.org"))
    assert.notStrictEqual(of("ada.l@example.org"), of("adal@example.org"))
  })

  it("is made by a function that hashes", () => {
    assert.throws(() => EmailHash.of((text) => text, Scenario.email))
  })
})

it("a profile printed shows nothing of it", () => {
  assert.strictEqual(JSON.stringify(Profile.of(customerId, profile)), '"[REDACTED]"')
})
