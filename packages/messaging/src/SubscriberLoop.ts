/**
 * One subscriber at one topic: listens, receives as many messages as it has room for, has them handled at the same time, and
 * tells the broker what has become of each.
 *
 * Guarantees: a message is acknowledged after its effect is stored, and never before. While the broker or the store does not
 * answer it tries again, with growing waits, and says so in its status; it goes on by itself. When its scope closes it receives
 * no more, gives what is under way the time of `grace`, and puts back what has not ended.
 */
import { inTime } from "@eventfold/subscriptions/InTime"
import { make as nudging } from "@eventfold/subscriptions/Nudge"
import { Cause, Clock, Duration, Effect, FiberSet, Schedule, Semaphore } from "effect"
import { UnknownGroup } from "./BrokerErrors.ts"
import type { Inbox } from "./Inbox.ts"
import type { Delivery, Group, MessageBroker } from "./MessageBroker.ts"
import type { Subscriber } from "./Subscriber.ts"
import type { SubscriberRecorder } from "./SubscriberStatus.ts"
import type { Outcome } from "./SubscriberWork.ts"

/** What a loop is made of. */
export interface LoopParts {
  readonly subscriber: Pick<Subscriber<never>, "name" | "options">
  readonly topic: string
  readonly broker: MessageBroker["Service"]
  readonly inbox: Inbox["Service"]
  readonly recorder: SubscriberRecorder
  readonly work: (delivered: Delivery) => Effect.Effect<Outcome>
  /** How long what is under way may take when the scope closes. */
  readonly grace: Duration.Input
}

/** How long one answer of the broker or the store is waited for. */
const patience = Duration.seconds(10)

/** For how long it is tried to tell the broker what has become of a message: about as long as the broker holds it. */
const telling = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.upTo({ duration: "15 seconds" })
)

/** Waits that grow while there is trouble; what goes well begins them anew. */
const troubled = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]).pipe(
  Schedule.jittered
)

/** The most times of messages that were put back which are remembered, so as to look when they are due. */
const mostDue = 1000

/** Works until the scope closes. */
export const run = Effect.fnUntraced(function* (parts: LoopParts) {
  const { broker, inbox, recorder, subscriber, topic, work } = parts
  const { concurrency, from, hold, lookEvery, maxDeliveries } = subscriber.options
  const group: Group = { topic, group: subscriber.name }
  const nudge = nudging()
  const one = Semaphore.makeUnsafe(1)
  let [inFlight, full, subscribed, away] = [0, false, false, false]
  let done: Array<Delivery> = []
  let due: ReadonlyArray<number> = []

  const under = yield* FiberSet.make<void>()
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(FiberSet.awaitEmpty(under), parts.grace)))

  /** What is not told in time is lost: the message comes again when its hold is over, and the inbox knows it. */
  const tell = <A, E>(what: Effect.Effect<A, E>) =>
    inTime(what, patience).pipe(
      Effect.retry(telling),
      Effect.catchCause((cause) =>
        Effect.logWarning(`${subscriber.name} could not tell the broker of a message: ${textOf(Cause.squash(cause))}`)
      )
    )
  /** Those that end while others are told of are told of together. */
  const acknowledge = (delivery: Delivery) =>
    Effect.suspend(() => {
      done.push(delivery)
      return one.withPermits(1)(
        Effect.suspend(() => {
          const all = done
          done = []
          return all.length === 0 ? Effect.void : Effect.asVoid(tell(broker.acknowledge(group, all)))
        })
      )
    })
  const putBack = Effect.fnUntraced(function* (delivery: Delivery, after: number, reason: string) {
    // Noted first: whoever waits is woken by the broker, and looks until when.
    due = [...due, (yield* Clock.currentTimeMillis) + after].toSorted((a, b) => a - b).slice(0, mostDue)
    yield* tell(broker.redeliver(group, delivery, { after, reason }))
  })
  const settle = Effect.fnUntraced(function* (delivery: Delivery, outcome: Outcome) {
    const { message, position } = delivery
    if (outcome._tag === "Done") {
      yield* acknowledge(delivery)
      return yield* recorder.count(outcome.how === "passed over" ? "passed-over" : outcome.how)
    }
    const { reason } = outcome
    const again = outcome._tag === "Again"
    yield* recorder.failed({ position, type: message.type, reason, again })
    yield* recorder.count(again ? "put-back" : "given-up")
    if (again) {
      away ||= outcome.away
      return yield* putBack(delivery, outcome.after, reason)
    }
    yield* Effect.logWarning(`${subscriber.name} gives up ${message.type} at ${position} of ${topic}: ${reason}`)
    yield* tell(broker.reject(group, delivery, reason))
  })
  const handle = (delivery: Delivery) =>
    Effect.flatMap(work(delivery), (outcome) => settle(delivery, outcome)).pipe(
      Effect.onInterrupt(() =>
        putBack(delivery, 0, "its subscriber was stopped").pipe(Effect.timeout("2 seconds"), Effect.ignore)
      ),
      Effect.ensuring(
        Effect.suspend(() => {
          inFlight -= 1
          return full ? nudge.now : Effect.void
        })
      )
    )

  const round = Effect.gen(function* () {
    if (!subscribed) {
      yield* inTime(broker.subscribe(group, { from, maxDeliveries, maxInFlight: mostInFlight }), patience)
      subscribed = true
    }
    // A message would only be put back again: ask the store itself.
    if (away) yield* inTime(inbox.list({ handler: subscriber.name, limit: 1 }), patience)
    away = false
    const ring = yield* broker.listen(topic)
    full = false
    const room = concurrency - inFlight
    const found = room === 0 ? [] : yield* inTime(broker.receive(group, { limit: room, hold }), patience)
    if (recorder.well()) yield* Effect.logInfo(`${subscriber.name} receives messages of ${topic} again`)
    // Noted first: what is given to handle may have ended before this goes on.
    inFlight += found.length
    full = found.length === room
    yield* Effect.forEach(found, (delivery) => FiberSet.run(under, handle(delivery)), { discard: true })
    if (full) return yield* nudge.wait(lookEvery)
    const now = yield* Clock.currentTimeMillis
    due = due.filter((time) => time > now)
    const [next = Number.POSITIVE_INFINITY] = due
    yield* Effect.raceFirst(ring, Effect.sleep(Math.min(lookEvery, next - now)))
  })

  yield* round.pipe(
    Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
    Effect.tapError((error) => {
      if (error instanceof UnknownGroup) subscribed = false
      const problem = textOf(error)
      return recorder.trouble(problem)
        ? Effect.logWarning(`${subscriber.name} cannot receive messages of ${topic}: ${problem}`)
        : Effect.void
    }),
    Effect.retry(troubled),
    Effect.forever,
    Effect.forkScoped
  )
})

/** The most messages of a group that all processes together may hold. */
const mostInFlight = 1024

const textOf = (error: unknown): string =>
  Cause.isTimeoutError(error) ? "no answer in time" : error instanceof Error ? error.message : String(error)
