/** A bus with the commands of the account, on a store of its own for each test. */
import { Effect, Layer, Stream } from "effect"
import { CommandBus, EventStore, layerMemory } from "../src/index.ts"
import { handlers, streamOf } from "./Account.ts"

/** A UUID that ends in a number. */
export const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

/** A command on its way, with an id that ends in a number. */
export const envelope = <P>(number: number, payload: P) => ({ id: uuid(number), tenant: "acme", payload })

/** Provides a bus of its own, with more handlers than those of the account. */
export const onFreshBus = (...more: typeof handlers) =>
  Effect.provide(CommandBus.layer([...handlers, ...more]).pipe(Layer.provideMerge(Layer.fresh(layerMemory))))

/** What the account, or another stream, holds. */
export const stored = (stream = streamOf("acme", "a-1")) =>
  Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(stream)))
