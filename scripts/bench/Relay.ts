/**
 * The outbox relay that catches up: deposits in the log, each said as one message, until all of them are in the message
 * broker. It is run as a service runs it, and what the broker holds is counted before a run counts.
 */
import { PublishedMessage } from "@eventfold/decider"
import { MessageBroker, OutboxRelay } from "@eventfold/messaging"
import { ConsumerProgress, ConsumerRegistry, Consumers, HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer, PubSub, Schema } from "effect"
import { EventStore, ExpectedVersion } from "@eventfold/event-store"
import { account } from "./Account.ts"
import * as Samples from "./Samples.ts"

/** Where the deposits are. */
export interface RelayLog {
  readonly events: number
  readonly from: number
  readonly to: number
}

const Content = Schema.Struct({
  account: Schema.String,
  amount: Schema.Int,
  currency: Schema.String,
  reference: Schema.String,
  memo: Schema.String
})

/** Ten deposits each in so many accounts, in the order in which a bank has them: one of each, then the next of each. */
export const fill = Effect.fnUntraced(function* (events: number) {
  const store = yield* EventStore
  const { position: from } = yield* store.append(
    Samples.newStream("mark"),
    ExpectedVersion.NoStream,
    yield* Samples.newDeposits(1)
  )
  const streams = Array.from({ length: events / 10 }, () => Samples.newStream("relayed"))
  let to = from
  for (let turn = 0; turn < 10; turn += 1) {
    yield* Effect.forEach(
      streams,
      Effect.fnUntraced(function* (stream) {
        const { position } = yield* store.append(stream, ExpectedVersion.Any, yield* Samples.newDeposits(1))
        to = Math.max(to, position)
      }),
      { concurrency: 64, discard: true }
    )
  }
  return { events, from, to } satisfies RelayLog
})

let run = 0

/** Relays the whole log to a topic that is new. */
export const drain = Effect.fnUntraced(function* ({ events, from, to }: RelayLog) {
  run += 1
  const context = `bench-${run}`
  const Deposited = PublishedMessage.make(context, "money-deposited", 1, Content)
  const relay = OutboxRelay.make({
    language: PublishedMessage.language(context, [Deposited]),
    events: account.Event,
    schemas: "https://eventfold.example/schemas",
    publish: ({ amount, currency, memo, reference }, { stream }) =>
      Effect.succeed([PublishedMessage.say(Deposited, { account: stream.id, amount, currency, reference, memo })]),
    options: { startAfter: from }
  })
  const broker = yield* MessageBroker
  const group = { topic: context, group: "bench" }
  yield* broker.subscribe(group)
  const runner = HandlerRunner.layer<MessageBroker>([relay]).pipe(
    Layer.provideMerge(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)),
    Layer.fresh
  )
  yield* Effect.gen(function* () {
    const { changes } = Context.get(yield* Layer.build(runner), ConsumerProgress)
    const moves = yield* PubSub.subscribe(changes)
    while ((yield* PubSub.take(moves)).position < to);
  }).pipe(Effect.scoped)
  const { end } = yield* broker.state(group)
  if (end !== events) return yield* Samples.incomplete("relay", end, events)
  yield* (yield* Consumers).remove(`handler:${OutboxRelay.nameOf(context)}`)
})
