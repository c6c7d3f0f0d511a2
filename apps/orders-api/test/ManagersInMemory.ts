/** The process managers of the service where nobody coordinates, in memory, on the test clock. */
import { Limits } from "@eventfold/domain-fulfilment"
import type { Decider, DomainEvent } from "@eventfold/decider"
import { EventCodec, EventId, EventStore, ExpectedVersion, layerMemory, StreamId } from "@eventfold/event-store"
import { Breakers, CommandSender, ProcessManagerRunner, TimersMemory } from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { modules } from "../src/contexts/Hosting.ts"
import { managers } from "../src/fulfilment/RunningProcesses.ts"

const tenant = "main"

const ports = Layer.fresh(
  Layer.mergeAll(
    readSideInMemory,
    ConsumerRegistry.layer,
    ConsumerProgress.layer,
    Subscriptions.layer,
    TimersMemory.layerMemory
  ).pipe(Layer.provideMerge(layerMemory))
)

/** Runs them, with somebody who takes their commands. */
export const running = (sender: CommandSender["Service"], limits: Partial<Limits.Limits> = {}) => {
  const patient = { ...Limits.usual, ...limits }
  const runs = managers(modules, "choreographed", patient).map(({ run }) => run)
  return ProcessManagerRunner.layer(runs).pipe(
    Layer.provide([Layer.succeed(CommandSender, sender), Breakers.layer()]),
    Layer.provideMerge(ports)
  )
}

/** This happens, one after the other, somewhere. */
export const happen = Effect.fnUntraced(function* <E extends DomainEvent.DomainEvent>(
  schema: Decider.EventUnion<E>,
  events: ReadonlyArray<E>
) {
  const store = yield* EventStore
  const encoded = yield* EventCodec.make(schema).encode(events, tenant)
  const named = encoded.map((event, index) => ({ ...event, id: EventId.make(index), metadata: {} }))
  yield* store.append(StreamId.make(tenant, "told", "1"), ExpectedVersion.Any, named)
})

/** How the process of an order, or of a reservation, stands. */
export const standing = (manager: "payment" | "shipping" | "reservation-expiry", process: string) =>
  Effect.flatMap(ProcessManagerRunner, (runner) => runner.standing(manager, tenant, process))
