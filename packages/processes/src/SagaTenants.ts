/**
 * Which tenants have sagas: whoever looks after sagas asks tenant by tenant. Kept as a stream, to which each tenant is added
 * before its first saga is started.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import { CommandHandler, StreamId, Transaction } from "@eventfold/event-store"
import { DateTime, Effect, Result, Schema } from "effect"

/** A tenant has its first saga. */
export const TenantHasSagas = DomainEvent.make("TenantHasSagas", { tenant: Schema.String })

const Event = Schema.Union([TenantHasSagas])

interface Add {
  readonly tenant: string
  readonly occurredAt: DateTime.Utc
}

/** The tenants that have sagas, in the order in which they had the first one. */
export const decider = Decider.make({
  category: "saga-tenants",
  State: Schema.Array(Schema.String),
  Event,
  initial: [],
  evolve: (tenants, { tenant }) => [...tenants, tenant],
  decide: ({ occurredAt, tenant }: Add, tenants) =>
    Result.succeed(tenants.includes(tenant) ? [] : [{ _tag: "TenantHasSagas" as const, tenant, occurredAt }])
})

const stream = StreamId.make("eventfold", decider.category, "all")

/** The tenants that have sagas, as far as this process knows. */
export const make = () => {
  const handler = CommandHandler.make(decider, { readFirst: true })
  const known = new Set<string>()
  return {
    /** Adds a tenant that is about to have its first saga. */
    add: Effect.fnUntraced(function* (tenant: string) {
      if (known.has(tenant)) return
      yield* handler.handle(stream, { tenant, occurredAt: yield* DateTime.now })
      yield* Transaction.afterCommit(Effect.sync(() => known.add(tenant)))
    }),
    /** All of them, from the store. */
    all: Effect.map(handler.load(stream), ({ state }) => state)
  }
}
