/** The coupon of the README run by a program: the first steps of the guide "use eventfold in your program". */
// #region hello
import { CommandHandler, layerMemory, StreamId } from "@eventfold/event-store"
import { Console, DateTime, Effect } from "effect"
import { Coupon } from "./Coupon.ts"

const coupons = CommandHandler.make(Coupon)
const spring = StreamId.make("main", Coupon.category, "SPRING-10")

/** Uses a coupon twice; the second time is refused, and says by whom it was used. */
export const hello = Effect.gen(function* () {
  const occurredAt = yield* DateTime.now
  const { version } = yield* coupons.handle(spring, { by: "Ada", occurredAt })
  yield* Console.log(`used by Ada, version ${version}`)

  yield* coupons
    .handle(spring, { by: "Grace", occurredAt })
    .pipe(Effect.catchTag("CouponUsed", ({ by }) => Console.log(`refused: used by ${by} already`)))
})

/** The same with a store in memory: an effect that needs nothing any more. */
export const inMemory = Effect.provide(hello, layerMemory)
// #endregion hello
