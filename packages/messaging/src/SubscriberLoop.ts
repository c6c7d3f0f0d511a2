/**
 * One subscriber at one topic: listens, receives as many messages as it has room for, has them handled at the same time, and
 * tells the broker what has become of each.
 *
 * Guarantees: a message is acknowledged after its effect is stored, and never before. While the broker or the store does not
 * answer it tries again, with growing waits, and says so in its status; it goes on by itself. When its scope closes it receives
 * no more, gives what is under way the time of `grace`, and puts back what has not ended. What it is at work on it holds for 4 s
 * at a time: a process that dies or is frozen keeps its messages from others for no longer. Where `NodePlacement` tells that a
 * process is gone, it looks for what that one had.
 */
import { inTime } from "@eventfold/subscriptions/InTime"
import { NodePlacement } from "@eventfold/subscriptions/NodePlacement"
import { make as nudging } from "@eventfold/subscriptions/Nudge"
import { Cause, Clock, Duration, Effect, FiberSet, Schedule, Schema, Semaphore } from "effect"
import { UnknownGroup } from "./BrokerErrors.ts"
import type { Inbox } from "./Inbox.ts"
import type { Delivery, Group, MessageBroker } from "./MessageBroker.ts"
import { troubleOf } from "./Reason.ts"
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

const repeated = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")])

/** For so long messages are held each time, and so often that is prolonged while they are worked on; in milliseconds. */
const [heldFor, prolongEvery] = [4000, 1000]

/** How often it looks for what a process had that is gone, and for how long; in milliseconds. */
const [takeOverEvery, takeOverFor] = [500, 6000]

/** For how long it is tried to tell the broker what has become of a message: about as long as the broker holds it. */
const telling = Schedule.upTo(repeated, { duration: "15 seconds" })

/** The same of one that could not be begun with: whoever receives meanwhile would have it count. */
const tellingLong = Schedule.upTo(repeated, { duration: "10 minutes" })

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
  let [inFlight, untold, full, subscribed, away] = [0, 0, false, false, false]
  let done: Array<Delivery> = []
  let due: ReadonlyArray<number> = []
  const placement = yield* NodePlacement
  let [departures, takingOver] = [placement.departures(), Number.NEGATIVE_INFINITY]
  /** What is worked on, and until when it is prolonged at the most. */
  const held = new Map<Delivery, number>()

  const under = yield* FiberSet.make<void>()
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(FiberSet.awaitEmpty(under), parts.grace)))

  /** What is not told in time is lost: the message comes again when its hold is over, and the inbox knows it. */
  const tell = <A, E>(what: Effect.Effect<A, E>, howLong = telling) =>
    inTime(what, patience).pipe(
      Effect.retry(howLong),
      Effect.catchCause((cause) =>
        Effect.logWarning(
          `${subscriber.name} could not tell the broker of a message: ${troubleOf(Cause.squash(cause))}`
        )
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
  const putBack = Effect.fnUntraced(function* (delivery: Delivery, after: number, reason: string, counts: boolean) {
    // Noted first: whoever waits is woken by the broker, and looks until when.
    due = [...due, (yield* Clock.currentTimeMillis) + after].toSorted((a, b) => a - b).slice(0, mostDue)
    const back = broker.redeliver(group, delivery, { after, reason, counts })
    if (counts) return yield* tell(back)
    untold += 1
    yield* Effect.ensuring(
      tell(back, tellingLong),
      Effect.sync(() => {
        untold -= 1
      })
    )
  })
  const settle = Effect.fnUntraced(function* (delivery: Delivery, outcome: Outcome) {
    const { message, position } = delivery
    if (outcome._tag === "Done") {
      yield* acknowledge(delivery)
      return yield* recorder.count(outcome.how)
    }
    const { reason } = outcome
    const again = outcome._tag === "Again"
    yield* recorder.failed({ position, type: message.type, reason, again })
    yield* recorder.count(again ? "put-back" : "given-up")
    if (again) {
      away ||= outcome.away
      return yield* putBack(delivery, outcome.after, reason, !outcome.away)
    }
    yield* Effect.logWarning(`${subscriber.name} gives up ${message.type} at ${position} of ${topic}: ${reason}`)
    yield* tell(broker.reject(group, delivery, reason))
  })
  const prolong = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const mine = Array.from(held).flatMap(([delivery, until]) => (until > now ? [delivery] : []))
    // What cannot be prolonged comes again, and the inbox knows what was done.
    if (mine.length > 0) yield* Effect.ignore(inTime(broker.prolong(group, mine, heldFor), patience))
  })

  /** Rests for so long, or until a process is gone: then what it had can be received in a moment. */
  const rest = Effect.fnUntraced(function* (millis: number) {
    if (placement.node === undefined) return yield* Effect.sleep(millis)
    const until = (yield* Clock.currentTimeMillis) + millis
    for (let now = until - millis; now < until; now = yield* Clock.currentTimeMillis) {
      yield* Effect.sleep(Math.min(takeOverEvery, until - now))
      if (placement.departures() !== departures) {
        departures = placement.departures()
        takingOver = (yield* Clock.currentTimeMillis) + takeOverFor
      }
      if ((yield* Clock.currentTimeMillis) < takingOver) return
    }
  })
  const handle = (delivery: Delivery) =>
    Effect.flatMap(work(delivery), (outcome) => settle(delivery, outcome)).pipe(
      Effect.onInterrupt(() =>
        putBack(delivery, 0, "its subscriber was stopped", false).pipe(Effect.timeout("2 seconds"), Effect.ignore)
      ),
      Effect.ensuring(
        Effect.suspend(() => {
          inFlight -= 1
          held.delete(delivery)
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
    // The time they are held may be over: received by this very loop they would count as tried.
    if (untold > 0) return yield* new NotPutBack()
    const ring = yield* broker.listen(topic)
    full = false
    const room = concurrency - inFlight
    const found =
      room === 0 ? [] : yield* inTime(broker.receive(group, { limit: room, hold: Math.min(hold, heldFor) }), patience)
    if (recorder.well()) yield* Effect.logInfo(`${subscriber.name} receives messages of ${topic} again`)
    // Noted first: what is given to handle may have ended before this goes on.
    inFlight += found.length
    full = found.length === room
    const until = (yield* Clock.currentTimeMillis) + hold
    for (const delivery of found) held.set(delivery, until)
    yield* Effect.forEach(found, (delivery) => FiberSet.run(under, handle(delivery)), { discard: true })
    if (full) return yield* nudge.wait(lookEvery)
    const now = yield* Clock.currentTimeMillis
    due = due.filter((time) => time > now)
    const [next = Number.POSITIVE_INFINITY] = due
    yield* Effect.raceFirst(ring, rest(Math.min(lookEvery, next - now)))
  })

  yield* Effect.forkScoped(Effect.forever(Effect.delay(prolong, prolongEvery)))
  yield* round.pipe(
    Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
    Effect.tapError((error) => {
      if (error instanceof UnknownGroup) subscribed = false
      const problem = troubleOf(error)
      return recorder.trouble(problem)
        ? Effect.logWarning(`${subscriber.name} cannot receive messages of ${topic}: ${problem}`)
        : Effect.void
    }),
    Effect.retry(troubled),
    Effect.forever,
    Effect.forkScoped
  )
})

/** Messages that could not be begun with are still to be put back. */
class NotPutBack extends Schema.TaggedError<NotPutBack>()("NotPutBack", {}) {
  override get message() {
    return "what could not be begun with is still to be put back"
  }
}

/** The most messages of a group that all processes together may hold. */
const mostInFlight = 1024
