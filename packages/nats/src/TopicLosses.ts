/** Where people deal with topics NATS has lost messages of: they see which, and let them go on. */
import { type BrokerFailure } from "@eventfold/messaging"
import { Context, Effect, Layer } from "effect"
import * as Losses from "./Losses.ts"
import { NatsConnection } from "./NatsConnection.ts"
import * as States from "./States.ts"
import * as Streams from "./Streams.ts"
import * as Subjects from "./Subjects.ts"
import * as TopicLog from "./TopicLog.ts"

/** Topics NATS has lost messages of. */
export class TopicLosses extends Context.Service<
  TopicLosses,
  {
    /** What is lost of which topic, also what was accepted; by topic. */
    readonly list: Effect.Effect<ReadonlyArray<Losses.Loss>, BrokerFailure>
    /**
     * Lets a topic go on with what there is: groups that are beyond its end are put there, and publishing succeeds again. Answers
     * whether there was something to accept. What is lost stays lost unless the relay of the context publishes it again.
     */
    accept(topic: string): Effect.Effect<boolean, BrokerFailure>
  }
>()("@eventfold/nats/TopicLosses") {
  /** Of the broker with this prefix, and its replicas, should a stream have to be made. */
  static readonly layer = ({
    prefix = "eventfold",
    ...options
  }: { readonly prefix?: string } & Streams.StreamOptions = {}): Layer.Layer<TopicLosses, never, NatsConnection> =>
    Layer.effect(
      TopicLosses,
      Effect.map(NatsConnection, (connection) => {
        const subjects = Subjects.make(prefix)
        const streams = Streams.make(connection, options)
        const alone: States.Crowd = { tell: () => Effect.void, isTold: () => false }
        const stream = Subjects.stateStream(subjects)
        const losses = Losses.make(States.make(streams, stream, alone), TopicLog.make(streams, subjects), subjects)
        return {
          list: Effect.gen(function* () {
            const found = yield* streams.subjects(stream, subjects.losses)
            const all = yield* Effect.forEach(found, (subject) => losses.noted(subjects.topicOfLoss(subject)))
            return all
              .filter((loss) => loss !== undefined)
              .toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0))
          }),
          accept: losses.accept
        }
      })
    )
}
