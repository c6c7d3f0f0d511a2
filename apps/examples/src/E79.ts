/**
 * E79, the published language: what a context says to others, in messages that they can rely on.
 *
 * Shows: a message as a CloudEvent; its JSON Schema; changes of it that others bear, and changes that are refused, with what to do
 * instead; a version that nobody knows, which becomes a dead letter that says why.
 */
import { OrderingMessages } from "@eventfold/domain-ordering"
import { PublishedMessage } from "@eventfold/decider"
import { MessageBroker, SchemaCompatibility, Subscriber, SubscriberRunner } from "@eventfold/messaging"
import { schemaDocument } from "@eventfold/orders-api/contexts/Languages"
import { OrderId } from "@eventfold/shared-kernel"
import { Console, Effect, Layer, References, Schema } from "effect"
import * as OrderNews from "./OrderNews.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Published language: messages with schemas that never change"

// #region subscriber
/** Notes which orders may be shipped; all it knows of ordering is version 1 of one message. */
const reader = (noted: Array<string>) =>
  Subscriber.make("e79-reader", [
    Subscriber.on(OrderingMessages.OrderApprovedV1, ({ orderId }) => Effect.sync(() => noted.push(orderId)), {
      delivery: "at-least-once"
    })
  ])
// #endregion subscriber

// #region changes
const { type } = OrderingMessages.OrderApprovedV1
const published = new Map([[type, schemaDocument(OrderingMessages.OrderApprovedV1)]])

/** What becomes of the message when it says something else. */
const verdictOn = <Content>(content: Schema.Codec<Content, unknown>) => {
  const changed = schemaDocument(PublishedMessage.make("ordering", "order-approved", 1, content))
  const [refused] = SchemaCompatibility.check(published, new Map([[type, changed]]))
  return refused?.message ?? "everybody who reads it still understands it"
}
// #endregion changes

const fields = { orderId: OrderId, approvedAt: PublishedMessage.Instant }

/** The story. */
export const program = Effect.gen(function* () {
  const order = yield* OrderNews.order
  yield* OrderNews.approve(order)
  const noted: Array<string> = []

  yield* Effect.gen(function* () {
    yield* Console.log("What ordering says when an order is approved, as a CloudEvent")
    const [message] = yield* OrderNews.heard(type)
    if (message === undefined) return
    for (const name of ["specversion", "type", "source", "datacontenttype", "dataschema"] as const) {
      yield* Console.log(`  ${name}: ${message[name]}`)
    }
    yield* Console.log(`  data: ${Object.keys(message.data).join(", ")}`)

    yield* Console.log("Its JSON Schema")
    const document = schemaDocument(OrderingMessages.OrderApprovedV1)
    for (const name of ["$schema", "$id", "description", "required"]) {
      yield* Console.log(`  ${name}: ${JSON.stringify(document[name])}`)
    }

    yield* Console.log("It comes to say more, in a field that may be absent")
    const note = Schema.optionalKey(Schema.String)
    yield* Console.log(`  ${verdictOn(Schema.Struct({ ...fields, note }))}`)
    yield* Console.log("It does not say any more when it was")
    yield* Console.log(`  ${verdictOn(Schema.Struct({ orderId: OrderId }))}`)
    yield* Console.log("It must say who has approved")
    yield* Console.log(`  ${verdictOn(Schema.Struct({ ...fields, approvedBy: Schema.String }))}`)

    yield* Console.log("A later program says it in a version that a reader does not know")
    const broker = yield* MessageBroker
    const later = { ...message, type: "ordering.order-approved.v2", id: `${message.id}-later`, data: {} }
    yield* broker.publish("ordering", [{ ...later, partitionkey: `${order.tenant}/another` }])
    const letters = Effect.map(broker.deadLetters({ topic: "ordering", group: "e79-reader" }, { limit: 10 }), (found) =>
      found.map(({ reason }) => reason)
    )
    yield* ReadSide.until(
      "v2 is given up",
      Effect.map(letters, (found) => found.length > 0)
    )
    yield* ReadSide.until(
      "v1 is noted",
      Effect.sync(() => noted.length > 0)
    )
    for (const reason of yield* letters) yield* Console.log(`  dead letter: ${reason}`)
    yield* Console.log(`  of version 1 it has noted ${noted.length} order`)
  }).pipe(
    Effect.provide(SubscriberRunner.layer([reader(noted)]).pipe(Layer.provideMerge(OrderNews.layer(order.tenant)))),
    // That a message is given up is logged, too, which this story does not tell.
    Effect.provideService(References.MinimumLogLevel, "None")
  )
})
