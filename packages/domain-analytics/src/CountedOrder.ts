/**
 * An order as analytics sees one, as a decider: what of it has been counted. Each of its steps is counted once, however often it
 * is told; it is never refused.
 *
 * Gotcha: a cancellation says nothing of what was ordered. That of an order analytics has not heard of, because it was placed
 * before the messages that are kept, counts nowhere, as the order does.
 */
import { Decider } from "@eventfold/decider"
import { Result, Schema } from "effect"
import type { CountCommand } from "./CountCommands.ts"
import { CountEvent } from "./CountEvents.ts"
import { OrderContent } from "./OrderContent.ts"

const Step = Schema.Literals(["placed", "shipped", "cancelled"])

/** The schema of the state of an order that is counted. */
export const CountedOrderState = Schema.Struct({
  /** The steps that have been counted. */
  counted: Schema.Array(Step),
  /** What it holds; absent while nobody has told. */
  content: Schema.optionalKey(OrderContent)
})
/** The state of an order that is counted. */
export interface CountedOrderState extends Schema.Schema.Type<typeof CountedOrderState> {}

/** Nothing has been counted of it. */
export const initial: CountedOrderState = { counted: [] }

const stepOf = { OrderCounted: "placed", ShipmentCounted: "shipped", CancellationCounted: "cancelled" } as const

/** Folds one event into the state. */
export const evolve = ({ counted }: CountedOrderState, { _tag, content }: CountEvent): CountedOrderState => ({
  counted: [...counted, stepOf[_tag]],
  content
})

/** What counts, or nothing when it has been counted, or nobody knows what it was. */
export const decide = (
  command: CountCommand,
  { content, counted }: CountedOrderState
): Result.Result<ReadonlyArray<CountEvent>> => {
  const { occurredAt, orderId } = command
  const once = (event: CountEvent) => Result.succeed(counted.includes(stepOf[event._tag]) ? [] : [event])
  switch (command._tag) {
    case "CountOrder":
      return once({ _tag: "OrderCounted", orderId, occurredAt, content: command.content })
    case "CountShipment":
      return once({ _tag: "ShipmentCounted", orderId, occurredAt, content: command.content })
    case "CountCancellation":
      return content === undefined
        ? Result.succeed([])
        : once({ _tag: "CancellationCounted", orderId, occurredAt, content })
  }
}

/** An order that is counted as a decider. Its streams are named `counted-order`, each with the id of its order. */
export const CountedOrder = Decider.make({
  category: "counted-order",
  State: CountedOrderState,
  Event: CountEvent,
  initial,
  evolve,
  decide
})
