/** The laws of sagas hold of those that fulfil orders, and undo that. */
import { describe, it } from "@effect/vitest"
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { ReservationLines } from "@eventfold/domain-inventory/published"
import { Money } from "@eventfold/shared-kernel"
import { effort, SagaLaws } from "@eventfold/testing"
import { input } from "./Scenario.ts"

const { orderId } = input
const fulfilment = OrderFulfilment.make()
const lines = ReservationLines.make(input.lines)
const money = Money.PositiveMoney.make(input.money)
const cancellation = OrderCancellation.make()
const laws = [
  ...SagaLaws.of(fulfilment, { runs: 10 * effort, crashes: effort, inputs: [{ ...input, lines, money }] }),
  ...SagaLaws.of(cancellation, { runs: 10 * effort, crashes: effort, inputs: [{ orderId }] })
]

describe("the sagas of orders", () => {
  for (const law of laws) it.effect(law.name, () => law.check)
})
