/** Sales of which anything is told in any order, several times, while workers ask for documents in between. */
import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import {
  DocumentNumber,
  DocumentNumbers,
  Invoicing,
  Sale,
  SaleCommands,
  SaleEvents,
  SaleState
} from "@eventfold/domain-billing"
import { OrderId } from "@eventfold/shared-kernel"
import { effort } from "@eventfold/testing"
import { Arbitrary, Equal, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { cancel, enter, eur, pay, refund, sale, ship } = Scenario
const options = { arbitrary: { runs: 200 * effort, size: 30 } }

const orderIds = Array.from({ length: 6 }, (_, index) =>
  OrderId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-00000000020${index}`)
)
const facts = [enter, pay, ship, { ...refund, money: eur(700) }] as const

/** A place in a list of this length. */
const place = (length: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: length - 1 })))

/** Everything that is told of a sale, in any order, each at least once. */
const Shuffled = Arbitrary.map(Arbitrary.array(place(1_000), { minLength: 12, maxLength: 12 }), (keys) =>
  [...facts, ...facts, ...facts]
    .map((fact, index) => ({ fact, key: keys[index] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ fact }) => fact)
)

describe("the same facts", () => {
  it.prop(
    "lead to the same standing and the same documents, in whichever order and however often they are told",
    { told: Shuffled },
    ({ told }) => {
      const { events, state } = Scenario.after(...told)
      const straight = Scenario.after(...facts).state
      assert.isTrue(Equal.equals(state, straight))
      assert.strictEqual(SaleState.statusOf(state), "awaiting-invoicing")
      assert.lengthOf(new Set(events.map(({ _tag }) => _tag)), events.length)
      const done = Scenario.after(...told, Scenario.invoice, Scenario.credit)
      assert.deepStrictEqual(
        done.events.slice(events.length).map(({ _tag }) => _tag),
        ["InvoiceIssued", "InvoicePaid", "InvoiceCredited"]
      )
    },
    options
  )

  it.prop("told again at once record nothing", { told: Shuffled }, ({ told }) => {
    for (const { after, command } of Scenario.walk([...told, cancel])) {
      assert.strictEqual(Scenario.told(after.when(command)), "nothing")
    }
  })
})

/** What a worker has read before it writes, and what it wants to write: a document with the next number. */
interface Attempt {
  readonly order: number
  readonly saleVersion: number
  readonly series: string
  readonly numbersVersion: number
  readonly taken: ReadonlyArray<Decider.Event<typeof DocumentNumbers.DocumentNumbers>>
  readonly written: ReadonlyArray<SaleEvents.SaleEvent>
}

/** Streams with versions, and appends to two of them that are refused when one has moved. */
class Books {
  readonly sales = orderIds.map((): ReadonlyArray<SaleEvents.SaleEvent> => [])
  readonly numbers = new Map<string, Attempt["taken"]>()

  tell(order: number, command: SaleCommands.SaleCommand): void {
    const events = this.sales[order] ?? []
    const orderId = orderIds[order] ?? Scenario.orderId
    const decided = Decider.decideAfter(Sale.Sale, events, { ...command, orderId })
    if (Result.isSuccess(decided)) this.sales[order] = [...events, ...decided.success.events]
  }

  /** Reads, takes a number and decides; nothing is written yet. */
  begin(order: number, kind: DocumentNumber.DocumentKind): Attempt | undefined {
    const events = this.sales[order] ?? []
    const orderId = orderIds[order] ?? Scenario.orderId
    const { occurredAt } = Scenario
    const series = DocumentNumber.seriesAt(kind, occurredAt)
    const before = this.numbers.get(DocumentNumber.nameOf(series)) ?? []
    const taken = Decider.decideAfter(DocumentNumbers.DocumentNumbers, before, { ...series, orderId, occurredAt })
    const number = DocumentNumbers.next(series, Decider.fold(DocumentNumbers.DocumentNumbers, before))
    const command = { orderId, occurredAt, number }
    const written = Decider.decideAfter(
      Sale.Sale,
      events,
      kind === "invoice" ? { ...command, _tag: "IssueInvoice" } : { ...command, _tag: "IssueCreditNote" }
    )
    if (Result.isFailure(taken) || Result.isFailure(written)) return undefined
    return {
      order,
      saleVersion: events.length,
      series: DocumentNumber.nameOf(series),
      numbersVersion: before.length,
      taken: taken.success.events,
      written: written.success.events
    }
  }

  /** Writes both or nothing. */
  commit({ numbersVersion, order, saleVersion, series, taken, written }: Attempt): void {
    const [sale, numbers] = [this.sales[order] ?? [], this.numbers.get(series) ?? []]
    if (sale.length !== saleVersion || numbers.length !== numbersVersion) return
    this.sales[order] = [...sale, ...written]
    this.numbers.set(series, [...numbers, ...taken])
  }
}

/** What happens next: somebody is told something, a worker begins, or what one has begun is written, once or again. */
const Step = Arbitrary.all([
  place(orderIds.length),
  Arbitrary.schema(
    Schema.Literals([
      "enter",
      "pay",
      "ship",
      "ship",
      "refund",
      "cancel",
      "invoice",
      "invoice",
      "credit",
      "commit",
      "commit",
      "commit"
    ])
  ),
  place(8)
])

const commands = { enter, pay, ship, refund, cancel } as const

describe("numbers", () => {
  it.prop(
    "are 1, 2, 3, … without holes and one for each document, however workers get into each other's way, crash and repeat",
    { steps: Arbitrary.array(Step, { minLength: 40, maxLength: 120 }) },
    ({ steps }) => {
      const books = new Books()
      const begun: Array<Attempt> = []
      for (const [order, what, which] of steps) {
        if (what === "commit") {
          // One that is not picked has crashed; one that is picked again repeats itself.
          const attempt = begun[begun.length - 1 - which] ?? begun.at(-1)
          if (attempt !== undefined) books.commit(attempt)
        } else if (what === "invoice" || what === "credit") {
          const attempt = books.begin(order, what === "invoice" ? "invoice" : "credit-note")
          if (attempt !== undefined) begun.push(attempt)
        } else books.tell(order, commands[what])
      }
      // At last everybody is done: what is due is written.
      for (const [order] of orderIds.entries()) {
        for (const kind of ["invoice", "credit-note"] as const) {
          const attempt = books.begin(order, kind)
          if (attempt !== undefined) books.commit(attempt)
        }
      }

      const events = books.sales.flat()
      const invoices = events.flatMap((event) => (event._tag === "InvoiceIssued" ? [event] : []))
      const notes = events.flatMap((event) => (event._tag === "InvoiceCredited" ? [event] : []))
      const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1)
      const sorted = (numbers: ReadonlyArray<DocumentNumber.DocumentNumber>) =>
        numbers.map(({ sequence }) => sequence).toSorted((a, b) => a - b)
      assert.deepStrictEqual(sorted(invoices.map(({ number }) => number)), upTo(invoices.length))
      assert.deepStrictEqual(sorted(notes.map(({ creditNote }) => creditNote)), upTo(notes.length))
      assert.strictEqual(books.numbers.get("invoice-2024")?.length ?? 0, invoices.length)
      assert.strictEqual(books.numbers.get("credit-note-2024")?.length ?? 0, notes.length)

      // One invoice for each order that was shipped and not cancelled before it could be invoiced, and to the cent.
      const states = books.sales.map((history) => Decider.fold(Sale.Sale, history))
      const billed = states.filter(({ invoice }) => invoice !== undefined)
      assert.lengthOf(new Set(invoices.map(({ orderId }) => orderId)), invoices.length)
      assert.strictEqual(billed.length, invoices.length)
      for (const state of states) {
        assert.notStrictEqual(SaleState.statusOf(state), "awaiting-invoicing")
        assert.isUndefined(SaleState.creditDue(state))
        assert.isAtMost(state.credited, sale.total.amount)
      }
      const sum = invoices.reduce((total, { lines }) => lines.reduce((one, line) => one + line.total.amount, total), 0)
      assert.strictEqual(sum, billed.length * sale.total.amount)
    },
    options
  )

  it("are read as people write them", () => {
    const at = Scenario.occurredAt
    const invoice = DocumentNumber.seriesAt("invoice", at)
    assert.strictEqual(DocumentNumber.nameOf(invoice), "invoice-2024")
    assert.strictEqual(DocumentNumber.format({ ...invoice, sequence: 7 }), "INV-2024-000007")
    const note = DocumentNumber.seriesAt("credit-note", at)
    assert.strictEqual(DocumentNumber.format({ ...note, year: 987, sequence: 1_234_567 }), "CRN-0987-1234567")
  })
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop("every event comes back as it went", [SaleEvents.SaleEvent], ([event]) => {
    assert.isTrue(Equal.equals(round(SaleEvents.SaleEvent, event), event))
  })

  it.prop("every command comes back as it went", [SaleCommands.SaleCommand], ([command]) => {
    assert.isTrue(Equal.equals(round(SaleCommands.SaleCommand, command), command))
  })

  it.prop("every state comes back as it went", { told: Shuffled }, ({ told }) => {
    for (const { after } of Scenario.walk([...told, Scenario.invoice, Scenario.credit])) {
      assert.isTrue(Equal.equals(round(SaleState.SaleState, after.state), after.state))
    }
  })

  it("an occasion is found among the events by its name", () => {
    assert.deepStrictEqual(
      Invoicing.Occasion.members.map(({ fields }) => fields._tag.schema.literal),
      ["SaleShipped", "SaleCancelled", "SaleRefunded", "InvoiceIssued"]
    )
  })
})
