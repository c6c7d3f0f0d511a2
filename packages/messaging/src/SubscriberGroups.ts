/**
 * Where people deal with the places of subscribers at the broker: they see groups nobody runs any more, remove them, and put a
 * subscriber back so that it receives again what it has had.
 *
 * A group whose subscriber was removed or renamed keeps every message of its topic for ever: nobody but a person knows that
 * it is not needed any more.
 *
 * Guarantees: whoever removes or puts back is audited, in the transaction of what they do where the broker is in the same store.
 * The group of a subscriber this program has is not removed, nor one of which it knows that another program has it.
 *
 * Gotchas: a group may belong to another program, or to another version of this one: remove what no program has. A subscriber that
 * still runs elsewhere makes its group anew, at the beginning. What is in flight when a group is put back is received again.
 */
import { Audit, type EventStoreFailure, type InvalidAction, Transaction } from "@eventfold/event-store"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { type BrokerFailure, type BrokerRequestRefused, UnknownGroup } from "./BrokerErrors.ts"
import { Inbox, type InboxRequestRefused } from "./Inbox.ts"
import { type Group, MessageBroker, type Start } from "./MessageBroker.ts"
import type { Subscriber } from "./Subscriber.ts"
import type { ActingFor, LettersOf } from "./SubscriberDesk.ts"
import { UnknownSubscriber } from "./SubscriberRunner.ts"

/** A group that no subscriber of this program has. */
export interface StrayGroup extends Group {
  /** Messages it has not done with, dead letters aside. */
  readonly lag: number
  readonly dead: number
  /** When the oldest of them was published; undefined when there is none. */
  readonly since: DateTime.Utc | undefined
}

/**
 * What becomes of the marks of messages that are received again. `keep`: what has taken effect in a transaction does not again.
 * `forget`: it takes effect once more, on purpose.
 */
export type MarksOfRewound = "keep" | "forget"

/** What was done to put a subscriber back. */
export interface Rewound {
  /** How many messages it receives from there. */
  readonly messages: number
  /** Of how many of them the inbox knew something, and does not any more. */
  readonly forgotten: number
}

/** A subscriber of that name is in this program, or known to be in another one: its group is needed. */
export class SubscriberInUse extends Schema.TaggedError<SubscriberInUse>()("SubscriberInUse", {
  subscriber: Schema.String,
  topic: Schema.String
}) {
  override get message() {
    return `the subscriber ${this.subscriber} of ${this.topic} is needed, by this program or another: take it out first`
  }
}

/** What is asked to whom. */
export type ActingOn = LettersOf & ActingFor

type Failures = UnknownSubscriber | BrokerFailure | BrokerRequestRefused | InvalidAction | EventStoreFailure

/** A subscriber, as far as it matters here. */
export type KnownSubscriber = Pick<Subscriber<never>, "name" | "topics" | "options">

/** What is known of other programs. */
export interface GroupsOptions {
  /** Whether another program has the subscriber of a group: then it is no stray. Default: nothing is known of others. */
  readonly isElsewhere?: (group: Group) => boolean
}

/** How many messages are looked at together. */
const page = 1000

/** Where people deal with the places of subscribers. */
export class SubscriberGroups extends Context.Service<
  SubscriberGroups,
  {
    /** Groups of these topics that no subscriber of this program has. */
    strays(topics: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<StrayGroup>, BrokerFailure>
    /** Removes a group that no subscriber of this program has: what it has not done with goes with it. */
    remove(what: ActingOn): Effect.Effect<void, SubscriberInUse | Failures>
    /**
     * Puts a subscriber of this program to another place: it receives again what follows, and its dead letters are gone. It is
     * noted before anything is done. Marks are forgotten first, a thousand at a time: repeat it when it fails in between.
     */
    rewind(
      what: ActingOn & { readonly from: Start; readonly marks: MarksOfRewound }
    ): Effect.Effect<Rewound, Failures | InboxRequestRefused>
  }
>()("@eventfold/messaging/SubscriberGroups") {
  /** Over the subscribers this program has, whether or not they run. */
  static readonly layer = (
    subscribers: ReadonlyArray<KnownSubscriber>,
    { isElsewhere = () => false }: GroupsOptions = {}
  ): Layer.Layer<SubscriberGroups, never, Audit | Inbox | MessageBroker | Transaction> =>
    Layer.effect(
      SubscriberGroups,
      Effect.gen(function* () {
        const [audit, broker] = [yield* Audit, yield* MessageBroker]
        const [inbox, transaction] = [yield* Inbox, yield* Transaction]
        const find = ({ subscriber, topic }: LettersOf) =>
          subscribers.find(({ name, topics }) => name === subscriber && topics.includes(topic))

        const standing = ({ group, topic }: Group) =>
          broker.state({ group, topic }).pipe(
            Effect.map(({ dead, end, inFlight, oldest, position, waiting }): ReadonlyArray<StrayGroup> => {
              return [{ group, topic, lag: end - position + waiting + inFlight, dead, since: oldest }]
            }),
            // It was removed meanwhile.
            Effect.catchIf(
              (error) => error instanceof UnknownGroup,
              () => Effect.succeed([])
            )
          )
        const note = (action: string, what: ActingOn, details: Readonly<Record<string, string>>) =>
          audit.record({
            tenant: what.tenant,
            action,
            subject: `${what.subscriber} of ${what.topic}`,
            actor: what.by,
            reason: what.reason,
            details
          })

        /** Forgets the marks of what is received again, wherever it is from; answers how many messages and marks that are. */
        const again = Effect.fnUntraced(function* (
          { name, options }: KnownSubscriber,
          topic: string,
          begin: Start,
          marks: MarksOfRewound
        ) {
          let from = begin
          let [messages, forgotten] = [0, 0]
          for (;;) {
            const found = yield* broker.browse(topic, { from, limit: page })
            messages += found.length
            const identities = found.flatMap(({ message }) => {
              const tenant = message?.tenantid ?? options.tenant
              if (message === undefined || tenant === undefined) return []
              return [{ tenant, source: message.source, id: message.id }]
            })
            if (marks === "forget") forgotten += yield* inbox.forget(name, identities)
            const last = found.at(-1)
            if (last === undefined || found.length < page) return { messages, forgotten }
            from = { after: last.position }
          }
        })

        return {
          strays: Effect.fnUntraced(function* (topics) {
            const groups = yield* Effect.forEach(topics, (topic) =>
              Effect.map(broker.groups(topic), (names) =>
                names
                  .filter((subscriber) => find({ subscriber, topic }) === undefined)
                  .map((group): Group => ({ group, topic }))
                  .filter((group) => !isElsewhere(group))
              )
            )
            return (yield* Effect.forEach(groups.flat(), standing)).flat()
          }),
          remove: Effect.fnUntraced(function* (what) {
            const { subscriber, topic } = what
            if (find(what) !== undefined || isElsewhere({ group: subscriber, topic })) {
              return yield* new SubscriberInUse({ subscriber, topic })
            }
            yield* transaction.run(
              Effect.gen(function* () {
                yield* note("SubscriberRemoved", what, {})
                if (!(yield* broker.unsubscribe({ topic, group: subscriber }))) {
                  return yield* new UnknownSubscriber({ subscriber, topic })
                }
              })
            )
          }),
          rewind: Effect.fnUntraced(function* ({ from, marks, ...what }) {
            const { subscriber, topic } = what
            const known = find(what)
            if (known === undefined) return yield* new UnknownSubscriber({ subscriber, topic })
            const group = { topic, group: subscriber }
            const unknown = () => Effect.fail(new UnknownSubscriber({ subscriber, topic }))
            yield* Effect.catchTag(broker.state(group), "UnknownGroup", unknown)
            // First: who forgets marks and then fails has done something already.
            yield* note("SubscriberRewound", what, { from: textOf(from), marks })
            const rewound = yield* again(known, topic, from, marks)
            yield* Effect.catchTag(broker.rewind(group, from), "UnknownGroup", unknown)
            return rewound
          })
        }
      })
    )
}

const textOf = (from: Start): string =>
  typeof from === "string" ? from : "after" in from ? `after ${from.after}` : `since ${DateTime.formatIso(from.since)}`
