/**
 * Removes messages that every subscriber has done with, and what the inbox knows of old ones, so that neither grows for ever.
 *
 * Messages are kept for a week, and what was done about them for a month: the broker delivers nothing again that the inbox
 * does not know any more. A failure is logged, and tried again an hour later.
 */
import { InboxRetention, MessageBroker } from "@eventfold/messaging"
import { Effect, Layer, Schedule } from "effect"
import { languages } from "../contexts/Languages.ts"

/** How many messages one call removes at the most. */
const most = 10_000

const trim = Effect.fnUntraced(function* (topic: string) {
  const broker = yield* MessageBroker
  let removed = 0
  for (;;) {
    const gone = yield* broker.trim(topic)
    removed += gone
    if (gone < most) break
  }
  if (removed > 0) yield* Effect.logInfo(`removed ${removed} messages of ${topic} that everybody has done with`)
})

const trimAll = Effect.forEach(
  languages,
  ({ context }) =>
    trim(context).pipe(
      Effect.catch(({ message }) => Effect.logWarning(`could not remove messages of ${context}: ${message}`))
    ),
  { discard: true }
)

/** Removes what is old once at start and then every hour, while the layer lives. */
export const layer = Layer.merge(
  Layer.effectDiscard(Effect.forkScoped(Effect.repeat(trimAll, Schedule.spaced("1 hour")))),
  InboxRetention.layer({ keepFor: "30 days", brokerKeepsFor: "7 days" })
)
