/**
 * Puts the relay of a context back, so that it publishes again what the log holds from there on: when a broker has lost messages.
 *
 * What the broker still knows is not doubled in the topic, and what a subscriber has done with in a transaction takes no effect
 * again, as long as its inbox knows it. Nobody needs a restart: who runs the relay goes on from there.
 *
 * Gotcha: what is older than inboxes remember (30 days by default) takes effect again. Handlers that are `at-least-once` have no
 * inbox: they do all of it again.
 */
import { Audit, type EventStoreFailure, type InvalidAction, Transaction } from "@eventfold/event-store"
import { Consumers } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { nameOf } from "./OutboxRelay.ts"
import type { ActingFor } from "./SubscriberDesk.ts"

/**
 * The relay publishes again what is behind a position of the log. It is audited, in the transaction that puts it back. Answers
 * from where it had published, or undefined when that is not behind the position: then nothing was done.
 */
export const publishAgain: (
  context: string,
  what: ActingFor & { readonly after: number }
) => Effect.Effect<number | undefined, EventStoreFailure | InvalidAction, Audit | Consumers | Transaction> =
  Effect.fnUntraced(function* (context, { after, by, reason, tenant }) {
    const [audit, consumers, transaction] = [yield* Audit, yield* Consumers, yield* Transaction]
    const consumer = `handler:${nameOf(context)}`
    return yield* transaction.run(
      Effect.gen(function* () {
        const [state] = yield* consumers.hold(consumer)
        if (state === undefined || state.position <= after) return undefined
        const { position, stopped } = state
        yield* audit.record({
          tenant,
          action: "RelayPutBack",
          subject: nameOf(context),
          actor: by,
          reason,
          details: { from: String(position), after: String(after) }
        })
        // A checkpoint never moves backwards: it is another one.
        yield* consumers.remove(consumer)
        yield* consumers.register(consumer, 1, after)
        if (stopped) yield* consumers.setStopped(consumer, true)
        return position
      })
    )
  })
