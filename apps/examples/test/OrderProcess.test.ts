/** The order process of the examples and of the guide, given and when. */
import { assert, describe, it } from "@effect/vitest"
import { ProcessManagerSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { happened, limits, orderProcess } from "../src/OrderProcess.ts"

const at = (seconds: number) => DateTime.makeUnsafe(seconds * 1000)

describe("the order process", () => {
  // #region spec
  const Orders = orderProcess("orders", limits)
  const placed = happened("ExampleOrderPlaced", "o1", at(0))
  const reserved = {
    _tag: "CommandAnswered",
    command: "example.ReserveStock",
    key: "stock",
    number: 1,
    answer: {},
    occurredAt: at(5)
  } as const

  it("takes the money once stock is reserved, and tries again when nothing is heard for 30 seconds", () => {
    const paying = ProcessManagerSpec.given(Orders, [placed])
      .when(reserved)
      .thenSends([{ key: "payment 1", command: "example.TakePayment" }])
      .thenTimers({ payment: "30 seconds" })
    const again = paying.after("30 seconds").thenFired(["payment"])
    assert.doesNotThrow(() => again.thenSends([{ key: "payment 2", command: "example.TakePayment" }]))
  })

  it("is cancelled when stock takes longer than a minute", () => {
    const late = ProcessManagerSpec.given(Orders, [placed]).after("1 minute")
    assert.doesNotThrow(() => late.thenSends([{ key: "cancel", command: "example.CancelOrder" }]).thenEnded())
  })
  // #endregion spec
})
