/** The suite of message brokers catches broken layers: for every law there is one that breaks it, and it only. */
import {
  type BrokerDriver,
  type CloudEvent,
  type Delivery,
  type Group,
  type GroupState,
  MessageBroker,
  MessageBrokerMemory,
  type Receipt,
  UnknownGroup
} from "@eventfold/messaging"
import { Duration, Effect, Layer, Option } from "effect"
import { MessageBrokerLaws } from "../src/index.ts"
import { type BrokenRow, suite } from "./BrokenTable.ts"
import { underWay } from "./Faults.ts"

type Port = MessageBroker["Service"]

const sound = Layer.fresh(MessageBrokerMemory.layerMemory())

/** A row: a broker in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (breaks: string, fault: string, wrong: (port: Port) => Partial<Port>): BrokenRow<MessageBroker> => ({
  breaks,
  fault,
  layer: Layer.effect(
    MessageBroker,
    Effect.map(MessageBroker, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provide(sound))
})

/** The same, below the service. */
const brokenStore = (
  breaks: string,
  fault: string,
  wrong: (driver: BrokerDriver) => Partial<BrokerDriver>
): BrokenRow<MessageBroker> => ({
  breaks,
  fault,
  layer: Layer.sync(MessageBroker, () => {
    const driver = MessageBrokerMemory.driver()
    return MessageBroker.make({ ...driver, ...wrong(driver) })
  })
})

/** A delay with a bound that is too low; what is no delay stays what it is. */
const capped = (after: Duration.Input): Duration.Input => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(after))
  return Number.isSafeInteger(millis) ? Math.min(millis, 59_000) : after
}

const publishing = [
  broken(
    "what is published comes to every group as it was, in its order",
    "loses attributes it does not know",
    (port) => ({
      publish: (topic, messages) =>
        port.publish(
          topic,
          messages.map(({ extensions: _, ...message }) => message)
        )
    })
  ),
  broken(
    "a message published again within the window comes once, also of one batch; later, or from elsewhere, it is another",
    "never publishes an id of a source twice",
    (port) => {
      const known = new Map<string, CloudEvent.CloudEvent>()
      return {
        publish: (topic, messages) =>
          Effect.suspend(() => {
            const isNew = (one: CloudEvent.CloudEvent) => !known.has(`${topic} ${one.source} ${one.id}`)
            const fresh = messages.filter(isNew)
            return Effect.tap(port.publish(topic, fresh), () =>
              Effect.sync(() => fresh.forEach((one) => known.set(`${topic} ${one.source} ${one.id}`, one)))
            )
          })
      }
    }
  ),
  brokenStore(
    "of those who publish the same at the same moment one does, and nothing is delivered out of order or left out",
    "looks for what is there before it waits for its turn",
    (driver) => {
      const during = underWay()
      return {
        publish: (topic, messages, time) =>
          during((others) => driver.publish(topic, messages, others ? { ...time, since: time.now } : time))
      }
    }
  ),
  broken(
    "a batch with a message that breaks a rule is refused, and none of it is published",
    "publishes one by one",
    (port) => ({
      publish: (topic, messages) =>
        messages.length > 100
          ? port.publish(topic, messages)
          : Effect.map(
              Effect.forEach(messages, (message) => port.publish(topic, [message])),
              (counts) => counts.reduce((sum, count) => sum + count, 0)
            )
    })
  ),
  broken("a request that breaks a rule is refused, and says which part", "takes as much as it can", (port) => ({
    receive: (group, { hold, limit }) => port.receive(group, { hold, limit: Math.min(limit, 1000) })
  })),
  broken("who listens is woken by what can be received from then on", "wakes nobody", () => ({
    listen: () => Effect.succeed(Effect.never)
  })),
  broken(
    "messages are removed when they are older than they are kept and every group has done with them, and no others",
    "does not look at what is dead",
    (port) => ({
      trim: (topic) =>
        Effect.gen(function* () {
          // As if what was given up were done with.
          const of = { topic, group: "billing" }
          const dead = yield* Effect.orElseSucceed(port.deadLetters(of, { limit: 1000 }), () => [])
          for (const { position } of dead) yield* Effect.ignore(port.discard(of, position))
          return yield* port.trim(topic)
        })
    })
  )
]

const groups = [
  broken(
    "a group begins where it was told, and keeps its place when it subscribes again",
    "begins anew each time",
    (port) => ({
      subscribe: (group, options) =>
        Effect.andThen(
          port.subscribe(group, options),
          options?.from === undefined ? Effect.void : Effect.ignore(port.rewind(group, options.from))
        )
    })
  ),
  brokenStore(
    "of many who receive for a group at the same moment each message goes to one",
    "gives it to all",
    (driver) => {
      const during = underWay()
      const gone = new Map<string, Effect.Success<ReturnType<BrokerDriver["receive"]>>>()
      return {
        receive: (group, what) =>
          during((others) =>
            Effect.map(driver.receive(group, what), (found) => {
              const before = gone.get(group.topic) ?? found
              if (found.deliveries.length > 0) gone.set(group.topic, found)
              return found.deliveries.length === 0 && others ? before : found
            })
          )
      }
    }
  ),
  broken("whoever receives for a group that is not there is told", "answers that there is nothing", (port) => ({
    receive: (group, what) =>
      Effect.catchIf(
        port.receive(group, what),
        (error): error is UnknownGroup => error instanceof UnknownGroup,
        () => Effect.succeed<ReadonlyArray<Delivery>>([])
      )
  })),
  broken(
    "a group that is put to another place receives again what follows, and what was held before is lost",
    "begins one too early",
    (port) => ({
      rewind: (group, from) =>
        port.rewind(group, typeof from === "object" && "after" in from ? { after: Math.max(-1, from.after - 1) } : from)
    })
  ),
  brokenStore(
    "what was delivered to a group that is gone proves nothing to one of its name",
    "counts what proves a delivery for each group, from one",
    (driver) => {
      const known = new Map<string, Array<number>>()
      const of = ({ group, topic }: Group) => `${topic} ${group}`
      /** What the store knows it by. */
      const real = (group: Group, { position, receipt }: Receipt): Receipt => ({
        position,
        receipt: known.get(of(group))?.[receipt - 1] ?? 0
      })
      return {
        unsubscribe: (group) => Effect.tap(driver.unsubscribe(group), () => Effect.sync(() => known.delete(of(group)))),
        receive: (group, what) =>
          Effect.map(driver.receive(group, what), ({ deliveries, more }) => {
            const numbers = known.get(of(group)) ?? []
            known.set(of(group), numbers)
            const [first] = deliveries
            if (first !== undefined) numbers.push(first.receipt)
            return { deliveries: deliveries.map((one) => ({ ...one, receipt: numbers.length })), more }
          }),
        acknowledge: (group, receipts, now) =>
          driver.acknowledge(
            group,
            receipts.map((one) => real(group, one)),
            now
          ),
        giveBack: (group, receipt, how) => driver.giveBack(group, real(group, receipt), how)
      }
    }
  ),
  brokenStore(
    "whatever is removed meanwhile, a group that is made or put back is given all that was there when it was",
    "looks first what nobody needs, and removes it later",
    (driver) => {
      const removing = new Set<string>()
      const late = new Map<string, Array<Effect.Effect<unknown, unknown>>>()
      const meanwhile = <A, E>(topic: string, effect: Effect.Effect<A, E>, hide: Effect.Effect<unknown, unknown>) =>
        Effect.tap(effect, () =>
          Effect.sync(() => {
            if (removing.has(topic)) late.set(topic, [...(late.get(topic) ?? []), hide])
          })
        )
      return {
        subscribe: (group, options) =>
          meanwhile(group.topic, driver.subscribe(group, options), driver.rewind(group, "end")),
        rewind: (group, from) => meanwhile(group.topic, driver.rewind(group, from), driver.rewind(group, "end")),
        trim: Effect.fnUntraced(function* (topic, before) {
          removing.add(topic)
          for (let turn = 0; turn < 20; turn += 1) yield* Effect.yieldNow
          for (const hide of late.get(topic) ?? []) yield* Effect.ignore(hide)
          late.delete(topic)
          removing.delete(topic)
          return yield* driver.trim(topic, before)
        })
      }
    }
  ),
  broken("no more messages are held than the group allows, by all who receive for it", "allows one more", (port) => ({
    subscribe: (group, options = {}) =>
      port.subscribe(
        group,
        options.maxInFlight === undefined ? options : { ...options, maxInFlight: options.maxInFlight + 1 }
      )
  })),
  broken("a group tells how it stands", "counts dead letters among those that wait", (port) => ({
    state: (group) =>
      Effect.map(port.state(group), (state): GroupState => ({ ...state, waiting: state.waiting + state.dead }))
  }))
]

const delivering = [
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
  broken(
    "what is put back comes again when its delay is over, and not before",
    "waits most of a minute at the most",
    (port) => ({
      redeliver: (group, delivery, { after, reason }) =>
        port.redeliver(group, delivery, { after: capped(after), reason })
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

suite({ of: "message brokers", laws: MessageBrokerLaws.laws, rows: [...publishing, ...groups, ...delivering], sound })
