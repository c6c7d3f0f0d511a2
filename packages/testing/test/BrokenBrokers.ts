/** Brokers in memory with something wrong, as rows of the table of broken brokers. */
import { type BrokerDriver, MessageBroker, MessageBrokerMemory } from "@eventfold/messaging"
import { Duration, Effect, Layer } from "effect"
import type { BrokenRow } from "./BrokenTable.ts"

/** The port. */
export type Port = MessageBroker["Service"]

/** The broker in memory. */
export const sound = Layer.fresh(MessageBrokerMemory.layerMemory())

/** A row: a broker in memory, with what `wrong` puts in the place of some of its parts. */
export const broken = (
  breaks: string,
  fault: string,
  wrong: (port: Port) => Partial<Port>
): BrokenRow<MessageBroker> => ({
  breaks,
  fault,
  layer: Layer.effect(
    MessageBroker,
    Effect.map(MessageBroker, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provide(sound))
})

/** The same, below the service. */
export const brokenStore = (
  breaks: string,
  fault: string,
  wrong: (driver: BrokerDriver) => Partial<BrokerDriver>
): BrokenRow<MessageBroker> => ({
  breaks,
  fault,
  layer: Layer.sync(MessageBroker, () => {
    const driver = MessageBrokerMemory.driver()
    return MessageBroker.make({ ...driver, ...wrong(driver) })
  })
})

/** A delay with a bound that is too low; what is no delay stays what it is. */
export const capped = (after: Duration.Input): Duration.Input => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(after))
  return Number.isSafeInteger(millis) ? Math.min(millis, 59_000) : after
}
