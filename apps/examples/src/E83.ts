/**
 * E83, event-driven services: analytics and notifications act upon what ordering says, and ordering knows of neither.
 *
 * Shows: one that tells customers; another one that is added later, receives all that was said before, and changes nothing for
 * anybody; one that fails, while the other goes on; what it could not deal with, listed and delivered again when it is mended.
 */
import { OrderingMessages } from "@eventfold/domain-ordering"
import { MessageBroker, Subscriber, SubscriberDesk, SubscriberRunner } from "@eventfold/messaging"
import { Money } from "@eventfold/shared-kernel"
import { Console, Effect, Layer, References } from "effect"
import * as OrderNews from "./OrderNews.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Event-driven services: who listens is added, and no publisher knows"

// #region notifications
/** Tells customers how their order stands. A message that comes again is told again, so it is noted by its id. */
const notifications = (told: Map<string, string>) => {
  const tell =
    (text: string) =>
    (_: unknown, { message }: Subscriber.Delivery) =>
      Effect.sync(() => told.set(message.id, text))
  const repeatable = { delivery: "at-least-once" } as const
  return Subscriber.make("notifications", [
    Subscriber.on(OrderingMessages.OrderPlacedV1, tell("we have your order"), repeatable),
    Subscriber.on(OrderingMessages.OrderApprovedV1, tell("your order is confirmed"), repeatable),
    Subscriber.on(OrderingMessages.OrderShippedV1, tell("your order is on its way"), repeatable)
  ])
}
// #endregion notifications

// #region analytics
/** Adds up what was sold, order by order. */
const analytics = (sold: Map<string, Money.Money>, isBroken: () => boolean) =>
  Subscriber.make(
    "analytics",
    [
      Subscriber.on(
        OrderingMessages.OrderPlacedV1,
        ({ orderId, total }) =>
          Effect.suspend(() =>
            isBroken()
              ? Effect.fail({ _tag: "DiskFull", retryable: false })
              : Effect.sync(() => sold.set(orderId, total))
          ),
        { delivery: "at-least-once" }
      )
    ],
    { from: "beginning" }
  )
// #endregion analytics

/** The story. */
export const program = Effect.gen(function* () {
  const order = yield* OrderNews.order
  const told = new Map<string, string>()
  const sold = new Map<string, Money.Money>()
  let broken = true

  yield* Effect.gen(function* () {
    const broker = yield* MessageBroker
    /** Runs for as long as the story does. */
    const listening = Layer.build(SubscriberRunner.layer([notifications(told)]))
    yield* listening
    yield* OrderNews.approve(order)
    yield* until("confirmed", () => told.size === 2)
    yield* Console.log("Notifications listen to ordering")
    for (const text of told.values()) yield* Console.log(`  ${text}`)

    yield* Console.log("Analytics are added: they are given what was said before, and cannot store it")
    const added = yield* Layer.build(
      Layer.provideMerge(SubscriberDesk.layer, SubscriberRunner.layer([analytics(sold, () => broken)]))
    )
    const desk = yield* Effect.provideContext(SubscriberDesk, added)
    const which = { subscriber: "analytics", topic: "ordering" }
    const letters = desk.list({ ...which, limit: 10 })
    yield* ReadSide.until(
      "analytics give up",
      Effect.map(letters, (found) => found.length > 0)
    )
    for (const { message, reason } of yield* letters)
      yield* Console.log(`  dead letter: ${message?.type ?? ""}, ${reason}`)

    yield* Console.log("The others do not notice")
    yield* OrderNews.ship(order)
    yield* until("on its way", () => told.size === 3)
    yield* Console.log(`  ${Array.from(told.values()).at(-1) ?? ""}`)

    yield* Console.log("Analytics are mended, and what they could not deal with is delivered again")
    broken = false
    const again = yield* desk.replayAll({ ...which, by: "sue", reason: "there is room again", tenant: order.tenant })
    yield* until("analytics have it", () => sold.size === 1)
    yield* Console.log(`  delivered again: ${again}`)
    for (const total of sold.values()) yield* Console.log(`  sold: ${Money.format(total)}`)
    const done = Effect.map(
      broker.state({ topic: "ordering", group: "analytics" }),
      ({ dead, end, position, waiting }) => {
        return dead + waiting === 0 && position === end
      }
    )
    yield* ReadSide.until("analytics are done", done)
  }).pipe(
    Effect.scoped,
    Effect.provide(OrderNews.layer(order.tenant)),
    // That a message is given up is logged, too, which this story does not tell.
    Effect.provideService(References.MinimumLogLevel, "None")
  )
})

const until = (what: string, isSo: () => boolean) => ReadSide.until(what, Effect.sync(isSo))
