/** Brokers that deliver wrongly: rows of the table of broken brokers. */
import { Duration, Effect, Option } from "effect"
import { broken, brokenStore, capped } from "./BrokenBrokers.ts"

/** The rows. */
export const delivering = [
  broken(
    "what is not acknowledged when its time is up comes again, and says how often it has come",
    "holds it for longer",
    (port) => ({
      receive: (group, { hold, limit }) => {
        const millis = Duration.toMillis(Duration.fromInputUnsafe(hold))
        return port.receive(group, {
          hold: Number.isSafeInteger(millis) && millis < 60_000 ? millis + 500 : hold,
          limit
        })
      }
    })
  ),
  broken(
    "what is acknowledged is done; whoever acknowledges twice, or after somebody else has received it, is told",
    "tells how many were to be acknowledged",
    (port) => ({
      acknowledge: (group, deliveries) =>
        // Those that were held once, and are not any more.
        Effect.map(port.acknowledge(group, deliveries), (done) =>
          done === 0 && deliveries.some(({ attempt }) => attempt === 1) && deliveries.length > 2
            ? deliveries.length
            : done
        )
    })
  ),
  brokenStore(
    "what is prolonged is held for longer by whoever holds it, and by nobody else",
    "says so and does nothing",
    () => ({ prolong: (_, receipts) => Effect.succeed(receipts.length) })
  ),
  broken(
    "what is put back comes again when its delay is over, and not before",
    "waits most of a minute at the most",
    (port) => ({
      redeliver: (group, delivery, { after, ...why }) =>
        port.redeliver(group, delivery, { ...why, after: capped(after) })
    })
  ),
  broken(
    "what is put back without counting comes again as if it had not been delivered, however often that is",
    "counts all the same",
    (port) => ({
      redeliver: (group, delivery, { counts: _, ...why }) => port.redeliver(group, delivery, why)
    })
  ),
  brokenStore(
    "messages of one key come one after another, in order, whatever becomes of them; other keys do not wait",
    "looks at keys in small batches only",
    (driver) => ({
      publish: (topic, messages, time) =>
        driver.publish(
          topic,
          messages.length > 5 && messages.length < 1000
            ? messages.map((message) => ({ ...message, key: message.id }))
            : messages,
          time
        )
    })
  ),
  broken(
    "a message that has come as often as the group allows becomes a dead letter, and says why",
    "lets it come once more",
    (port) => ({
      subscribe: (group, options = {}) =>
        port.subscribe(
          group,
          // Where one is enough, what is given up at once must not be.
          (options.maxDeliveries ?? 1) < 2 ? options : { ...options, maxDeliveries: (options.maxDeliveries ?? 1) + 1 }
        )
    })
  ),
  broken(
    "what is rejected is a dead letter at once; what follows of its key waits, and nothing else",
    "lets what follows go on",
    (port) => ({
      reject: (group, delivery, reason) =>
        Effect.tap(port.reject(group, delivery, reason), (done) =>
          done ? port.discard(group, delivery.position) : Effect.void
        )
    })
  ),
  broken(
    "dead letters that are replayed come before what waits behind them, as if for the first time",
    "lets what waits behind them go first",
    (port) => ({
      replay: (group, position) =>
        position === undefined
          ? Effect.gen(function* () {
              const dead = yield* Effect.orDie(port.deadLetters(group, { limit: 1000 }))
              for (const one of dead) yield* port.discard(group, one.position)
              return dead.length
            })
          : port.replay(group, position)
    })
  ),
  broken(
    "a dead letter that is discarded never comes again, and what waits behind it goes on",
    "delivers it once more",
    (port) => ({
      discard: (group, position) =>
        // Only where nothing of the group is held: there it would come between.
        Effect.flatMap(Effect.option(port.state(group)), (state) =>
          Option.isSome(state) && state.value.inFlight === 0 && state.value.dead > 0 && state.value.end < 4
            ? Effect.map(port.replay(group, position), (count) => count > 0)
            : port.discard(group, position)
        )
    })
  ),
  broken(
    "a message that cannot be read is a dead letter that says so; those beside it come all the same",
    "throws away what it cannot read",
    (port) => ({
      receive: (group, what) =>
        Effect.tap(port.receive(group, what), () =>
          Effect.gen(function* () {
            const dead = yield* Effect.orElseSucceed(port.deadLetters(group, { limit: 1000 }), () => [])
            for (const { message, position } of dead) {
              if (message === undefined) yield* Effect.ignore(port.discard(group, position))
            }
          })
        )
    })
  ),
  brokenStore("however long the line of one key is, others are received", "gives up after so many", (driver) => ({
    receive: (group, what) => Effect.map(driver.receive(group, what), (found) => ({ ...found, more: false }))
  })),
  broken("dead letters are listed in order, page by page", "lists one more", (port) => ({
    deadLetters: (group, page) => port.deadLetters(group, { ...page, limit: page.limit > 0 ? page.limit + 1 : 0 })
  }))
]
