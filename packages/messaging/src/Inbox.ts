/**
 * The port to the inbox: which messages a handler has dealt with. A broker delivers at least once; with an inbox a message
 * takes effect once.
 *
 * Guarantees of every layer (`InboxContract` in `@eventfold/testing` holds them to it): what a handler stores and the mark
 * that it has dealt with the message are stored together or not at all, in one `Transaction`. Of several who handle a message
 * at the same moment one does, and the others are told that it is a duplicate. Who dies in between leaves nothing half done:
 * an entry that stays `processing` says so, and the message is handled when it comes again. A failure is noted with its
 * reason, after what failed was taken back.
 *
 * A message is known by its tenant, source and id, as in CloudEvents, and each handler deals with it by itself.
 *
 * Gotchas: effects beside those on stores are not taken back, and in memory they may happen more than once. The second one
 * waits for the transaction of the first: bound the time of `once`. Entries are forgotten by `purge`, after which a message
 * that comes again is a new one: keep them for longer than the broker may deliver a message again (see `InboxRetention`).
 */
import type { EventStoreFailure, Transaction } from "@eventfold/event-store"
import { isPlainText } from "@eventfold/event-store/PlainText"
import { Cause, Clock, Context, type DateTime, Effect, Exit, Schema } from "effect"
import { nameOf, plain } from "./Reason.ts"

/** What a message is known by, and its type for people. */
export interface InboxMessage {
  readonly tenant: string
  readonly source: string
  readonly id: string
  readonly type: string
}

/** What a message is known by. */
export type MessageIdentity = Pick<InboxMessage, "tenant" | "source" | "id">

/** `processing`: somebody has begun, and works on it or died of it. */
export type InboxState = "processing" | "processed" | "failed"

/** What is known of a message and a handler. */
export interface InboxEntry extends InboxMessage {
  readonly handler: string
  readonly state: InboxState
  /** How often somebody has begun with it. */
  readonly attempts: number
  /** When it came to its state, or was begun with last. */
  readonly at: DateTime.Utc
  /** Why it failed last; undefined unless it has. Nothing personal. */
  readonly error: string | undefined
}

/** Which entries to list; what is left out does not restrict. */
export interface InboxQuery {
  readonly handler?: string | undefined
  readonly tenant?: string | undefined
  readonly state?: InboxState | undefined
  readonly messageId?: string | undefined
  /** Those behind this one in the order of the list: where a page goes on. */
  readonly after?: Pick<InboxEntry, "at" | "handler" | "tenant" | "source" | "id"> | undefined
  /** 1 to 1,000. */
  readonly limit: number
}

/** How a message is handled. */
export interface OnceOptions<E> {
  /** What is kept of a failure: nothing personal, cut after 500 characters. Default: the name of the error. */
  readonly reasonOf?: (error: E) => string
}

/** A request that breaks a rule, whatever the inbox holds. */
export class InboxRequestRefused extends Schema.TaggedError<InboxRequestRefused>()("InboxRequestRefused", {
  field: Schema.String,
  rule: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `${this.field} ${this.rule}`
  }
}

/** What a layer implements. Times are in milliseconds since 1970, and there is nothing to check. */
export interface InboxDriver {
  /** Notes that somebody begins; answers whether the message has been dealt with before. */
  begin(handler: string, message: InboxMessage, now: number): Effect.Effect<boolean, EventStoreFailure>
  /** Marks it as dealt with, in the open transaction; answers false when it was before. Waits for who does the same. */
  mark(handler: string, message: InboxMessage, now: number): Effect.Effect<boolean, EventStoreFailure>
  /** Notes a failure, unless it has been dealt with meanwhile. */
  fail(handler: string, message: InboxMessage, now: number, error: string): Effect.Effect<void, EventStoreFailure>
  list(query: InboxQuery): Effect.Effect<ReadonlyArray<InboxEntry>, EventStoreFailure>
  purge(before: DateTime.Utc, limit: number): Effect.Effect<number, EventStoreFailure>
  forget(handler: string, messages: ReadonlyArray<MessageIdentity>): Effect.Effect<number, EventStoreFailure>
}

/** Which messages handlers have dealt with. */
export class Inbox extends Context.Service<
  Inbox,
  {
    /**
     * Runs `effect` in a transaction together with the mark that this handler has dealt with the message, unless it has
     * before: that is a `duplicate`. What the effect fails with is noted, and passes.
     */
    once<E, R>(
      handler: string,
      message: InboxMessage,
      effect: Effect.Effect<void, E, R>,
      options?: OnceOptions<E>
    ): Effect.Effect<"handled" | "duplicate", E | InboxRequestRefused | EventStoreFailure, R>
    /** Entries, those that changed last first; then by handler, tenant, source and id, byte by byte. */
    list(query: InboxQuery): Effect.Effect<ReadonlyArray<InboxEntry>, InboxRequestRefused | EventStoreFailure>
    /** Forgets entries that have not changed since a time, the oldest first: `limit` (1 to 10,000) at the most. Answers how many. */
    purge(before: DateTime.Utc, limit: number): Effect.Effect<number, InboxRequestRefused | EventStoreFailure>
    /**
     * Forgets what a handler knows of these messages, 1,000 at the most, so that they take effect again when they come again.
     * Answers of how many something was known.
     */
    forget(
      handler: string,
      messages: ReadonlyArray<MessageIdentity>
    ): Effect.Effect<number, InboxRequestRefused | EventStoreFailure>
  }
>()("@eventfold/messaging/Inbox") {
  /** Builds the service from what a layer implements, over the transactions it joins. */
  static make(driver: InboxDriver, transaction: Transaction["Service"]): Inbox["Service"] {
    const clocked = <A, E>(work: (now: number) => Effect.Effect<A, E>) => Effect.flatMap(Clock.currentTimeMillis, work)
    return {
      once: Effect.fnUntraced(function* <E, R>(
        handler: string,
        message: InboxMessage,
        effect: Effect.Effect<void, E, R>,
        { reasonOf = nameOf }: OnceOptions<E> = {}
      ) {
        yield* checked(handler, message)
        if (yield* clocked((now) => driver.begin(handler, message, now))) return "duplicate"
        const work = Effect.gen(function* () {
          if (!(yield* clocked((now) => driver.mark(handler, message, now)))) return "duplicate" as const
          yield* Effect.mapError(effect, (error) => new OfEffect(error))
          return "handled" as const
        })
        const done = yield* Effect.exit(transaction.run(work))
        if (Exit.isSuccess(done)) return done.value
        if (!Cause.hasInterruptsOnly(done.cause)) {
          const error = plain(reasonIn(done.cause, reasonOf))
          // What has failed is told, whether or not it can be noted.
          yield* Effect.ignore(clocked((now) => driver.fail(handler, message, now, error)))
        }
        return yield* Effect.failCause(
          Cause.map(done.cause, (error) => (error instanceof OfEffect ? error.error : error))
        )
      }),
      list: (query) => Effect.andThen(count("limit", query.limit, 1000), driver.list(query)),
      purge: (before, limit) => Effect.andThen(count("limit", limit, 10_000), driver.purge(before, limit)),
      forget: (handler, messages) =>
        messages.length === 0
          ? Effect.succeed(0)
          : Effect.andThen(count("messages", messages.length, 1000), driver.forget(handler, messages))
    }
  }
}

/** What the effect itself has failed with: all else is of the store. */
class OfEffect<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

const reasonIn = <E>(cause: Cause.Cause<OfEffect<E> | EventStoreFailure>, reasonOf: (error: E) => string): string => {
  const failed = cause.reasons.find(Cause.isFailReason)
  if (failed === undefined) return `a defect: ${nameOf(Cause.squash(cause))}`
  return failed.error instanceof OfEffect ? reasonOf(failed.error.error) : failed.error.message
}

const texts = (handler: string, { id, source, tenant, type }: InboxMessage) =>
  [
    ["handler", handler, 64],
    ["tenant", tenant, 63],
    ["source", source, 1024],
    ["id", id, 256],
    ["type", type, 128]
  ] as const

const checked = (handler: string, message: InboxMessage): Effect.Effect<void, InboxRequestRefused> => {
  const wrong = texts(handler, message).find(
    ([, text, most]) => text.length < 1 || text.length > most || !isPlainText(text)
  )
  if (wrong === undefined) return Effect.void
  const [field, , most] = wrong
  return Effect.fail(
    new InboxRequestRefused({ field, rule: `must be 1 to ${most} characters without control characters` })
  )
}

const count = (field: string, value: number, most: number): Effect.Effect<void, InboxRequestRefused> =>
  Number.isSafeInteger(value) && value >= 1 && value <= most
    ? Effect.void
    : Effect.fail(new InboxRequestRefused({ field, rule: `must be a whole number from 1 to ${most}` }))
