/**
 * Where people deal with the dead letters of subscribers: they list them, have them delivered again when what was wrong is
 * mended, or discard one that is not to be dealt with.
 *
 * Guarantees: whoever replays or discards is audited, in the transaction of what they do where the broker is in the same
 * store. A replay delivers a letter as if for the first time, and what waits behind it in its key goes on when it is done.
 *
 * Gotcha: the audit is kept by tenant. What is done about letters of several tenants is noted once for each of them.
 */
import { Audit, type EventStoreFailure, type InvalidAction, Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer, Schema } from "effect"
import type { BrokerFailure, BrokerRequestRefused } from "./BrokerErrors.ts"
import { type DeadMessage, type Group, MessageBroker } from "./MessageBroker.ts"
import { SubscriberRunner, UnknownSubscriber } from "./SubscriberRunner.ts"

/** A message that a subscriber has given up. */
export interface SubscriberLetter extends DeadMessage {
  readonly subscriber: string
  readonly topic: string
}

/** Which letters: those of a subscriber at a topic. */
export interface LettersOf {
  readonly subscriber: string
  readonly topic: string
}

/** Who does it, and why; and the tenant by which it is noted where a message says none. */
export interface ActingFor {
  readonly by: string
  readonly reason: string
  readonly tenant: string
}

/** There is no such letter, or it has been dealt with meanwhile. */
export class MessageLetterNotFound extends Schema.TaggedError<MessageLetterNotFound>()("MessageLetterNotFound", {
  subscriber: Schema.String,
  topic: Schema.String,
  position: Schema.Int
}) {
  override get message() {
    return `${this.subscriber} has no dead letter for the message at position ${this.position} of ${this.topic}`
  }
}

/** The most letters the broker lists at once. */
const mostListed = 1000

type Failures = UnknownSubscriber | BrokerFailure | BrokerRequestRefused

/** Where people deal with dead letters of subscribers. */
export class SubscriberDesk extends Context.Service<
  SubscriberDesk,
  {
    /** The letters of a subscriber at a topic behind a position (default 0), in order: 1 to 1,000. */
    list(
      page: LettersOf & { readonly after?: number; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<SubscriberLetter>, Failures>
    find(
      letter: LettersOf & { readonly position: number }
    ): Effect.Effect<SubscriberLetter, MessageLetterNotFound | Failures>
    /** Delivers a letter again. */
    replay(
      what: LettersOf & ActingFor & { readonly position: number }
    ): Effect.Effect<void, MessageLetterNotFound | Failures | InvalidAction | EventStoreFailure>
    /** Delivers all letters of a subscriber at a topic again; answers how many. */
    replayAll(what: LettersOf & ActingFor): Effect.Effect<number, Failures | InvalidAction | EventStoreFailure>
    /** Removes a letter: its message is not dealt with, and what waits behind it goes on. */
    discard(
      what: LettersOf & ActingFor & { readonly position: number }
    ): Effect.Effect<void, MessageLetterNotFound | Failures | InvalidAction | EventStoreFailure>
  }
>()("@eventfold/messaging/SubscriberDesk") {
  /** Over the subscribers that run in this program. */
  static readonly layer: Layer.Layer<SubscriberDesk, never, Audit | MessageBroker | SubscriberRunner | Transaction> =
    Layer.effect(
      SubscriberDesk,
      Effect.gen(function* () {
        const [audit, broker, runner] = [yield* Audit, yield* MessageBroker, yield* SubscriberRunner]
        const transaction = yield* Transaction

        const groupOf = ({ subscriber, topic }: LettersOf): Effect.Effect<Group, UnknownSubscriber> => {
          const found = runner.subscribers.find(({ name }) => name === subscriber)
          if (found === undefined) return Effect.fail(new UnknownSubscriber({ subscriber }))
          if (!found.topics.includes(topic)) return Effect.fail(new UnknownSubscriber({ subscriber, topic }))
          return Effect.succeed({ topic, group: subscriber })
        }
        const list = Effect.fnUntraced(function* ({
          subscriber,
          topic,
          ...page
        }: LettersOf & { readonly after?: number; readonly limit: number }) {
          const letters = yield* broker.deadLetters(yield* groupOf({ subscriber, topic }), page)
          return letters.map((letter): SubscriberLetter => ({ ...letter, subscriber, topic }))
        })
        const find = Effect.fnUntraced(function* ({
          position,
          subscriber,
          topic
        }: LettersOf & { readonly position: number }) {
          const [letter] = yield* list({ subscriber, topic, after: position - 1, limit: 1 })
          if (letter?.position === position) return letter
          return yield* new MessageLetterNotFound({ subscriber, topic, position })
        })
        const record = (
          action: string,
          letter: SubscriberLetter,
          { by, reason, tenant }: ActingFor,
          details: Readonly<Record<string, string>>
        ) =>
          audit.record({
            tenant: letter.message?.tenantid ?? tenant,
            action,
            subject: `${letter.subscriber} of ${letter.topic}`,
            actor: by,
            reason,
            details
          })
        /** Does something about one letter, and notes who did. */
        const about = <E>(
          action: string,
          what: LettersOf & ActingFor & { readonly position: number },
          work: (group: Group) => Effect.Effect<boolean, E>
        ) =>
          Effect.gen(function* () {
            const group = yield* groupOf(what)
            const letter = yield* find(what)
            const { position, subscriber, topic } = what
            yield* transaction.run(
              Effect.gen(function* () {
                yield* record(action, letter, what, {
                  position: String(position),
                  messageId: letter.message?.id ?? "unreadable"
                })
                if (!(yield* work(group))) return yield* new MessageLetterNotFound({ subscriber, topic, position })
              })
            )
          })

        return {
          list,
          find,
          replay: (what) =>
            about("SubscriberLetterReplayed", what, (group) =>
              Effect.map(broker.replay(group, what.position), (count) => count > 0)
            ),
          discard: (what) => about("SubscriberLetterDiscarded", what, (group) => broker.discard(group, what.position)),
          replayAll: Effect.fnUntraced(function* (what) {
            const group = yield* groupOf(what)
            const { subscriber, tenant, topic } = what
            const ofTenants = new Map<string, SubscriberLetter>()
            let [after, full] = [0, true]
            while (full) {
              const letters = yield* list({ subscriber, topic, after, limit: mostListed })
              for (const letter of letters) ofTenants.set(letter.message?.tenantid ?? tenant, letter)
              after = letters.at(-1)?.position ?? after
              full = letters.length === mostListed
            }
            return yield* transaction.run(
              Effect.gen(function* () {
                for (const letter of ofTenants.values()) yield* record("SubscriberLettersReplayed", letter, what, {})
                return yield* broker.replay(group)
              })
            )
          })
        }
      })
    )
}
