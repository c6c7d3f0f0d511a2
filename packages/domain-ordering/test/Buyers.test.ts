/** Customers as sales sees them: what is heard of them, what becomes of it, and that it goes when they are forgotten. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Personal, Specification } from "@eventfold/decider"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import {
  Buyer,
  BuyerCommands,
  type BuyerDescription,
  BuyerEvents,
  Buyers,
  type CustomerDirectory,
  Heard,
  type OrderEvents
} from "@eventfold/domain-ordering"
import { PersonName } from "@eventfold/shared-kernel"
import { DeciderSpec, DocumentedTables, ProjectionSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { customerId, occurredAt, orderId, otherCustomerId, shippingAddress } from "./Scenario.ts"

const later = DateTime.add(occurredAt, { days: 1 })
const ada: BuyerDescription.BuyerDescription = { name: PersonName.PersonName.make("Ada Lovelace"), shippingAddress }
const company = { ...ada, company: "Analytical Engines" }
const common = { customerId, occurredAt }

const registered = { _tag: "BuyerRegistered", ...common } satisfies BuyerEvents.BuyerRegistered
const described = (
  description: BuyerDescription.BuyerDescription,
  kind: BuyerDescription.BuyerKind
): BuyerEvents.BuyerDescribed => ({
  _tag: "BuyerDescribed",
  ...common,
  kind,
  description: Personal.of(customerId, description)
})
const forgotten: BuyerEvents.BuyerDescribed = {
  ...described(ada, "private"),
  description: Personal.redacted(customerId)
}

const register = BuyerCommands.RegisterBuyer.make(common)
const describeAs = (description: BuyerDescription.BuyerDescription) =>
  BuyerCommands.DescribeBuyer.make({ ...common, description })

describe("a buyer", () => {
  it("is registered once, whoever tells it again", () => {
    DeciderSpec.given(Buyer.Buyer).when(register).thenEvents([registered]).thenState({ registeredAt: occurredAt })
    DeciderSpec.given(Buyer.Buyer, [registered])
      .when({ ...register, occurredAt: later })
      .thenNothing()
  })

  it("is who they were last told to be, and buys for a company when there is one", () => {
    DeciderSpec.given(Buyer.Buyer, [registered])
      .when(describeAs(ada))
      .thenEvents([described(ada, "private")])
    DeciderSpec.given(Buyer.Buyer, [registered, described(ada, "private")])
      .when(describeAs(company))
      .thenEvents([described(company, "business")])
      .thenState({
        registeredAt: occurredAt,
        kind: "business",
        description: Personal.of(customerId, company)
      })
    DeciderSpec.given(Buyer.Buyer, [registered, described(company, "business")])
      .when(describeAs({ ...company }))
      .thenNothing()
  })

  it("can be described before anybody has told that they are a customer", () => {
    DeciderSpec.given(Buyer.Buyer)
      .when(describeAs(ada))
      .thenEvents([described(ada, "private")])
  })

  it("who was forgotten is not learned again from what comes late", () => {
    DeciderSpec.given(Buyer.Buyer, [registered, forgotten]).when(describeAs(ada)).thenNothing()
  })
})

describe("what sales hears", () => {
  it.prop(
    "of a customer is that they can buy, since when",
    [CustomersMessages.CustomerRegisteredV1.Content],
    ([said]) => {
      assert.deepStrictEqual(Heard.customerRegistered(said), {
        _tag: "RegisterBuyer",
        customerId: said.customerId,
        occurredAt: said.registeredAt
      })
    }
  )

  it("is who they are, once somebody was asked who knows", () => {
    const heard = (found: CustomerDirectory.Found) => Heard.customerFound(customerId, occurredAt, found)
    assert.deepStrictEqual(heard({ _tag: "Known", description: ada }), describeAs(ada))
    assert.isUndefined(heard({ _tag: "Forgotten" }))
    assert.isUndefined(heard({ _tag: "Unknown" }))
  })
})

const drafted = (of: typeof customerId): OrderEvents.OrderDrafted => ({
  _tag: "OrderDrafted",
  orderId,
  customerId: of,
  currency: "EUR",
  occurredAt
})

describe("the list of buyers", () => {
  const rows: ReadonlyArray<Buyers.BuyerRow> = [
    { customerId, registeredAt: occurredAt, kind: "business", orders: 1 },
    { customerId: otherCustomerId, orders: 1 }
  ]

  it("tells since when, how they buy, and how many orders they began; and nothing personal", () => {
    ProjectionSpec.given(Buyers.Buyers)
      .when([
        ...ProjectionSpec.inStream("order", orderId, [drafted(customerId), drafted(otherCustomerId)]),
        ...ProjectionSpec.inStream("buyer", customerId, [
          registered,
          described(ada, "private"),
          described(company, "business")
        ])
      ])
      .thenRows(rows)
    for (const text of [ada.name, shippingAddress.city]) assert.notInclude(JSON.stringify(rows), text)
  })

  it("can be asked for those who buy for a company", () => {
    assert.deepStrictEqual(rows.filter(Specification.matches(Buyers.ofKind("business"))), rows.slice(0, 1))
  })
})

describe("docs/ordering.md", () => {
  it("names the fields and the versions of all events of buyers", () => {
    const page = readFileSync(new URL("../../../docs/ordering.md", import.meta.url), "utf8")
    const [, ...told] = DocumentedTables.rows(page, "Buyers").filter((cells) => cells.length === 3)
    assert.deepStrictEqual(
      DocumentedTables.fieldsIn(told, 2, 2),
      DocumentedTables.versionsOf(BuyerEvents.BuyerEvent.members, "customerId")
    )
  })
})
