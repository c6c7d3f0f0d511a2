/**
 * The news of an order, as a decider: what its customer is to be told, and what has become of the telling.
 *
 * Guarantee: of each kind there is one notification, however often and in whichever order the news is heard, and on each
 * channel one outcome; what is postponed has none yet. Contexts that know nothing of each other tell the news, so it may come before anybody has said whose
 * the order is: then it waits.
 */
import { Decider } from "@eventfold/decider"
import { CustomerId, Money } from "@eventfold/shared-kernel"
import { Equal, Result, Schema } from "effect"
import { Channel } from "./Channel.ts"
import { News } from "./News.ts"
import type * as Commands from "./NewsCommands.ts"
import * as Refused from "./NewsErrors.ts"
import { NewsEvent } from "./NewsEvents.ts"
import * as NotificationId from "./NotificationId.ts"
import * as Patience from "./Patience.ts"

/** What is tried again on a channel. */
const Postponed = Schema.Struct({
  channel: Channel,
  tries: Schema.Int,
  /** How many of the tries count: see `Patience`. */
  counted: Schema.Int,
  /** Whether the time has come. */
  isDue: Schema.Boolean
})
/** What is tried again on a channel. */
export interface Postponed extends Schema.Schema.Type<typeof Postponed> {}

const Requested = Schema.Struct({
  notificationId: NotificationId.NotificationId,
  news: News,
  settled: Schema.Array(Channel),
  /** Absent when nothing is. */
  postponed: Schema.optionalKey(Schema.Array(Postponed))
})
/** A notification that was asked for. */
export interface Requested extends Schema.Schema.Type<typeof Requested> {}

const Order = Schema.Struct({ customerId: CustomerId, total: Money.NonNegativeMoney })

/** The schema of the state: bounded by the kinds of news and the channels. */
export const OrderNewsState = Schema.Struct({
  /** Whose it is; absent while nobody has said. */
  order: Schema.optionalKey(Order),
  held: Schema.Array(News),
  requested: Schema.Array(Requested)
})
/** The state of the news of an order. */
export interface OrderNewsState extends Schema.Schema.Type<typeof OrderNewsState> {}

/** Nothing has been heard of the order. */
export const initial: OrderNewsState = { held: [], requested: [] }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (state: OrderNewsState, event: NewsEvent): OrderNewsState => {
  switch (event._tag) {
    case "OrderIntroduced": {
      const { customerId, total } = event
      return { ...state, order: { customerId, total } }
    }
    case "NewsHeld":
      return { ...state, held: [...state.held, event.news] }
    case "NotificationRequested": {
      const { news, notificationId } = event
      const held = state.held.filter(({ kind }) => kind !== news.kind)
      return { ...state, held, requested: [...state.requested, { notificationId, news, settled: [] }] }
    }
    case "NotificationSent":
    case "NotificationSkipped":
    case "NotificationRefused":
    case "NotificationGivenUp": {
      const { channel } = event
      return changed(state, event.notificationId, (one) =>
        one.settled.includes(channel) ? one : { ...replaced(one, channel), settled: [...one.settled, channel] }
      )
    }
    case "NotificationPostponed": {
      const { channel, problem, tries } = event
      return changed(state, event.notificationId, (one) => {
        const { counted = 0 } = postponedOn(one, channel) ?? {}
        return replaced(one, channel, {
          channel,
          tries,
          counted: counted + (Patience.counts(problem) ? 1 : 0),
          isDue: false
        })
      })
    }
    case "NotificationDue": {
      const { channel } = event
      return changed(state, event.notificationId, (one) => {
        const postponed = postponedOn(one, channel)
        return postponed === undefined ? one : replaced(one, channel, { ...postponed, isDue: true })
      })
    }
  }
}

const changed = (
  state: OrderNewsState,
  notificationId: NotificationId.NotificationId,
  change: (one: Requested) => Requested
): OrderNewsState => ({
  ...state,
  requested: state.requested.map((one) => (one.notificationId === notificationId ? change(one) : one))
})

/** With something else, or nothing, postponed on a channel. */
const replaced = ({ postponed = [], ...one }: Requested, channel: Channel, next?: Postponed): Requested => {
  const others = postponed.filter((other) => other.channel !== channel)
  const all = next === undefined ? others : [...others, next]
  return all.length === 0 ? one : { ...one, postponed: all }
}

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<NewsEvent>, Refused.NewsRefusal>

const record = (...events: ReadonlyArray<NewsEvent>): Decision => Result.succeed(events)
const nothing = record()

const request = (
  { occurredAt, orderId }: Pick<Commands.NewsCommand, "orderId" | "occurredAt">,
  order: typeof Order.Type,
  news: News
): NewsEvent => ({
  _tag: "NotificationRequested",
  orderId,
  occurredAt,
  notificationId: NotificationId.of(orderId, news.kind),
  ...order,
  news
})

const introduce = (command: Commands.IntroduceOrder, { held, order }: OrderNewsState): Decision => {
  const { customerId, occurredAt, orderId, total } = command
  if (order === undefined) {
    const known = { customerId, total }
    const introduced = { _tag: "OrderIntroduced", orderId, occurredAt, ...known } as const
    return record(introduced, ...held.map((news) => request(command, known, news)))
  }
  for (const field of ["customerId", "total"] as const) {
    if (!Equal.equals(order[field], command[field])) {
      return Result.fail(new Refused.OrderIntroducedOtherwise({ orderId, field }))
    }
  }
  return nothing
}

const tell = (command: Commands.TellNews, { held, order, requested }: OrderNewsState): Decision => {
  const { news, occurredAt, orderId } = command
  const isHeard = [...held, ...requested.map((one) => one.news)].some(({ kind }) => kind === news.kind)
  if (isHeard) return nothing
  return order === undefined
    ? record({ _tag: "NewsHeld", orderId, occurredAt, news })
    : record(request(command, order, news))
}

const note = ({ orderId, outcome }: Commands.NoteDelivery, state: OrderNewsState): Decision => {
  const { channel, notificationId } = outcome
  const requested = requestedOf(state, notificationId)
  if (requested === undefined) return Result.fail(new Refused.NotificationNotRequested({ orderId, notificationId }))
  if (requested.settled.includes(channel)) return nothing
  // Of a try something is noted once.
  const isKnown =
    outcome._tag === "NotificationPostponed" && outcome.tries <= (postponedOn(requested, channel)?.tries ?? 0)
  return isKnown ? nothing : record(outcome)
}

const takeUp = (command: Commands.TakeUpNotification, state: OrderNewsState): Decision => {
  const { channel, notificationId, occurredAt, orderId } = command
  const requested = requestedOf(state, notificationId)
  if (requested === undefined) return Result.fail(new Refused.NotificationNotRequested({ orderId, notificationId }))
  const postponed = postponedOn(requested, channel)
  return postponed === undefined || postponed.isDue
    ? nothing
    : record({ _tag: "NotificationDue", orderId, occurredAt, notificationId, channel })
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.NewsCommand, state: OrderNewsState): Decision => {
  switch (command._tag) {
    case "IntroduceOrder":
      return introduce(command, state)
    case "TellNews":
      return tell(command, state)
    case "NoteDelivery":
      return note(command, state)
    case "TakeUpNotification":
      return takeUp(command, state)
  }
}

/** A notification; undefined when nobody asked for it. */
export const requestedOf = (
  { requested }: OrderNewsState,
  notificationId: NotificationId.NotificationId
): Requested | undefined => requested.find((one) => one.notificationId === notificationId)

/** What is tried again on a channel; undefined when nothing is. */
export const postponedOn = ({ postponed = [] }: Requested, channel: Channel): Postponed | undefined =>
  postponed.find((one) => one.channel === channel)

/** The news of an order as a decider. Its streams are named `order-news`, each with the id of its order. */
export const OrderNews = Decider.make({
  category: "order-news",
  State: OrderNewsState,
  Event: NewsEvent,
  initial,
  evolve,
  decide
})
