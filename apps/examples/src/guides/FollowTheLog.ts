/** A reader that follows the log: the code of the guide "follow the log". */
// #region follow
import { layerMemory } from "@eventfold/event-store"
import { type LogBatch, Subscriptions } from "@eventfold/subscriptions"
import { Console, Effect, Layer, Stream } from "effect"

const tell = ({ events, position }: LogBatch) =>
  Effect.andThen(
    Effect.forEach(events, ({ stream }) => Console.log(`${stream.id} was used`)),
    Console.log(`so far up to position ${position}`)
  )

/** Tells of every use of a coupon: of those there are, then of each new one as soon as it is stored. It never ends. */
export const tellUses = Subscriptions.stream({
  name: "coupon-uses",
  filter: { tenant: "main", types: ["CouponRedeemed"] }
}).pipe(Stream.runForEach(tell))

/** Subscriptions to a store in memory. */
export const inMemory = Subscriptions.layer.pipe(Layer.provideMerge(layerMemory))
// #endregion follow
