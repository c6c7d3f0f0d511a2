/**
 * Messages between the contexts of the service at work: relays say what happens, subscribers act upon it, on every node, as
 * `MESSAGING` says; of the subscribers those that `SUBSCRIBERS` names. Switched off nothing is said and nobody acts; both go on
 * from where they were when it is on again, and so does a subscriber that is named again. What the processes that are hosted here
 * follow of contexts elsewhere is heard in any case (`Hearing.ts`).
 */
import { type Group, SubscriberDesk, SubscriberGroups, SubscriberRunner } from "@eventfold/messaging"
import { HandlerRunner, type HandlerStatus, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import * as SalesDirectory from "../buyers/SalesDirectory.ts"
import { hostedBy, modules } from "../contexts/Hosting.ts"
import { Settings, type SettingsShape } from "../Settings.ts"
import * as Broker from "./Broker.ts"
import * as Hearing from "./Hearing.ts"
import * as MessageRetention from "./MessageRetention.ts"
import type { Relay } from "./Relays.ts"
import type { Subscribers } from "./Subscribers.ts"

/** The relays of this process. */
export class Relays extends Context.Service<
  Relays,
  {
    /** How they are doing, by name; none when messaging is off. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
  }
>()("@eventfold/orders-api/Relays") {}

const relaying = (relays: ReadonlyArray<Relay>) =>
  Layer.effect(
    Relays,
    Effect.map(HandlerRunner, ({ statuses }) => ({ statuses }))
  ).pipe(Layer.provide(HandlerRunner.layer<Effect.Services<Relay>>(relays)), Layer.provide(Subscriptions.layer))

/** Those of the subscribers that this process is to run. */
const wanted = (subscribers: Subscribers, asked: SettingsShape["subscribers"]) =>
  asked === "all" ? subscribers : subscribers.filter(({ name }) => asked.includes(name))

/** Whether a process that hosts other contexts has the subscriber of a group, or hears with it. */
const isElsewhere =
  ({ contexts }: SettingsShape) =>
  ({ group }: Group): boolean => {
    if (contexts === "all") return false
    const [first, ...hearing] = group.split("-")
    if (first === "hearing") return hearing.every((name) => !contexts.some((context) => context === name))
    return modules.some(
      (module) => !contexts.includes(module.name) && module.subscribers.some(({ name }) => name === group)
    )
  }

/** Says and hears messages while the layer lives, with these subscribers, or those of the contexts that are hosted. */
export const layer = (given?: Subscribers) =>
  Layer.unwrap(
    Effect.map(Settings, (settings) => {
      const { messaging, subscribers: asked } = settings
      const subscribers = given ?? hostedBy(settings).flatMap((module) => module.subscribers)
      const relays = hostedBy(settings).flatMap(({ relay }) => relay ?? [])
      // Without it the processes of this one would not go on, so nobody can leave it out.
      const hearing = Hearing.subscribers(hostedBy(settings).map(({ name }) => name))
      return Layer.mergeAll(
        relaying(messaging ? relays : []),
        Layer.provideMerge(
          SubscriberDesk.layer,
          Layer.provide(
            SubscriberRunner.layer(messaging ? [...wanted(subscribers, asked), ...hearing] : []),
            SalesDirectory.layer
          )
        ),
        // Also those that do not run here: their places are needed.
        SubscriberGroups.layer([...subscribers, ...hearing], { isElsewhere: isElsewhere(settings) }),
        messaging ? MessageRetention.layer : MessageRetention.off
      ).pipe(Layer.provide(Broker.layer))
    })
  )
