/**
 * S2, fulfilment: an order that is placed with a card finds its stock, its payment and its way by itself.
 *
 * Shows: the steps of the saga and what undoes each; three orders: one that is delivered, one that is cancelled because
 * there is not enough stock, and one whose card is declined, so that its stock is released again.
 */
import { Choreography, ShippingProcess } from "@eventfold/domain-fulfilment"
import * as Coordinated from "@eventfold/orders-api/fulfilment/Coordinated"
import * as Reactions from "@eventfold/orders-api/fulfilment/Reactions"
import { Breakers, ProcessManagerRunner, SagaRows, SagaRunner } from "@eventfold/processes"
import { HandlerRunner, ManagedProjection } from "@eventfold/subscriptions"
import { Console, Effect, Layer } from "effect"
import * as ReadSide from "./ReadSide.ts"
import * as Shop from "./Shop.ts"

/** What it is about. */
export const title = "Fulfilment: stock, payment and shipment of three orders, or what undoes them"

const delivering = Reactions.handler("example-deliveries", [Choreography.delivered])
type Needed = Effect.Services<typeof Coordinated.handler> | Effect.Services<typeof delivering>

// #region fulfilling
/** Fulfils orders while it lives. */
const fulfilling = Layer.merge(
  HandlerRunner.layer<Needed>([Coordinated.handler, delivering]),
  ProcessManagerRunner.layer([ProcessManagerRunner.run(ShippingProcess.make())])
).pipe(
  Layer.provideMerge(SagaRunner.layer(Object.values(Coordinated.sagas())).pipe(Layer.provideMerge(Breakers.layer())))
)
// #endregion fulfilling

/** The story. */
export const program = Effect.gen(function* () {
  yield* Console.log("The steps")
  for (const { command, compensation, name } of Coordinated.sagas().fulfilment.steps) {
    const undoing = compensation?._tag === "By" ? compensation.command.name : "nothing"
    yield* Console.log(`  ${name}: ${command.name}, undone by ${undoing}`)
  }
  yield* Shop.story
}).pipe(
  Effect.provide(
    Layer.fresh(fulfilling).pipe(
      Layer.provideMerge(Shop.layer),
      Layer.provideMerge(ReadSide.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)]))
    )
  )
)
