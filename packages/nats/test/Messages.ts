/** Messages and what is done with them, for the tests of the broker on NATS. */
import { type CloudEvent, type Delivery, type Group, MessageBroker } from "@eventfold/messaging"
import { Context, DateTime, Effect, Layer } from "effect"

/** A message of a key. */
export const message = (id: string, key: string = id, text: string = ""): CloudEvent.CloudEvent => ({
  specversion: "1.0",
  id,
  source: "/contexts/ordering",
  type: "ordering.order-placed.v1",
  subject: "order-1",
  time: DateTime.makeUnsafe("2026-01-15T12:00:00Z"),
  datacontenttype: "application/json",
  dataschema: "https://eventfold.example/schemas/ordering.order-placed.v1.json",
  partitionkey: key,
  correlationid: "request-1",
  causationid: "event-1",
  data: { text }
})

/** A broker of its own: as another process has it. */
export const brokerOf = <E>(layer: Layer.Layer<MessageBroker, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, MessageBroker))

/** The ids of messages. */
export const ids = (deliveries: ReadonlyArray<Delivery>): ReadonlyArray<string> =>
  deliveries.map(({ message }) => message.id)

/** Receives and acknowledges until there is nothing more; answers the ids in the order in which they came. */
export const drained = Effect.fnUntraced(function* (broker: MessageBroker["Service"], group: Group) {
  const found: Array<string> = []
  for (;;) {
    const some = yield* broker.receive(group, { limit: 100, hold: "1 minute" })
    if (some.length === 0) return found
    found.push(...ids(some))
    yield* broker.acknowledge(group, some)
  }
})
