import { assert, describe, it } from "@effect/vitest"
import { type CustomerEvents, CustomersMessages } from "@eventfold/domain-customers"
import { MessageSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const { adopt, after, changeProfile, customerId, first, given, recorded, second } = Scenario

type Customer = ReturnType<typeof given>

/** What is said when a command is carried out on a customer. */
const saidOf = (customer: Customer, asked: Parameters<Customer["when"]>[0]) =>
  MessageSpec.told(CustomersMessages, recorded(customer.when(asked)))

const changing = after(Scenario.register, adopt(first), Scenario.changeEmail)
const at = "2024-05-01T00:00:00.000Z"

describe("the published language of customers", () => {
  it("says that somebody has become a customer, and not who", () => {
    assert.deepStrictEqual(saidOf(after(Scenario.register), adopt(first)), [
      { type: "customers.customer-registered.v1", key: customerId, data: { customerId, registeredAt: at } }
    ])
  })

  it("says that something is another than it was, and neither what nor how", () => {
    const changed = [{ type: "customers.customer-changed.v1", key: customerId, data: { customerId, changedAt: at } }]
    assert.deepStrictEqual(saidOf(after(Scenario.register, adopt(first)), changeProfile), changed)
    assert.deepStrictEqual(saidOf(changing, adopt(second)), changed)
  })

  it("says the same once the customer is forgotten", () => {
    const events = changing.events.concat(recorded(changing.when(adopt(second))))
    const said = (of: ReadonlyArray<CustomerEvents.CustomerEvent>) => MessageSpec.told(CustomersMessages, of)
    assert.strictEqual(said(events).length, 2)
    assert.deepStrictEqual(said(Scenario.forgotten(events)), said(events))
  })

  it("says nothing of what is only asked for, or refused", () => {
    assert.deepStrictEqual(saidOf(given(), Scenario.register), [])
    assert.deepStrictEqual(saidOf(after(Scenario.register), Scenario.forgo(first)), [])
    assert.deepStrictEqual(saidOf(after(Scenario.register, adopt(first)), Scenario.commands.changeEmail), [])
  })
})
