/**
 * Takes up what was postponed when its time has come: that becomes an event, which is told like news.
 *
 * Guarantee: of all nodes one does, in the transaction that takes the timer; what came due while nobody ran is taken up at once.
 */
import { type CommandServices } from "@eventfold/event-store"
import type { Timer } from "@eventfold/processes"
import * as TimerRunner from "@eventfold/processes/TimerRunner"
import { DateTime, Effect, Layer } from "effect"
import { newsStreamOf } from "../NotificationStreamIds.ts"
import { news } from "./NotificationAggregates.ts"
import * as PostponedTimer from "./PostponedTimer.ts"

const takeUp = Effect.fnUntraced(function* (timer: Timer) {
  const named = yield* PostponedTimer.read(timer)
  const command = { _tag: "TakeUpNotification", ...named, occurredAt: yield* DateTime.now } as const
  yield* news.handle(newsStreamOf(timer.tenant, command.orderId), command)
})

/** Looks every few seconds while the layer lives: nobody is in a hurry then. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const services = yield* Effect.context<CommandServices>()
    const { run } = yield* TimerRunner.make({
      purpose: "timer",
      managers: [PostponedTimer.manager],
      fire: (timer) => Effect.provideContext(takeUp(timer), services),
      longestSleep: "5 seconds"
    })
    yield* Effect.forkScoped(run)
  })
)
