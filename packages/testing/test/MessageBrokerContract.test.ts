/** The suite of message brokers catches broken layers: for every law there is one that breaks it, and it only. */
import {
  type BrokerDriver,
  type CloudEvent,
  type Delivery,
  type Group,
  type GroupState,
  type Receipt,
  UnknownGroup
} from "@eventfold/messaging"
import { Effect } from "effect"
import { MessageBrokerLaws } from "../src/index.ts"
import { delivering } from "./BrokenDeliveries.ts"
import { suite } from "./BrokenTable.ts"
import { broken, brokenStore, sound } from "./BrokenBrokers.ts"
import { underWay } from "./Faults.ts"

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
        prolong: (group, receipts, until) =>
          driver.prolong(
            group,
            receipts.map((one) => real(group, one)),
            until
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
  broken("the groups of a topic are told by name, until they are removed", "tells them as they came", (port) => {
    const known = new Set<string>()
    return {
      subscribe: (group, options) =>
        Effect.tap(port.subscribe(group, options), () => Effect.sync(() => known.add(`${group.topic} ${group.group}`))),
      groups: (topic) =>
        Effect.map(port.groups(topic), (names) =>
          Array.from(known, (one) => one.split(" ")[1] ?? "").filter((name) => names.includes(name))
        )
    }
  }),
  broken(
    "what a topic keeps can be looked at from any place, page by page, and nothing comes of it",
    "begins at the place itself",
    (port) => ({
      browse: (topic, { from, limit }) =>
        port.browse(topic, {
          from: typeof from === "object" && "after" in from ? { after: from.after - 1 } : from,
          limit
        })
    })
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

suite({ of: "message brokers", laws: MessageBrokerLaws.laws, rows: [...publishing, ...groups, ...delivering], sound })
