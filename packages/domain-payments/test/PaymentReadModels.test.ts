/** The read models of payments: the list, and what was taken for each order. */
import { assert, describe, it } from "@effect/vitest"
import { type Decider, type DomainEvent, Projection } from "@eventfold/decider"
import { Payment, type PaymentEvents, PaymentIds, PaymentList, PaymentsOfOrder } from "@eventfold/domain-payments"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { after, captured, eur, occurredAt, orderId, paymentId, refund, refundPart, refunded, take } = Scenario
const list = PaymentList.PaymentList
const ofOrder = PaymentsOfOrder.PaymentsOfOrder
const options = { arbitrary: { runs: 40 * effort, size: 30 } }

/** The events a projection wants, each history in its stream. */
const inStreams = <Event extends DomainEvent.DomainEvent>(
  { events }: { readonly events: Decider.EventUnion<Event> },
  ...histories: ReadonlyArray<ReadonlyArray<PaymentEvents.PaymentEvent>>
) => {
  const isWanted = Schema.is(events)
  return histories.flatMap((history) =>
    ProjectionSpec.inStream<Event>(
      Payment.Payment.category,
      history[0]?.paymentId ?? "",
      history.flatMap((event: unknown) => (isWanted(event) ? [event] : []))
    )
  )
}

const row = {
  paymentId,
  orderId,
  status: "captured",
  currency: "EUR",
  amount: 500,
  authorised: 500,
  captured: 500,
  refunded: 200,
  feesKept: 12,
  attempts: 1,
  requestedAt: occurredAt,
  lastActivityAt: occurredAt
} as const

describe("the list of payments", () => {
  it("tells what went which way, and no card", () => {
    const { events } = after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded(12))
    ProjectionSpec.given(list).when(inStreams(list, events)).thenRows([row])
    assert.isUndefined(Projection.inlineProblem(list))
  })

  it("tells why a payment was declined, and begins anew with the next attempt", () => {
    const declined = after(take, Scenario.declined)
    const { code: _, ...asked } = {
      ...row,
      status: "declined",
      code: "insufficient-funds",
      authorised: 0,
      captured: 0,
      refunded: 0,
      feesKept: 0
    } as const
    ProjectionSpec.given(list)
      .when(inStreams(list, declined.events))
      .thenRows([{ ...asked, code: "insufficient-funds" }])
    const again = after(take, Scenario.declined, Scenario.takeAgain(2))
    ProjectionSpec.given(list)
      .when(inStreams(list, again.events))
      .thenRows([{ ...asked, status: "requested", attempts: 2 }])
  })

  it("has no row for what nobody has asked for", () => {
    ProjectionSpec.given(list)
      .when(inStreams(list, after(refund).events))
      .thenNothing()
  })

  it.prop(
    "agrees with the fold of the payment",
    { steps: Walk },
    ({ steps }) => {
      const { events = [], state = Payment.initial } = walk(steps).at(-1)?.after ?? {}
      if (state.status === "none" || state.status === "barred") return
      const { attempt: attempts, authorised, captured, feesKept, money, refunded, status } = state
      const folded = { ...row, status, amount: money.amount, authorised, captured, refunded, feesKept, attempts }
      const declined = events.findLast(
        ({ _tag }) => _tag === "CardDeclined" || _tag === "CaptureDeclined" || _tag === "RefundDeclined"
      )
      const latest = events.findLastIndex(({ _tag }) => _tag === "PaymentRequested")
      const code =
        declined !== undefined && "code" in declined && events.indexOf(declined) > latest ? declined.code : undefined
      ProjectionSpec.given(list)
        .when(inStreams(list, events))
        .thenRows([code === undefined ? folded : { ...folded, code }])
    },
    options
  )
})

describe("the payments of an order", () => {
  it("add up over all its payments", () => {
    const other = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
    const one = after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded(12)).events
    const two = after(take, Scenario.authorised, captured).events.map((event) => ({ ...event, paymentId: other }))
    ProjectionSpec.given(ofOrder)
      .when(inStreams(ofOrder, one, two))
      .thenRows([{ orderId, currency: "EUR", captured: 1000, refunded: 200, feesKept: 12 }])
    assert.isUndefined(Projection.inlineProblem(ofOrder))
  })

  it("have no row while nothing was captured", () => {
    ProjectionSpec.given(ofOrder)
      .when(inStreams(ofOrder, after(take, Scenario.authorised, refund, Scenario.voided).events))
      .thenNothing()
  })
})
