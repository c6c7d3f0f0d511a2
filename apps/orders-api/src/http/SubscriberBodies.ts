/** What is asked and answered about the places of subscribers at the broker, and what their inbox knows. */
import { Schema } from "effect"
import { BecauseBody } from "./DeadLettersApi.ts"
import { InboxCursor } from "./InboxCursor.ts"
import { PointInTime } from "./PointInTime.ts"

/** A group at the broker that no subscriber of this program has: it keeps its topic from being cleaned. */
export const StrayGroup = Schema.Struct({
  subscriber: Schema.String,
  topic: Schema.String,
  /** How many messages it has not done with, apart from dead letters. */
  lag: Schema.Int,
  dead: Schema.Int,
  /** When the oldest of them was published. */
  since: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "StrayGroup" })

/** To receive again: from the beginning, unless it says `after` or `since`. */
export const RewindBody = Schema.Struct({
  ...BecauseBody.fields,
  /** Behind this place of the topic. */
  after: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))),
  /** What was published at that time or later. */
  since: Schema.optionalKey(PointInTime),
  /** `forget`: what has taken effect does once more. Default: `keep`. */
  marks: Schema.optionalKey(Schema.Literals(["keep", "forget"]))
}).annotate({ identifier: "RewindSubscriber" })

/** What is received again. */
export const Rewound = Schema.Struct({
  messages: Schema.Int,
  /** Of how many of them the inbox knew something, and does not any more. */
  forgotten: Schema.Int
}).annotate({ identifier: "Rewound", description: "What is received again" })

/** A group that was removed. */
export const Removed = Schema.Struct({ removed: Schema.Literal(true) }).annotate({
  identifier: "RemovedSubscriber",
  description: "The group is removed"
})

/** Letters that are not to be dealt with. */
export const Discarded = Schema.Struct({ discarded: Schema.Int }).annotate({
  identifier: "DiscardedLetters",
  description: "How many messages are not dealt with"
})

/** Where a message stands at a subscriber. */
export const InboxState = Schema.Literals(["processing", "processed", "failed"])

/** What a subscriber has done about a message. */
export const InboxEntry = Schema.Struct({
  tenant: Schema.String,
  source: Schema.String,
  messageId: Schema.String,
  type: Schema.String,
  /** `processing`: somebody has begun, and works on it or died of it. */
  state: InboxState,
  /** How often somebody has begun with it. */
  attempts: Schema.Int,
  /** When it came to its state. */
  at: Schema.DateTimeUtc,
  /** Why it failed last; nothing personal. */
  error: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "InboxEntry" })

/** A page of them. */
export const InboxPage = Schema.Struct({
  entries: Schema.Array(InboxEntry),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(InboxCursor)
}).annotate({ identifier: "InboxPage", description: "What a subscriber has done about messages" })
