/**
 * Messages that NATS had of a topic and has not any more: its server came back without its files, or without the end of them.
 *
 * Guarantees: who publishes finds it out when there is a connection again, and before the next batch: by what it has published
 * itself, and by the places of groups. It is noted in NATS, so that all processes know, and in the log of the program. From then on publishing
 * fails, and says why, until somebody has accepted the loss: else what is published next would hide it. So does asking how a group of
 * the topic stands, so that health tells though nobody publishes.
 *
 * Gotcha: when NATS has lost everything and no program has lived through it, nobody knows. `docs/decisions/0026-topics-on-jetstream.md`
 * says what to configure, and what to do.
 */
import { BrokerFailure } from "@eventfold/messaging"
import { Clock, Effect, Schema } from "effect"
import * as GroupValue from "./GroupValue.ts"
import { endOf, type PackHead } from "./Pack.ts"
import type { States } from "./States.ts"
import type { Subjects } from "./Subjects.ts"
import * as TopicMeta from "./TopicMeta.ts"
import type { TopicLog } from "./TopicLog.ts"

const Stored = Schema.Struct({
  had: Schema.Number,
  has: Schema.Number,
  at: Schema.Number,
  accepted: Schema.Boolean
})
const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Stored))

/** What was lost of a topic. */
export interface Loss {
  readonly topic: string
  /** The place up to which somebody knows that there were messages. */
  readonly had: number
  /** The place of the last message when it was found out: what is between is lost; 0 when there was none. */
  readonly has: number
  /** When it was found out: milliseconds since 1970. */
  readonly at: number
  /** Whether somebody has said that it may go on. */
  readonly accepted: boolean
}

/** What a process remembers of a topic. */
export interface Witness {
  /** The sequence of the newest batch, the place of its last message, and when it was published; 0 when nothing is known. */
  readonly sequence: number
  readonly end: number
  readonly publishedAt: number
  /** When the stream was made; undefined when that is not known. */
  readonly created: string | undefined
}

/** What was found. */
export interface Finding {
  /** What is not accepted. */
  readonly loss: Loss | undefined
  /** Nothing of what the witness remembers holds. */
  readonly isOther: boolean
  readonly created: string
}

/** Finds out, and accepts. */
export const make = (states: States, log: TopicLog, subjects: Subjects) => {
  const noted = (topic: string) =>
    Effect.map(states.text(subjects.loss(topic)), (text): Loss | undefined =>
      text === undefined ? undefined : { topic, ...decode(text) }
    )
  const note = ({ topic, ...loss }: Loss) =>
    states.put("loss", subjects.loss(topic), JSON.stringify(loss satisfies typeof Stored.Type))
  const groupsOf = (topic: string) =>
    Effect.map(states.read("loss", subjects.meta(topic)), (state) => TopicMeta.decode(state).groups)
  /** The furthest place a group has reached. */
  const reachedOf = Effect.fnUntraced(function* (topic: string) {
    const reached = yield* Effect.forEach(
      yield* groupsOf(topic),
      (group) =>
        Effect.map(states.read("loss", subjects.group({ topic, group })), ({ bytes, revision }) =>
          revision === 0 ? 0 : GroupValue.decode(bytes).reached.position
        ),
      { concurrency: 8 }
    )
    return Math.max(0, ...reached)
  })
  const placeOf = (newest: PackHead | undefined) => (newest === undefined ? 0 : endOf(newest))

  return {
    noted,
    /** Looks whether all is there that was there, and notes it when it is not. */
    find: Effect.fnUntraced(function* (topic: string, witness: Witness): Effect.fn.Return<Finding, BrokerFailure> {
      // Groups first: what they have reached was there before.
      const reached = yield* reachedOf(topic)
      const created = yield* log.created(topic)
      const newest = yield* log.last(topic)
      const has = placeOf(newest)
      const isOther =
        (witness.created !== undefined && witness.created !== created) || (newest?.sequence ?? 0) < witness.sequence
      const before = yield* noted(topic)
      const isKnown = before !== undefined && (!before.accepted || before.at >= witness.publishedAt)
      const isMissed = isOther && witness.end > 0 && !isKnown
      if (!isMissed && !(reached > has && before?.accepted !== false)) {
        return { loss: before?.accepted === false ? before : undefined, isOther, created }
      }
      const at = Math.max(yield* Clock.currentTimeMillis, isMissed ? witness.publishedAt : 0)
      const loss: Loss = { topic, had: Math.max(reached, isMissed ? witness.end : 0), has, at, accepted: false }
      yield* note(loss)
      yield* Effect.logError(textOf(loss))
      return { loss, isOther, created }
    }),
    /**
     * Lets it go on: groups that are beyond the end are put there, and then publishing succeeds again. Answers whether there was
     * something to accept.
     */
    accept: Effect.fnUntraced(function* (topic: string): Effect.fn.Return<boolean, BrokerFailure> {
      const loss = yield* noted(topic)
      if (loss === undefined || loss.accepted) return false
      const newest = yield* log.last(topic)
      const end = { position: placeOf(newest), sequence: newest?.sequence ?? 0 }
      for (const group of yield* groupsOf(topic)) {
        yield* states.change("accept", subjects.group({ topic, group }), ({ bytes, revision }) =>
          Effect.sync(() => {
            if (revision === 0) return { answer: undefined }
            const value = GroupValue.decode(bytes)
            return value.reached.position <= end.position
              ? { answer: undefined }
              : { answer: undefined, becomes: GroupValue.encode(GroupValue.upTo(value, end)) }
          })
        )
      }
      yield* note({ ...loss, accepted: true })
      return true
    })
  }
}

/** Finds out, and accepts. */
export type Losses = ReturnType<typeof make>

const textOf = ({ had, has, topic }: Loss) =>
  `NATS has lost messages of ${topic}: there were some up to place ${had}, and now it ends at ${has}. ` +
  "Nothing is published to it until that is accepted, and what is lost can be published again from the log of its context"

/** What publishing to such a topic fails with, and asking how its groups stand. Trying again helps as soon as it is accepted. */
export const failure = (operation: "publish" | "state", loss: Loss): BrokerFailure =>
  new BrokerFailure({
    operation: `MessageBroker.${operation}`,
    retryable: true,
    detail: textOf(loss),
    cause: undefined
  })
