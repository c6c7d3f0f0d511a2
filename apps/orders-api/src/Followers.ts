/**
 * What follows the events of the contexts that hear messages: documents are written, and customers are told.
 *
 * They run on every node, one at a time each; what fails is tried again and ends as a dead letter. What could not be told is taken up
 * by timers, which any node fires. With `NOTIFICATIONS=off` nobody is told anything on this node: what is to be told waits for one
 * that tells.
 */
import { HandlerRunner, type HandlerStatus, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import type { FollowingServices } from "./contexts/ContextModule.ts"
import { hostedBy, hosts } from "./contexts/Hosting.ts"
import * as CustomerContacts from "./notifications/CustomerContacts.ts"
import * as Posting from "./notifications/Posting.ts"
import * as TakingUp from "./notifications/TakingUp.ts"
import { Settings } from "./Settings.ts"

/** What follows the events of the contexts that hear messages. */
export class Followers extends Context.Service<
  Followers,
  {
    /** How they are doing, by name. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
  }
>()("@eventfold/orders-api/Followers") {}

const runner = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const handlers = hostedBy(settings).flatMap(({ followers }) => followers[settings.notifications])
    const running = HandlerRunner.layer<FollowingServices>(handlers)
    const tells = settings.notifications === "on" && hosts(settings, "notifications")
    return tells ? Layer.merge(running, TakingUp.layer) : running
  })
).pipe(Layer.provide([Subscriptions.layer, CustomerContacts.layer, Posting.layer]))

/** Runs them while the layer lives. */
export const layer = Layer.effect(
  Followers,
  Effect.map(HandlerRunner, ({ statuses }) => ({ statuses }))
).pipe(Layer.provide(runner))
