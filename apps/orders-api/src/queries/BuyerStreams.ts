/**
 * Reads one buyer, as of now, from their stream. Query handlers use this in place of the event store, with which they could
 * write. An event that cannot be decoded makes the buyer unreadable: a defect.
 */
import { Buyer } from "@eventfold/domain-ordering"
import { EventCodec, type EventStore, type ReadModelFailure } from "@eventfold/event-store"
import type { CustomerId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { buyerStreamOf } from "../BuyerStreamIds.ts"
import type { BuyerDetail } from "./BuyerQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads buyers from their streams. */
export class BuyerStreams extends Context.Service<
  BuyerStreams,
  {
    /** A customer as sales sees them now; `none` when it has not heard of them. */
    detail(tenant: string, customerId: CustomerId): Effect.Effect<Option.Option<BuyerDetail>, ReadModelFailure>
  }
>()("@eventfold/orders-api/BuyerStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<BuyerStreams, never, EventStore> = Layer.effect(
    BuyerStreams,
    Effect.gen(function* () {
      const read = yield* StreamEvents.reader(codec, "buyers, from their streams")
      return {
        detail: Effect.fn("BuyerStreams.detail")(function* (tenant, customerId) {
          const told = yield* Stream.runCollect(read(buyerStreamOf(tenant, customerId)))
          if (told.length === 0) return Option.none()
          const { description, ...known } = told.reduce(
            (before, { event }) => Buyer.evolve(before, event),
            Buyer.initial
          )
          return Option.some({
            customerId,
            ...known,
            ...(description === undefined ? {} : { description: show(description) }),
            version: told.length
          })
        })
      }
    })
  )
}

const codec = EventCodec.make(Buyer.Buyer.Event)
