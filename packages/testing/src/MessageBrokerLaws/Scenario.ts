/** What the laws of message brokers make up: every law has topics of its own, so that all run on one broker. */
import { type CloudEvent, type Delivery, type Group, type GroupOptions, MessageBroker } from "@eventfold/messaging"
import { Clock, DateTime, Effect } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"

const noon = DateTime.makeUnsafe("2026-01-15T12:00:00Z").epochMilliseconds

/** A number of seconds after noon of some day. */
export const timeAt = (seconds: number): DateTime.Utc => DateTime.makeUnsafe(noon + seconds * 1000)

/** Does something so many seconds after noon. */
export const at =
  (seconds: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Clock.Clock, (clock) => {
      const millis = noon + seconds * 1000
      const nanos = BigInt(millis) * 1_000_000n
      const still: Clock.Clock = {
        currentTimeMillisUnsafe: () => millis,
        currentTimeMillis: Effect.succeed(millis),
        currentTimeNanosUnsafe: () => nanos,
        currentTimeNanos: Effect.succeed(nanos),
        monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: clock.monotonicTimeNanos,
        sleep: (duration) => clock.sleep(duration)
      }
      return Effect.provideService(effect, Clock.Clock, still)
    })

/** A group no other law has, of a topic no other law has. */
export const fresh = Effect.map(Names.hex(12), (hex): Group => ({ topic: `law-${hex}`, group: "billing" }))

/** The same, there already. */
export const subscribed = (options?: GroupOptions) =>
  Effect.gen(function* () {
    const group = yield* fresh
    yield* (yield* MessageBroker).subscribe(group, options)
    return group
  })

/** A message with an id, of a key (default: its id). */
export const message = (
  id: string,
  key: string = id,
  other: Partial<CloudEvent.CloudEvent> = {}
): CloudEvent.CloudEvent => ({
  specversion: "1.0",
  id,
  source: "/contexts/ordering",
  type: "ordering.order-placed.v1",
  subject: "order-1",
  time: timeAt(-60),
  datacontenttype: "application/json",
  dataschema: "https://eventfold.example/schemas/ordering.order-placed.v1.json",
  partitionkey: key,
  correlationid: "request-1",
  causationid: "event-1",
  data: { total: 12 },
  ...other
})

/** Publishes so many seconds after noon. */
export const publish = (topic: string, seconds: number, ...messages: ReadonlyArray<CloudEvent.CloudEvent>) =>
  Effect.flatMap(MessageBroker, (broker) => at(seconds)(broker.publish(topic, messages)))

/** Receives so many seconds after noon, to hold for half a minute. */
export const take = (group: Group, seconds: number, limit: number = 100) =>
  Effect.flatMap(MessageBroker, (broker) => at(seconds)(broker.receive(group, { limit, hold: "30 seconds" })))

/** Acknowledges so many seconds after noon. */
export const acknowledge = (group: Group, seconds: number, deliveries: ReadonlyArray<Delivery>) =>
  Effect.flatMap(MessageBroker, (broker) => at(seconds)(broker.acknowledge(group, deliveries)))

/** Puts messages back so many seconds after noon. */
export const putBack = (
  group: Group,
  seconds: number,
  deliveries: ReadonlyArray<Delivery>,
  after: number = 0,
  reason: string = "no answer",
  counts: boolean = true
) =>
  Effect.flatMap(MessageBroker, (broker) =>
    Effect.forEach(deliveries, (one) =>
      at(seconds)(broker.redeliver(group, one, { after: `${after} seconds`, reason, counts }))
    )
  )

/** The ids of messages, in their order. */
export const ids = (
  found: ReadonlyArray<{ readonly message: CloudEvent.CloudEvent | undefined }>
): ReadonlyArray<string> => found.map(({ message }) => message?.id ?? "unreadable")
