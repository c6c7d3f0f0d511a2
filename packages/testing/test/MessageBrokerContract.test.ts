/** The suite of message brokers catches broken layers: for every law there is one that breaks it, and it only. */
import {
  type BrokerDriver,
  type CloudEvent,
  type Delivery,
  type GroupState,
  MessageBroker,
  MessageBrokerMemory,
  UnknownGroup
} from "@eventfold/messaging"
import { Effect, Layer } from "effect"
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
    "keeps them for ever",
    () => ({ trim: () => Effect.succeed(0) })
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
              const before = gone.get(group.topic) ?? []
              if (found.length > 0) gone.set(group.topic, found)
              return found.length === 0 && others ? before : found
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
  broken("no more messages are held than the group allows, by all who receive for it", "allows one more", (port) => ({
    subscribe: (group, options = {}) =>
      port.subscribe(group, options.maxInFlight === 3 ? { ...options, maxInFlight: 4 } : options)
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
      receive: (group, { hold, limit }) =>
        port.receive(group, { hold: hold === "30 seconds" ? "30.5 seconds" : hold, limit })
    })
  ),
  broken(
    "what is acknowledged is done; whoever acknowledges twice, or after somebody else has received it, is told",
    "tells how many were to be acknowledged",
    (port) => ({
      acknowledge: (group, deliveries) =>
        deliveries.length === 3
          ? Effect.as(port.acknowledge(group, deliveries), deliveries.length)
          : port.acknowledge(group, deliveries)
    })
  ),
  broken(
    "what is put back comes again when its delay is over, and not before",
    "waits a minute at the most",
    (port) => ({
      redeliver: (group, delivery, { after, reason }) =>
        port.redeliver(group, delivery, { after: after === "60 seconds" ? "59 seconds" : after, reason })
    })
  ),
  brokenStore(
    "messages of one key come one after another, in order, whatever becomes of them; other keys do not wait",
    "looks at keys in small batches only",
    (driver) => ({
      publish: (topic, messages, time) =>
        driver.publish(
          topic,
          messages.length === 6 ? messages.map((message) => ({ ...message, key: message.id })) : messages,
          time
        )
    })
  ),
  broken(
    "a message that has come as often as the group allows becomes a dead letter, and says why",
    "lets it come once more",
    (port) => ({
      subscribe: (group, options = {}) =>
        port.subscribe(group, options.maxDeliveries === 2 ? { ...options, maxDeliveries: 3 } : options)
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
        group.group === "billing" && position === 1
          ? Effect.flatMap(port.state(group), ({ waiting }) =>
              waiting === 1 ? Effect.as(port.replay(group, position), true) : port.discard(group, position)
            ).pipe(Effect.catchTag("UnknownGroup", () => Effect.succeed(false)))
          : port.discard(group, position)
    })
  ),
  broken("dead letters are listed in order, page by page", "lists one more", (port) => ({
    deadLetters: (group, page) => port.deadLetters(group, page.limit === 2 ? { ...page, limit: 3 } : page)
  }))
]

suite({ of: "message brokers", laws: MessageBrokerLaws.laws, rows: [...publishing, ...groups, ...delivering], sound })
