/**
 * Runs reactions: a command for each row that reacts to an event, and another one where it is refused.
 *
 * Guarantees: each command has an id that follows from the event and the row, so it takes effect once, however often the
 * event is handled. What is published of one order is handled in order. What cannot be sent is tried again, and is a dead
 * letter in the end.
 */
import { NameId } from "@eventfold/decider"
import { Reaction } from "@eventfold/domain-fulfilment"
import { CommandBus } from "@eventfold/event-store"
import { EventHandler } from "@eventfold/subscriptions"
import { OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Schema } from "effect"
import * as PlacedOrders from "./PlacedOrders.ts"

/** What comes before it must come first: it is tried again. */
class TooEarly extends Schema.TaggedError<TooEarly>()("TooEarly", { event: Schema.String, orderId: OrderId }) {
  override get message() {
    return `${this.event}: what happened to the order ${this.orderId} before has not come yet`
  }
}

/** What runs some rows, under a name of its own. */
export const handler = (name: string, rows: ReadonlyArray<Reaction.Reaction>) =>
  EventHandler.make({
    name,
    events: Reaction.ReactedTo,
    partitionBy: ({ orderId }) => orderId,
    handle: Effect.fnUntraced(function* (event, { id, metadata: { correlationId }, stream: { tenant } }) {
      const concerned = rows.filter(({ on }) => on === event._tag)
      if (concerned.length === 0) return
      const bus = yield* CommandBus
      const { input, status } = yield* PlacedOrders.read(tenant, event.orderId)
      // What people have approved since it was placed is theirs.
      if (event._tag === "OrderPlaced" && status !== "placed") return
      // Another consumer tells the order that it has left. Asked too early, it would refuse to be delivered, for good.
      if (event._tag === "ShipmentDelivered" && status === "approved") {
        return yield* new TooEarly({ event: event._tag, orderId: event.orderId })
      }
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
    })
  })

type NotSent = Effect.Error<ReturnType<CommandBus["Service"]["dispatchJson"]>>
