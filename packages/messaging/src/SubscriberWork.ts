/**
 * What becomes of one message at a subscriber: it is handled, passed over, put back for later, or given up.
 *
 * Nothing here fails: whatever happens is an outcome. Reasons quote nothing personal, for dead letters stay when a person is
 * forgotten: of an error its name is kept, of a defect also the place in the program.
 *
 * A delivery during which the store was away is no try: the broker is told so, and forgets it.
 */
import { PublishedMessage } from "@eventfold/decider"
import { EventStoreFailure } from "@eventfold/event-store"
import { Cause, type Context, Duration, Effect, Exit, Random, Result } from "effect"
import { inTime } from "@eventfold/subscriptions/InTime"
import { type Inbox, InboxRequestRefused } from "./Inbox.ts"
import type { Delivery as Delivered } from "./MessageBroker.ts"
import { nameOf } from "./Reason.ts"
import { deliveryOf, type Handler, type Handling, HandlingFailed, type Subscriber } from "./Subscriber.ts"

/** What becomes of a message. */
export type Outcome =
  | { readonly _tag: "Done"; readonly how: "handled" | "duplicate" | "passed-over" }
  /** It is to come again, after so many milliseconds. `away`: because the store does not answer, which is no try. */
  | { readonly _tag: "Again"; readonly after: number; readonly reason: string; readonly away: boolean }
  | { readonly _tag: "GivenUp"; readonly reason: string }

/** What is to be done about a message, before anything is done. */
type Plan<R> =
  | { readonly _tag: "PassOver" }
  | { readonly _tag: "GiveUp"; readonly reason: string }
  | { readonly _tag: "Handle"; readonly handler: Handler<R>; readonly tenant: string; readonly handling: Handling<R> }

type Work<R> = Effect.Effect<void, HandlingFailed, R>

/** What a subscriber does about messages of a topic, with all it needs. */
export const make = <R>(
  subscriber: Subscriber<R>,
  topic: string,
  inbox: Inbox["Service"],
  context: Context.Context<R>
): ((delivered: Delivered) => Effect.Effect<Outcome>) => {
  const planOf = planning(subscriber, topic)
  return (delivered) => {
    const plan = planOf(delivered)
    if (plan._tag === "PassOver") return Effect.succeed({ _tag: "Done", how: "passed-over" })
    if (plan._tag === "GiveUp") return Effect.succeed({ _tag: "GivenUp", reason: plan.reason })
    const { delivery, timeLimit } = plan.handler
    const late = new HandlingFailed("transient", `it took longer than ${timeLimit} ms`, undefined)
    const { id, source, type } = delivered.message
    let handling = false
    const set = (to: boolean) =>
      Effect.sync(() => {
        handling = to
      })
    /** Does one thing about it, once, within its time. */
    const attempt = (work: Work<R>) => {
      const bounded = Effect.andThen(set(true), Effect.provide(work, context)).pipe(
        Effect.ensuring(set(false)),
        Effect.timeoutOrElse({ duration: timeLimit, orElse: () => Effect.fail(late) })
      )
      const once =
        delivery === "in-transaction"
          ? inbox.once(subscriber.name, { tenant: plan.tenant, source, id, type }, bounded, {
              reasonOf: ({ reason }) => reason
            })
          : Effect.as(bounded, "handled" as const)
      return inTime(once, Duration.millis(timeLimit + noting))
    }
    return attempt(plan.handling.work).pipe(
      Effect.catchIf(isPermanentWork, (failed) => {
        const compensation = plan.handling.compensation()
        return compensation === undefined ? Effect.fail(failed) : attempt(compensation)
      }),
      Effect.exit,
      Effect.flatMap((exit) =>
        Exit.isSuccess(exit)
          ? Effect.succeed<Outcome>({ _tag: "Done", how: exit.value })
          : outcomeOf(subscriber, delivered.attempt, exit.cause, handling)
      )
    )
  }
}

const isPermanentWork = (error: Failure): error is HandlingFailed =>
  error instanceof HandlingFailed && error.kind === "permanent"

/** How long it may take to begin and to note what has become of a message, in milliseconds. */
const noting = 5000

const giveUp = (reason: string) => ({ _tag: "GiveUp", reason }) as const

/** Reads a message of a topic. What is not known is told from what is of no concern. */
const planning = <R>(subscriber: Subscriber<R>, topic: string) => {
  const handlers = new Map(
    subscriber.handlers
      .filter(({ message }) => message.context === topic)
      .map((handler) => [handler.message.type, handler])
  )
  const handled = PublishedMessage.language(
    topic,
    Array.from(handlers.values(), ({ message }) => message)
  )
  const names = new Set(handled.messages.map(({ name }) => name))
  return (delivered: Delivered): Plan<R> => {
    const { data, type } = delivered.message
    if (subscriber.options.passesOver.has(type)) return { _tag: "PassOver" }
    const handler = handlers.get(type)
    if (handler === undefined) {
      const [context, name = "", version = "", ...more] = type.split(".")
      if (context !== topic || !/^v[1-9][0-9]*$/u.test(version) || more.length > 0) {
        return giveUp(`${type} is no message of ${topic}`)
      }
      if (!names.has(name)) return { _tag: "PassOver" }
      return Result.match(PublishedMessage.find(handled, type), {
        onFailure: ({ message }) => giveUp(message),
        onSuccess: () => giveUp(`${type} has no handler`)
      })
    }
    const delivery = deliveryOf(subscriber, delivered)
    if (delivery === undefined) return giveUp(`${type} does not say whose it is: it has no tenantid`)
    const { tenant } = delivery
    return Result.match(handler.read(data, delivery), {
      onFailure: ({ message }) => giveUp(message),
      onSuccess: (handling): Plan<R> => ({ _tag: "Handle", handler, tenant, handling })
    })
  }
}

type Failure = HandlingFailed | InboxRequestRefused | EventStoreFailure | Cause.TimeoutError

/** What a failure means for the message. */
const outcomeOf = <R>(
  { options }: Subscriber<R>,
  attempt: number,
  cause: Cause.Cause<Failure>,
  handling: boolean
): Effect.Effect<Outcome> => {
  const failed = cause.reasons.find(Cause.isFailReason)
  if (failed === undefined && !Cause.hasInterruptsOnly(cause)) {
    return Effect.succeed({ _tag: "GivenUp", reason: ofDefect(Cause.squash(cause)) })
  }
  // An interruption that comes here is none of this fiber: something the handler runs was ended.
  const reason = failed === undefined ? "something it runs was interrupted" : reasonOf(failed.error)
  if (failed !== undefined && isAway(failed.error, handling)) {
    return Effect.succeed({ _tag: "Again", after: awayFor, reason, away: true })
  }
  if (failed !== undefined && isPermanent(failed.error)) return Effect.succeed({ _tag: "GivenUp", reason })
  const { firstWait, longestWait, retries } = options.failure
  if (attempt > retries) {
    return Effect.succeed({ _tag: "GivenUp", reason: `${reason} (it was tried ${attempt} times)` })
  }
  const doubled = Duration.toMillis(firstWait) * 2 ** Math.min(attempt - 1, 30)
  const wait = Math.min(doubled, Duration.toMillis(longestWait))
  // They vary by a fifth, so that many do not come back together.
  return Effect.map(Random.nextBetween(0.8, 1.2), (by): Outcome => {
    return { _tag: "Again", after: Math.round(wait * by), reason, away: false }
  })
}

/** How long a message waits that came while the store was away, in milliseconds. */
const awayFor = 1000

/** The store does not answer, whatever the message says: also when the time is up and the handler was not at work. */
const isAway = (error: Failure, handling: boolean): boolean => {
  if (Cause.isTimeoutError(error)) return !handling
  const inner = error instanceof HandlingFailed ? error.error : error
  return inner instanceof EventStoreFailure && inner.retryable
}

const isPermanent = (error: Failure): boolean => error instanceof InboxRequestRefused || isPermanentWork(error)

const reasonOf = (error: Failure): string =>
  error instanceof HandlingFailed
    ? error.reason
    : error instanceof InboxRequestRefused
      ? error.message
      : error instanceof EventStoreFailure
        ? `the store failed in ${error.operation}`
        : "there was no answer in time"

/** The name of a defect and the place it comes from; what it says may quote what a message is about. */
const ofDefect = (error: unknown): string => {
  const frames = error instanceof Error ? (error.stack ?? "").split("\n") : []
  const place = frames.find((line) => /^\s+at /u.test(line))?.trim()
  return `a defect: ${nameOf(error)}${place === undefined ? "" : ` ${place.slice(0, 300)}`}`
}
