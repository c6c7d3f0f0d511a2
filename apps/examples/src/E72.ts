/**
 * E72, choreography: orders are fulfilled by contexts that react to what others publish, and nobody coordinates.
 *
 * Shows: the whole of it as one table, from published event to command; three orders that end as they do with a saga, which
 * S2 tells: delivered, without stock, with a card that is declined. What has to be remembered is in two process managers.
 */
import { Choreography, PaymentProcess, ShippingProcess } from "@eventfold/domain-fulfilment"
import * as Reactions from "@eventfold/orders-api/fulfilment/Reactions"
import { Breakers, ProcessManagerRunner } from "@eventfold/processes"
import { HandlerRunner } from "@eventfold/subscriptions"
import { Console, Effect, Layer } from "effect"
import * as ReadSide from "./ReadSide.ts"
import * as Shop from "./Shop.ts"

/** What it is about. */
export const title = "Choreography: contexts that react to each other's events, with no coordinator"

// #region reacting
/** Reacts while it lives. */
const reacting = Layer.merge(
  HandlerRunner.layer([Reactions.handler("example-choreography", Choreography.table)]),
  ProcessManagerRunner.layer([
    ProcessManagerRunner.run(PaymentProcess.make(), { sending: { breakers: PaymentProcess.breakers } }),
    ProcessManagerRunner.run(ShippingProcess.make())
  ])
).pipe(Layer.provide(Breakers.layer()))
// #endregion reacting

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("Who reacts to what")
  for (const { command, context, on, otherwise } of Choreography.table) {
    yield* Console.log(
      `  ${on}: ${context} sends ${command}${otherwise === undefined ? "" : `, and ${otherwise} if refused`}`
    )
  }
  yield* Shop.story
}).pipe(
  Effect.provide(Layer.fresh(reacting).pipe(Layer.provideMerge(Shop.layer), Layer.provideMerge(ReadSide.layer([]))))
)
