/**
 * D3, the strategic view: how much each context matters to the business, and what its words mean.
 *
 * Shows: contexts of the order service by their class; the glossary of one of them, made from what stands above its commands
 * and events.
 */
import { ContextMap } from "@eventfold/context-map"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { Console, Effect } from "effect"

/** What it is about. */
export const title = "Strategic view: core, supporting and generic contexts, and their glossaries"

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("How much contexts of the order service matter")
  for (const name of ["ordering", "fulfilment", "inventory", "shipping", "payments", "accounts"]) {
    const context = yield* Effect.fromResult(ContextMap.get(map, name))
    yield* Console.log(`  ${name} is ${context.class}: ${context.purpose}`)
  }

  yield* Console.log("What inventory means by its words")
  const { glossary } = yield* Effect.fromResult(ContextMap.get(map, "inventory"))
  const words = new Set(["ReserveStock", "StockReserved", "ReservationReleased"])
  for (const { kind, meaning, term } of glossary.filter((one) => words.has(one.term))) {
    yield* Console.log(`  ${term} (${kind}): ${meaning}`)
  }
})
