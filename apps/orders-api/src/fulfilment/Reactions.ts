/**
 * Runs reactions: a command for each row that reacts to an event, and another one where it is refused.
 *
 * Guarantees: each command has an id that follows from the event and the row, so it takes effect once, however often the
 * event is handled. What is published of one order is handled in order. What cannot be sent is tried again, and is a dead
 * letter in the end; but a context that is away is waited for, for a day. A delivery that is told before the order has left is not lost, and nobody waits for it: it is taken up
 * when the order has left, however late that is.
 */
import { NameId } from "@eventfold/decider"
import { Reaction } from "@eventfold/domain-fulfilment"
import { OrderShipped } from "@eventfold/domain-ordering/published"
import { CommandBus, isAway } from "@eventfold/event-store"
import { EventHandler } from "@eventfold/subscriptions"
import * as FailurePolicy from "@eventfold/subscriptions/FailurePolicy"
import { type Duration, Effect, Option, Schema } from "effect"
import * as Deliveries from "./Deliveries.ts"
import * as PlacedOrders from "./PlacedOrders.ts"

/** What is reacted to, and that an order has left: then its delivery may be there already. */
export const events = Schema.Union([...Reaction.ReactedTo.members, OrderShipped])

/** After this time a try counts as failed, as everywhere. */
const timeLimit: Duration.Input = "30 seconds"

/** How a context that is away is waited for, and for how long: events behind it would be dead letters within seconds. */
const [whileAway, longestAway] = [
  FailurePolicy.waits({ ...FailurePolicy.standard, longestWait: "5 minutes" }),
  "1 day"
] as const

/** What runs some rows, under a name of its own. */
export const handler = (name: string, rows: ReadonlyArray<Reaction.Reaction>) =>
  EventHandler.make({
    name,
    events,
    partitionBy: ({ orderId }) => orderId,
    options: { timeLimit: longestAway },
    handle: Effect.fnUntraced(function* (published, recorded) {
      const { tenant } = recorded.stream
      const found = published._tag === "OrderShipped" ? yield* Deliveries.read(tenant, published.orderId) : undefined
      const event = published._tag === "OrderShipped" ? found?.event : published
      if (event === undefined) return
      const {
        id,
        metadata: { correlationId }
      } = found?.recorded ?? recorded
      const concerned = rows.filter(({ on }) => on === event._tag)
      if (concerned.length === 0) return
      const bus = yield* CommandBus
      const { input, status } = yield* PlacedOrders.read(tenant, event.orderId)
      // What people have approved since it was placed is theirs.
      if (event._tag === "OrderPlaced" && status !== "placed") return
      // Another consumer tells the order that it has left. Asked too early, it would refuse to be delivered, for good.
      if (event._tag === "ShipmentDelivered" && hasNotLeft.has(status)) return
      const metadata = { causationId: id, ...(correlationId === undefined ? {} : { correlationId }) }
      const send = (sent: Reaction.Sent, row: string): Effect.Effect<void, NotSent> =>
        bus
          .dispatchJson(sent.command, {
            id: NameId.make(tenant, name, id, row),
            tenant,
            payload: sent.payload,
            metadata
          })
          .pipe(
            Effect.flatMap((outcome) =>
              outcome._tag === "Answered"
                ? Effect.void
                : Option.match(sent.refused(outcome.refusal), {
                    onNone: () => Effect.logInfo(`${sent.command} was refused to ${name}: nobody reacts to that`),
                    onSome: (next) => send(next, `${row}, refused`)
                  })
            )
          )
      for (const row of concerned) {
        const sent = row.react({ event, order: input })
        if (Option.isSome(sent)) yield* send(sent.value, `${row.context} ${row.command}`)
      }
    }, triedWhileAway)
  })

/** Each try has its own time; only those that found nobody are made again here. */
const triedWhileAway = <A, E, R>(tried: Effect.Effect<A, E, R>) =>
  tried.pipe(Effect.timeout(timeLimit), Effect.retry({ schedule: whileAway, while: isAway }))

/** Orders that have yet to be told that they have left. */
const hasNotLeft: ReadonlySet<PlacedOrders.Standing> = new Set(["unknown", "placed", "approved"])

type NotSent = Effect.Error<ReturnType<CommandBus["Service"]["dispatchJson"]>>
