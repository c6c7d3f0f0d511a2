/**
 * Answers a list of orders as server-sent events, for so many clients at a time, until they leave or the service ends.
 */
import { QueryBus } from "@eventfold/event-store"
import { ConsumerProgress } from "@eventfold/subscriptions"
import { Effect, Option, Stream } from "effect"
import type { FindOrders } from "../queries/OrderQueries.ts"
import * as LiveOrders from "../queries/LiveOrders.ts"
import { Closing } from "./Closing.ts"
import { unavailable } from "./CommandProblems.ts"

/** How many clients are told at a time: each costs a query a second at least. */
export const mostClients = 100

/**
 * Answers the stream of a question, begun after a position. It ends when the service does. Clients beyond
 * the most are refused; those of them who come at the very same moment get a stream that ends at once.
 */
export const make = Effect.gen(function* () {
  const [progress, queries] = [yield* ConsumerProgress, yield* QueryBus]
  const closing = yield* Closing
  let clients = 0
  return (question: FindOrders, after: number | undefined) =>
    Effect.suspend(() => {
      if (clients >= mostClients) return unavailable("busy", "Too many clients are told of changes at the moment.")
      const events = Stream.map(LiveOrders.pages(question, after), (told) =>
        Option.match(told, {
          onNone: () => ({ event: "alive" as const, data: "" }),
          onSome: ({ page: { rows, total }, position, upToDate }) => ({
            event: "orders" as const,
            id: String(position),
            data: { orders: rows, total, upToDate }
          })
        })
      )
      return Effect.succeed(
        Stream.suspend(() => (clients > mostClients ? Stream.empty : events)).pipe(
          Stream.onStart(Effect.sync(() => void (clients += 1))),
          Stream.ensuring(Effect.sync(() => void (clients -= 1))),
          Stream.interruptWhen(closing.begun),
          Stream.provideService(ConsumerProgress, progress),
          Stream.provideService(QueryBus, queries)
        )
      )
    })
})
