/**
 * The processes act upon nothing of other contexts but what these say in messages: of what was heard they make the same as of
 * what happened. So they can run where the other contexts are elsewhere.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  Decider,
  type DomainEvent,
  type Meaning,
  type Message,
  ProcessManager,
  PublishedMessage
} from "@eventfold/decider"
import {
  Choreography,
  FulfilmentInput,
  PaymentProcess,
  ProcessSamples,
  Reaction,
  ShippingProcess
} from "@eventfold/domain-fulfilment"
import { InventoryMeanings, InventoryMessages } from "@eventfold/domain-inventory/published"
import { OrderingMeanings, OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMeanings, PaymentsMessages } from "@eventfold/domain-payments/published"
import { ShippingMeanings, ShippingMessages } from "@eventfold/domain-shipping/published"
import { CustomerId } from "@eventfold/shared-kernel"
import { Arbitrary, DateTime, Option, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const customerId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000003")

const [isOrdering, isInventory, isPayments, isShipping] = [
  Schema.is(OrderingMessages.events),
  Schema.is(InventoryMessages.events),
  Schema.is(PaymentsMessages.events),
  Schema.is(ShippingMessages.events)
]

/** What is said of an event. Of an order it is said what was placed. */
const saidOf = (event: DomainEvent.DomainEvent): ReadonlyArray<PublishedMessage.Outgoing> => {
  if (isOrdering(event)) {
    const { lines, total } = Scenario.placed
    return OrderingMessages.messagesOf(event, { customerId, lines, total })
  }
  if (isInventory(event)) return InventoryMessages.messagesOf(event)
  if (isPayments(event)) return PaymentsMessages.messagesOf(event)
  return isShipping(event) ? ShippingMessages.messagesOf(event) : []
}

const meanings: Readonly<Record<string, ReadonlyArray<Meaning.AnyMeaning>>> = {
  ordering: OrderingMeanings.meanings,
  inventory: InventoryMeanings.meanings,
  payments: PaymentsMeanings.meanings,
  shipping: ShippingMeanings.meanings
}

/** An event as another context hears it; none when nothing is said of it. */
const heard = (event: DomainEvent.DomainEvent): ReadonlyArray<DomainEvent.DomainEvent> =>
  saidOf(event).map(({ data, message }) => {
    const meaning = meanings[message.context]?.find((one) => one.message.type === message.type)
    assert(meaning !== undefined, `${message.type} has no meaning`)
    return meaning.eventOf(Result.getOrThrow(PublishedMessage.read(meaning.message, Result.getOrThrow(data))))
  })

const at = DateTime.makeUnsafe("2024-05-01T00:00:00Z")

/** All that a process is about, and what it does, when these come to it; what it ignores is not in it. */
const led = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  inputs: ReadonlyArray<ProcessManager.Input<Event, C>>
) => {
  const decider = ProcessManager.decider(manager)
  let process = decider.initial
  const done = inputs.flatMap((input) => {
    const { events, state } = Result.getOrThrow(Decider.decide(decider, { input, at }, process))
    process = state
    return events.filter(({ _tag }) => _tag !== "InputTaken" && _tag !== "InputIgnored" && _tag !== "ProcessStarted")
  })
  return { done, state: process.state }
}

const places = (count: number) =>
  Arbitrary.schema(
    Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: count - 1 }))).check(
      Schema.isMinLength(1),
      Schema.isMaxLength(25)
    )
  )

const law = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  samples: ReadonlyArray<ProcessManager.Input<Event, C>>,
  own: string
) => {
  const isEvent = (input: ProcessManager.Input<Event, C>): input is Event & ProcessManager.Input<Event, C> =>
    Schema.is(manager.events)(input)
  const asHeard = (input: ProcessManager.Input<Event, C>): ReadonlyArray<ProcessManager.Input<Event, C>> => {
    if (!isEvent(input)) return [input]
    const context = saidOf(input)[0]?.message.context
    if (context === own) return [input]
    return heard(input).filter((event) => Schema.is(manager.events)(event))
  }
  it.prop(`${manager.name} does the same with what is heard`, [places(samples.length)], ([chosen]) => {
    const inputs = chosen.flatMap((place) => samples[place] ?? [])
    assert.deepStrictEqual(led(manager, inputs.flatMap(asHeard)), led(manager, inputs))
  })
}

describe("the process manager", () => {
  law(PaymentProcess.make(), ProcessSamples.payment, "payments")
  law(ShippingProcess.make(), ProcessSamples.shipping, "shipping")
})

describe("a reaction", () => {
  const { calledOff, captured, placed, requested } = Scenario
  const isReactedTo = Schema.is(Reaction.ReactedTo)

  it.each([placed, captured, requested, calledOff])("to $_tag sends the same of what is heard", (event) => {
    const [instead] = heard(event)
    assert(instead !== undefined && isReactedTo(instead))
    const order = FulfilmentInput.ofOrder(placed)
    const sentOf = (event: Reaction.ReactedTo) =>
      Choreography.table
        .flatMap((row) => Option.toArray(row.react({ event, order })))
        .map(({ command, payload }) => ({ command, payload }))
    assert.isNotEmpty(sentOf(event))
    assert.deepStrictEqual(sentOf(instead), sentOf(event))
  })

  it("to what is personal is one of the context that it is of", () => {
    assert.strictEqual(Choreography.delivered.context, "shipping")
    assert.deepStrictEqual(
      ShippingMeanings.meanings.filter(({ name }) => name === "ShipmentDelivered"),
      []
    )
  })
})

describe("an order that is heard of", () => {
  it("is fulfilled with the card, the lines and the money it was placed with", () => {
    const [placed] = heard(Scenario.placed)
    assert(placed !== undefined && isOrdering(placed) && placed._tag === "OrderPlaced")
    assert.deepStrictEqual(FulfilmentInput.ofOrder(placed), FulfilmentInput.ofOrder(Scenario.placed))
    assert.deepStrictEqual(FulfilmentInput.ofOrder(placed).pipe(Option.isSome), true)
    const [byHand] = heard(Scenario.byHand)
    assert(byHand !== undefined && isOrdering(byHand) && byHand._tag === "OrderPlaced")
    assert.isTrue(Option.isNone(FulfilmentInput.ofOrder(byHand)))
  })
})
