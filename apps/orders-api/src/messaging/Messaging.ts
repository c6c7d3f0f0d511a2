/**
 * Messages between the contexts of the service at work: relays say what happens, subscribers act upon it, on every node, as
 * `MESSAGING` says. Switched off nothing is said and nobody acts; both go on from where they were when it is on again.
 */
import { SubscriberDesk, SubscriberRunner } from "@eventfold/messaging"
import { HandlerRunner, type HandlerStatus, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"
import * as MessageRetention from "./MessageRetention.ts"
import { relays } from "./Relays.ts"
import type { Subscribers } from "./Subscribers.ts"

/** The relays of this process. */
export class Relays extends Context.Service<
  Relays,
  {
    /** How they are doing, by name; none when messaging is off. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
  }
>()("@eventfold/orders-api/Relays") {}

type OfRelays = Effect.Services<(typeof relays)[number]>

const relaying = (on: boolean) =>
  Layer.effect(
    Relays,
    Effect.map(HandlerRunner, ({ statuses }) => ({ statuses }))
  ).pipe(Layer.provide(HandlerRunner.layer<OfRelays>(on ? relays : [])), Layer.provide(Subscriptions.layer))

/** Says and hears messages while the layer lives. */
export const layer = (subscribers: Subscribers) =>
  Layer.unwrap(
    Effect.map(Settings, ({ messaging }) =>
      Layer.mergeAll(
        relaying(messaging),
        Layer.provideMerge(SubscriberDesk.layer, SubscriberRunner.layer(messaging ? subscribers : [])),
        messaging ? MessageRetention.layer : Layer.empty
      )
    )
  )
