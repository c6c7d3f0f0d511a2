/** The diagrams of the process managers: nothing that can be told from their declarations, or come to them, is missing. */
import { assert, describe, it } from "@effect/vitest"
import { Diagram, DomainEvent, type Message, type ProcessManager } from "@eventfold/decider"
import {
  PaymentProcess,
  PaymentState,
  ProcessDiagrams,
  ProcessSamples,
  ShippingProcess,
  ShippingState
} from "@eventfold/domain-fulfilment"
import { usual } from "@eventfold/domain-fulfilment/Limits"
import { takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { requestShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import { Arbitrary, type Schema } from "effect"
import { at } from "./Scenario.ts"

/** What the declaration of a manager names, or its diagram starts, and nothing in the diagram shows. */
const missing = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  { transitions }: Diagram.ProcessDiagram
) => {
  const heard = new Set(transitions.map(({ on }) => on))
  const sent = new Set(transitions.flatMap(({ sends }) => sends))
  const started = new Set(transitions.flatMap(({ starts }) => starts))
  return {
    events: manager.events.members.map(DomainEvent.nameOf).filter((name) => !heard.has(name)),
    commands: manager.commands.map(({ name }) => name.slice(name.indexOf(".") + 1)).filter((name) => !sent.has(name)),
    timers: Array.from(started).filter((timer) => !heard.has(`timer ${timer}`))
  }
}
const nothing = { events: [], commands: [], timers: [] }

/** What a manager goes through with inputs of other contents, and the diagram has not. */
const unseen = (diagram: Diagram.ProcessDiagram, other: Diagram.ProcessDiagram) => {
  const seen = new Set(diagram.transitions.map((transition) => JSON.stringify(transition)))
  return other.transitions.filter((transition) => !seen.has(JSON.stringify(transition)))
}

const occurredAt = at(0)
const made = <A>(schema: Schema.Codec<A, unknown>) =>
  Arbitrary.array(Arbitrary.schema(schema), { minLength: 6, maxLength: 6 })
const shipping = ShippingProcess.make()
const payment = PaymentProcess.make({ ...usual, outageEvery: "12 hours" })
const runs = { arbitrary: { runs: 12 } }

describe("the diagram of shipping", () => {
  const diagram = Diagram.found(ProcessDiagrams.shipping())

  it("has every phase, event, command and timer", () => {
    assert.sameMembers(
      diagram.phases.map(({ name }) => name),
      [...ShippingState.ShippingPhase.literals]
    )
    assert.deepStrictEqual(missing(shipping, diagram), nothing)
  })

  it.prop(
    "has all that follows from inputs of other contents",
    [made(shipping.events), made(requestShipment.Refusal)],
    ([events, refusals]) => {
      const outcome = { command: "shipping.RequestShipment", key: "request", number: 0, occurredAt } as const
      const samples = [
        ...ProcessSamples.shipping.filter((sample) => sample._tag !== "CommandRefused"),
        ...events.map((event) => ({ ...event, occurredAt })),
        ...refusals.map((refusal) => ({ ...outcome, _tag: "CommandRefused" as const, refusal }))
      ]
      assert.deepStrictEqual(unseen(diagram, Diagram.ofProcessManager(shipping, samples)), [])
    },
    runs
  )
})

describe("the diagram of payment", () => {
  const diagram = Diagram.found(ProcessDiagrams.payment())

  it("has every phase, event, command and timer", () => {
    const [begin, known] = PaymentState.PaymentState.members
    assert.sameMembers(
      diagram.phases.map(({ name }) => name),
      [begin.fields.phase.schema.literal, ...known.fields.phase.literals]
    )
    assert.deepStrictEqual(missing(payment, diagram), nothing)
  })

  it.prop(
    "has all that follows from inputs of other contents",
    [made(payment.events), made(takePayment.Refusal)],
    ([events, refusals]) => {
      const samples = [
        ...ProcessSamples.payment,
        ...events.map((event) => ({ ...event, occurredAt })),
        // More attempts than the samples have, each refused in another way, or never heard of.
        ...Array.from({ length: 12 }, (_, index) => ({
          command: "payments.TakePayment" as const,
          key: `pay-${index + 1}`,
          number: 0,
          occurredAt
        })).flatMap((sent, index) => [
          { ...sent, _tag: "CommandFailed" as const, error: "no answer" },
          ...refusals.slice(index % 6, (index % 6) + 2).map((refusal) => ({
            ...sent,
            _tag: "CommandRefused" as const,
            refusal
          }))
        ])
      ]
      assert.deepStrictEqual(unseen(diagram, Diagram.ofProcessManager(payment, samples)), [])
    },
    runs
  )

  it("ends where the goods have left, or the money is given back or refused to be", () => {
    assert.sameMembers(
      diagram.phases.filter(({ ended }) => ended).map(({ name }) => name),
      ["settled", "cancelled", "refund-refused", "disputed"]
    )
  })
})
