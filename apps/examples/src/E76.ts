/**
 * E76, timeouts: durable timers that fire though the service was down, and can be asked for and cancelled.
 *
 * Shows: a payment that is not answered in time and counts as a failed attempt, and its late answer, which does no harm;
 * timers as a list; one that is cancelled; stock that does not come, which cancels the order, though the service was down
 * when the time was up. The limits are data: here a payment has half a second, and stock has two.
 */
import { Timers } from "@eventfold/processes"
import { Console, DateTime, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Limits } from "./OrderProcess.ts"
import { done, happens, type Provider, start } from "./ProcessNodes.ts"
import { until } from "./ReadSide.ts"

/** What it is about. */
export const title = "Timeouts: durable timers that are listed, cancelled, and fire after downtime"

const name = "example-e76"
const limits: Limits = { stock: "2 seconds", payment: "500 millis", provider: "1 hour", giveUp: "24 hours" }

/** The story. */
export const program = Effect.gen(function* () {
  const timers = yield* Timers
  const provider: Provider = { does: "pays", after: "1 second" }
  const first = yield* start(name, limits, provider)
  const place = Effect.fnUntraced(function* () {
    const order = SecureRandom.uuidV7Unsafe()
    yield* happens(order, "ExampleOrderPlaced")
    return order
  })
  const reaches = (order: string, phase: string, node = first) =>
    until(
      `an order is ${phase}`,
      Effect.map(node.runner.standing(name, "main", order), (standing) => standing.phase === phase)
    )
  // #region list
  const timersOf = (order: string) => timers.list({ tenant: "main", manager: name, process: order, limit: 10 })
  // #endregion list
  const runs = (order: string, wanted: string) =>
    until(
      `the timer ${wanted} runs`,
      Effect.map(timersOf(order), (found) => found.some(({ timer }) => timer === wanted))
    )

  yield* Console.log("The provider answers late: the time-out counts as an attempt, and the late answer does no harm")
  const slow = yield* place()
  yield* reaches(slow, "waiting for approval")
  yield* Console.log(`  timers have fired: ${(yield* first.runner.timers).fired > 0 ? "yes" : "no"}`)
  yield* happens(slow, "ExampleOrderApproved")
  yield* until(
    "the order is shipped",
    Effect.map(done(slow), (all) => all.includes("Shipped"))
  )
  yield* Console.log(`  done: ${(yield* done(slow)).join(", ")}; timers that run: ${(yield* timersOf(slow)).length}`)

  yield* Console.log("The provider is down: the next try is in an hour, as everybody can see, and can be cancelled")
  provider.does = "is down"
  provider.after = 0
  const waiting = yield* place()
  yield* reaches(waiting, "waiting for the provider")
  yield* runs(waiting, "provider")
  const now = yield* DateTime.now
  const found = yield* timersOf(waiting)
  for (const { dueAt, timer } of found) {
    const minutes = Math.round((dueAt.epochMilliseconds - now.epochMilliseconds) / 60_000)
    yield* Console.log(`  ${timer}, due in ${minutes} minutes`)
  }
  yield* Console.log(
    `  cancelled: ${yield* timers.cancel(found)}; timers that run: ${(yield* timersOf(waiting)).length}`
  )

  yield* Console.log("Stock does not answer, and the service stops before the time is up")
  provider.does = "is silent"
  const silent = yield* place()
  yield* runs(silent, "stock")
  yield* first.stop
  yield* Effect.sleep(limits.stock)
  yield* Console.log("Started again, it fires at once, and the order is cancelled")
  const second = yield* start(name, limits, provider)
  yield* reaches(silent, "cancelled", second)
  yield* until(
    "the shop has cancelled",
    Effect.map(done(silent), (all) => all.includes("Cancelled"))
  )
  yield* Console.log(
    `  done: ${(yield* done(silent)).join(", ")}; timers that run: ${(yield* timersOf(silent)).length}`
  )
}).pipe(Effect.scoped)
