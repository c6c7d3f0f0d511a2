/**
 * Reads one customer, as of now, from their stream. Query handlers use this in place of the event store, with which they
 * could write. An event that cannot be decoded makes the customer unreadable: a defect.
 */
import { Customer } from "@eventfold/domain-customers"
import { EventCodec, type EventStore, type ReadModelFailure } from "@eventfold/event-store"
import type { CustomerId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { customerStreamOf } from "../CustomerStreamIds.ts"
import type { CustomerDetail } from "./CustomerQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads customers from their streams. */
export class CustomerStreams extends Context.Service<
  CustomerStreams,
  {
    /** The customer as they are now; `none` when nobody has asked for them, or they were not registered after all. */
    detail(tenant: string, customerId: CustomerId): Effect.Effect<Option.Option<CustomerDetail>, ReadModelFailure>
  }
>()("@eventfold/orders-api/CustomerStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<CustomerStreams, never, EventStore> = Layer.effect(
    CustomerStreams,
    Effect.gen(function* () {
      const read = yield* StreamEvents.reader(codec, "customers, from their streams")
      return {
        detail: Effect.fn("CustomerStreams.detail")(function* (tenant, customerId) {
          const told = yield* Stream.runCollect(read(customerStreamOf(tenant, customerId)))
          const { state, timeline, version } = StreamEvents.followed(Customer.Customer, told)
          if (state.status === "none" || state.status === "rejected") return Option.none()
          const registered = timeline.find(({ status }) => status === "registered")
          const awaited = state.status === "registered" ? state.awaited : undefined
          return Option.some({
            customerId,
            status: state.status,
            version,
            profile: show(state.profile),
            email: show(state.email),
            ...(awaited === undefined ? {} : { awaitedEmail: show(awaited.email) }),
            ...(registered === undefined ? {} : { registeredAt: registered.occurredAt })
          })
        })
      }
    })
  )
}

const codec = EventCodec.make(Customer.Customer.Event)
