import { assert, describe, it } from "@effect/vitest"
import { Invoicing, Sale, SaleCommands, SaleErrors, SaleEvents, SaleState } from "@eventfold/domain-billing"
import * as Published from "@eventfold/domain-billing/published"
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { after, cancel, credit, customerId, day, enter, eur, given, invoice, invoiceId, numberOf } = Scenario
const { occurredAt, orderId, pay, paymentId, recorded, refund, refusal, sale, ship, told } = Scenario

/** What each command leads to in each situation, in the order of the commands. */
const table: Record<keyof typeof Scenario.sales, ReadonlyArray<string>> = {
  unknown: [
    "SaleEntered",
    "SalePaid",
    "SaleEntered SaleShipped",
    "SaleCancelled",
    "SaleRefunded",
    "SaleNotFound",
    "SaleNotFound"
  ],
  "payment noted": [
    "SaleEntered",
    "nothing",
    "SaleEntered SaleShipped",
    "SaleCancelled",
    "SaleRefunded",
    "SaleNotInvoiceable",
    "NothingToCredit"
  ],
  "pending payment": [
    "nothing",
    "SalePaid",
    "SaleShipped",
    "SaleCancelled",
    "SaleRefunded",
    "SaleNotInvoiceable",
    "NothingToCredit"
  ],
  paid: ["nothing", "nothing", "SaleShipped", "SaleCancelled", "SaleRefunded", "SaleNotInvoiceable", "NothingToCredit"],
  "awaiting invoicing": [
    "nothing",
    "SalePaid",
    "nothing",
    "SaleCancelled",
    "SaleRefunded",
    "InvoiceIssued",
    "NothingToCredit"
  ],
  invoiced: [
    "nothing",
    "nothing",
    "nothing",
    "SaleCancelled",
    "SaleRefunded",
    "SaleAlreadyInvoiced",
    "NothingToCredit"
  ],
  "invoiced, refund due": [
    "nothing",
    "nothing",
    "nothing",
    "SaleCancelled",
    "nothing",
    "SaleAlreadyInvoiced",
    "InvoiceCredited"
  ],
  "invoiced and cancelled": [
    "nothing",
    "SalePaid InvoicePaid",
    "nothing",
    "nothing",
    "SaleRefunded",
    "SaleAlreadyInvoiced",
    "InvoiceCredited"
  ],
  cancelled: ["nothing", "SalePaid", "SaleShipped", "nothing", "SaleRefunded", "SaleNotInvoiceable", "NothingToCredit"]
}

const Refusal = Schema.toCodecJson(SaleErrors.SaleRefusal)

for (const situation of Struct.keys(table)) {
  describe(`a sale that is ${situation}`, () => {
    for (const [index, name] of Struct.keys(Scenario.commands).entries()) {
      const expected = table[situation][index]
      it(`${name}: ${expected}`, () => {
        const outcome = Scenario.sales[situation].when(Scenario.commands[name])
        assert.strictEqual(told(outcome), expected)
        if (outcome._tag === "Success") return
        const refused = outcome.failure
        assert.strictEqual(refused.orderId, orderId)
        assert.include(refused.message, orderId)
        const received = Schema.decodeUnknownSync(Refusal)(
          JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refused)))
        )
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refused, message: refused.message })
      })
    }
  })
}

describe("what is told of a sale", () => {
  it("is entered as it was sold, and tells where it stands after each fact", () => {
    const { events } = after(enter, pay, ship, invoice)
    assert.deepStrictEqual(events, [
      { _tag: "SaleEntered", orderId, occurredAt, status: "pending-payment", ...sale },
      { _tag: "SalePaid", orderId, occurredAt, status: "paid", paymentId, money: eur(4_000) },
      { _tag: "SaleShipped", orderId, occurredAt, status: "awaiting-invoicing" },
      { _tag: "InvoiceIssued", orderId, occurredAt, invoiceId, number: numberOf("invoice"), ...sale },
      { _tag: "InvoicePaid", orderId, occurredAt, invoiceId, number: numberOf("invoice"), customerId }
    ])
  })

  it("contradicts what is known: that is refused, and says in what", () => {
    const known = after(enter)
    const [first] = sale.lines
    assert.isDefined(first)
    const lines = first === undefined ? [] : [first, first]
    const others = [
      ["total", { ...sale, total: eur(4_001) }],
      ["lines", { ...sale, lines }],
      ["customerId", { ...sale, customerId: CustomerId.fromUuid(orderId.slice(-36)) }]
    ] as const
    for (const [field, other] of others) {
      assert.deepInclude(refusal(known.when({ ...enter, sale: other })), { _tag: "SaleContradicted", field })
      assert.deepInclude(refusal(known.when({ ...ship, sale: other })), { _tag: "SaleContradicted", field })
    }
  })

  it("is refused when the lines do not add up, by a cent or by their currency", () => {
    const cent = { ...sale, total: eur(3_999) }
    assert.deepInclude(refusal(given().when({ ...enter, sale: cent })), { _tag: "LinesDoNotAddUp", total: eur(3_999) })
    const dollars = { ...sale, total: { amount: 4_000, currency: "USD" } as const }
    assert.strictEqual(told(given().when({ ...ship, sale: dollars })), "LinesDoNotAddUp")
  })

  it("is kept up to a bound", () => {
    const payments = Array.from({ length: SaleState.maximumPayments }, (_, index) => ({
      paymentId: PaymentId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(index).padStart(12, "1")}`),
      money: eur(1)
    }))
    const refunds = payments.map(({ money, paymentId }) => ({
      refundId: RefundId.fromUuid(PaymentId.uuidOf(paymentId)),
      money
    }))
    const full = { ...SaleState.initial, payments, refunds }
    assert.strictEqual(told(Scenario.outcome(pay, full)), "TooManyPayments")
    assert.strictEqual(told(Scenario.outcome(refund, full)), "TooManyPayments")
  })
})

describe("an invoice", () => {
  it("is paid when as much came in as it asks for, in its currency, before or after it", () => {
    const part = (last: number, money: typeof pay.money) => ({
      ...pay,
      money,
      paymentId: PaymentId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-00000000100${last}`)
    })
    const open = after(enter, ship, invoice, part(1, eur(3_999)), part(2, { amount: 9_999, currency: "USD" }))
    assert.isFalse(open.state.invoice?.isPaid)
    assert.strictEqual(told(open.when(part(3, eur(1)))), "SalePaid InvoicePaid")
    assert.strictEqual(told(after(enter, ship, part(1, eur(4_000))).when(invoice)), "InvoiceIssued InvoicePaid")
  })

  it("takes a number of its own series and year only", () => {
    const due = after(enter, ship)
    for (const number of [numberOf("credit-note"), numberOf("invoice", 1, 2023)]) {
      assert.deepInclude(refusal(due.when({ ...invoice, number })), { _tag: "NumberOfAnotherSeries", number })
    }
    const owed = after(enter, ship, invoice, cancel)
    for (const number of [numberOf("invoice"), numberOf("credit-note", 1, 2023)]) {
      assert.deepInclude(refusal(owed.when({ ...credit, number })), { _tag: "NumberOfAnotherSeries", number })
    }
  })

  it("is written once: who asks again is told its number", () => {
    const again = refusal(after(enter, ship, invoice).when({ ...invoice, number: numberOf("invoice", 2) }))
    assert.deepInclude(again, { _tag: "SaleAlreadyInvoiced", number: numberOf("invoice") })
    assert.strictEqual(again.message, `order ${orderId} was invoiced as INV-2024-000001`)
  })
})

describe("a credit note", () => {
  it("credits what was given back, also before the invoice was written, and never more than the invoice", () => {
    const before = after(enter, pay, refund, ship, invoice)
    assert.deepInclude(recorded(before.when(credit))[0], {
      _tag: "InvoiceCredited",
      number: numberOf("invoice"),
      creditNote: numberOf("credit-note"),
      money: eur(1_000),
      reason: "refunded"
    })
    const rest = { ...refund, refundId: RefundId.fromUuid(orderId.slice(-36)), money: eur(9_000) }
    const second = { ...credit, number: numberOf("credit-note", 2) }
    const all = after(enter, pay, ship, invoice, refund, credit, rest, second)
    assert.strictEqual(all.state.credited, 4_000)
    assert.strictEqual(told(all.when({ ...credit, number: numberOf("credit-note", 3) })), "NothingToCredit")
  })

  it("credits the rest of what was cancelled", () => {
    const { state } = after(enter, pay, ship, invoice, refund, credit, cancel)
    assert.deepStrictEqual(SaleState.creditDue(state), { money: eur(3_000), reason: "cancelled" })
  })
})

describe("invoicing", () => {
  it("asks for an invoice of what left, and for a credit note of everything else, at its business time", () => {
    const { events } = after({ ...ship, occurredAt: day(7) }, { ...invoice, occurredAt: day(8) }, cancel, refund)
    const asked = events.flatMap((event) => (Schema.is(Invoicing.Occasion)(event) ? [Invoicing.requestFor(event)] : []))
    assert.deepStrictEqual(
      asked.map(({ _tag, occurredAt }) => [_tag, occurredAt]),
      [
        ["IssueInvoice", day(7)],
        ["IssueCreditNote", day(8)],
        ["IssueCreditNote", occurredAt],
        ["IssueCreditNote", occurredAt]
      ]
    )
  })

  it("is told what stands against a document before a number is taken for it", () => {
    for (const [name, { state, when }] of Object.entries(Scenario.sales)) {
      for (const request of [invoice, credit]) {
        const outcome = when(request)
        const obstacle = Sale.obstacle(request, state)
        assert.strictEqual(obstacle?._tag ?? "none", outcome._tag === "Failure" ? told(outcome) : "none", name)
      }
    }
  })
})

describe("answers and names", () => {
  it("tell where a sale stands, and its invoice", () => {
    const { state } = after(enter, ship, invoice)
    const number = numberOf("invoice")
    assert.deepStrictEqual(Sale.answerOf(orderId, state, 3), {
      orderId,
      invoiceId,
      status: "invoiced",
      version: 3,
      number
    })
    assert.notProperty(Sale.answerOf(orderId, SaleState.initial, 0), "number")
    assert.strictEqual(SaleCommands.issueInvoice.name, "billing.IssueInvoice")
    assert.strictEqual(SaleCommands.issueCreditNote.name, "billing.IssueCreditNote")
  })

  it("of stored events and versions stay", () => {
    const names = SaleEvents.SaleEvent.members.map((member) => Schema.resolveAnnotations(member)?.["identifier"])
    assert.deepStrictEqual(names, [
      "SaleEntered.v1",
      "SalePaid.v1",
      "SaleShipped.v1",
      "SaleCancelled.v1",
      "SaleRefunded.v1",
      "InvoiceIssued.v1",
      "InvoicePaid.v1",
      "InvoiceCredited.v1"
    ])
    assert.strictEqual(Sale.Sale.category, "sale")
    assert.deepStrictEqual(
      Published.BillingEvent.members.map(({ fields }) => fields._tag.schema.literal),
      ["InvoiceIssued", "InvoicePaid", "InvoiceCredited"]
    )
  })
})
