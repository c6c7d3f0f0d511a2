/** The read models of billing. */
import { assert, describe, it } from "@effect/vitest"
import { Projection, Specification } from "@eventfold/decider"
import { Debtor, Debtors, DocumentNumber, Invoices, Sales, type SaleEvents } from "@eventfold/domain-billing"
import { OrderId } from "@eventfold/shared-kernel"
import { DeciderScenario, ProjectionSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const {
  after,
  cancel,
  credit,
  customerId,
  day,
  enter,
  invoice,
  invoiceId,
  occurredAt,
  orderId,
  pay,
  refund,
  sale,
  ship
} = Scenario

const inSale = <Event extends SaleEvents.SaleEvent>(events: ReadonlyArray<Event>) =>
  ProjectionSpec.inStream("sale", events[0]?.orderId ?? "", events)
const documents = (events: ReadonlyArray<SaleEvents.SaleEvent>) =>
  events.flatMap((event) =>
    event._tag === "InvoiceIssued" || event._tag === "InvoicePaid" || event._tag === "InvoiceCredited" ? [event] : []
  )

const row = {
  orderId,
  status: "awaiting-invoicing",
  customerId,
  currency: "EUR",
  total: 4_000,
  placedAt: occurredAt,
  shippedAt: day(3),
  updatedAt: day(3),
  version: 2
} as const

describe("the sales", () => {
  it("stand as the facts have them, and tell of nothing twice", () => {
    const { events } = after(enter, { ...ship, occurredAt: day(3) })
    ProjectionSpec.given(Sales.Sales).when(inSale(events)).thenRows([row])
    ProjectionSpec.given(Sales.Sales, [row]).when(inSale(events)).thenNothing()
    assert.isUndefined(Projection.inlineProblem(Sales.Sales))
    const statuses = [[pay], [enter], [enter, pay], [enter, cancel], [enter, ship, invoice, cancel]].map((told) => {
      const { changes } = Projection.foldBatch(Sales.Sales)(
        new Map(),
        after(...told).events.map((event, index) => ({
          event,
          recorded: {
            stream: { tenant: "main", category: "sale", id: orderId },
            version: index + 1,
            position: index + 1,
            recordedAt: occurredAt
          }
        }))
      )
      return changes.map((change) => (change._tag === "Upsert" ? change.row.status : change._tag))
    })
    assert.deepStrictEqual(statuses, [["noted"], ["pending-payment"], ["paid"], ["cancelled"], ["invoiced"]])
  })

  it("are asked for what awaits invoicing, and by customer", () => {
    const rows: ReadonlyArray<Sales.SaleRow> = [row, { ...row, orderId: Scenario.otherOrderId, status: "invoiced" }]
    assert.deepStrictEqual(rows.filter(Specification.matches(Sales.awaitingInvoicing)), [row])
    assert.lengthOf(rows.filter(Specification.matches(Sales.ofCustomer(customerId))), 2)
    const other = Debtors.rows.field("customerId")
    assert.isDefined(other)
  })
})

describe("the invoices", () => {
  const issued = {
    orderId,
    invoiceId,
    number: "INV-2024-000001",
    year: 2024,
    sequence: 1,
    status: "issued",
    customerId,
    lines: sale.lines,
    currency: "EUR",
    total: 4_000,
    credited: 0,
    creditNotes: [],
    issuedAt: occurredAt,
    version: 1
  } as const

  it("have their lines, and are paid and credited", () => {
    const { events } = after(enter, pay, ship, invoice, refund, { ...credit, occurredAt: day(9) })
    const note = { number: "CRN-2024-000001", amount: 1_000, reason: "refunded", issuedAt: day(9) } as const
    const paid = {
      ...issued,
      status: "paid",
      paidAt: occurredAt,
      credited: 1_000,
      creditNotes: [note],
      version: 3
    } as const
    ProjectionSpec.given(Invoices.Invoices)
      .when(inSale(documents(events)))
      .thenRows([paid])
    ProjectionSpec.given(Invoices.Invoices, [paid])
      .when(inSale(documents(events)))
      .thenNothing()
  })

  it("that are credited as a whole are credited, whenever they are paid", () => {
    const { events } = after(enter, ship, invoice, cancel, credit, pay)
    const rows = ProjectionSpec.given(Invoices.Invoices).when(inSale(documents(events)))
    const note = { number: "CRN-2024-000001", amount: 4_000, reason: "cancelled", issuedAt: occurredAt } as const
    rows.thenRows([
      { ...issued, status: "credited", paidAt: occurredAt, credited: 4_000, creditNotes: [note], version: 3 }
    ])
    assert.strictEqual(DocumentNumber.format(Scenario.numberOf("credit-note")), note.number)
  })
})

describe("the debtors", () => {
  it("are registered once, and count their sales and invoices, whatever comes first", () => {
    const { after: debtorAfter } = DeciderScenario.of(Debtor.Debtor)
    const register = { _tag: "RegisterDebtor", customerId, occurredAt: day(2) } as const
    const registered = debtorAfter(register)
    assert.strictEqual(Scenario.told(registered.when(register)), "nothing")
    const { events } = after(enter, pay, ship, invoice)
    const another = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000009")
    const counted = [...events, ...after(enter).events.map((event) => ({ ...event, orderId: another }))].flatMap(
      (event) =>
        event._tag === "SaleEntered" || event._tag === "InvoiceIssued" || event._tag === "InvoicePaid" ? [event] : []
    )
    ProjectionSpec.given(Debtors.Debtors)
      .when([
        ...counted.flatMap((event) => ProjectionSpec.inStream<typeof event>("sale", event.orderId, [event])),
        ...ProjectionSpec.inStream("debtor", customerId, registered.events)
      ])
      .thenRows([{ customerId, registeredAt: day(2), sales: 2, invoices: 1, paid: 1 }])
  })
})
