/**
 * What follows the events of the contexts that hear messages: documents are written, and customers are told.
 *
 * They run on every node, one at a time each; what fails is tried again and ends as a dead letter. With `NOTIFICATIONS=off` nobody
 * is told anything on this node: what is to be told waits for one that tells.
 */
import { HandlerRunner, type HandlerStatus, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import * as Invoicing from "./billing/Invoicing.ts"
import * as CustomerContacts from "./notifications/CustomerContacts.ts"
import * as Posting from "./notifications/Posting.ts"
import * as Telling from "./notifications/Telling.ts"
import { Settings } from "./Settings.ts"

/** What follows the events of the contexts that hear messages. */
export class Followers extends Context.Service<
  Followers,
  {
    /** How they are doing, by name. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
  }
>()("@eventfold/orders-api/Followers") {}

type Needed = Effect.Services<typeof Invoicing.handler> | Effect.Services<typeof Telling.handler>

const runner = Layer.unwrap(
  Effect.map(Settings, ({ notifications }) =>
    HandlerRunner.layer<Needed>(notifications === "on" ? [Invoicing.handler, Telling.handler] : [Invoicing.handler])
  )
).pipe(Layer.provide([Subscriptions.layer, CustomerContacts.layer, Posting.layer]))

/** Runs them while the layer lives. */
export const layer = Layer.effect(
  Followers,
  Effect.map(HandlerRunner, ({ statuses }) => ({ statuses }))
).pipe(Layer.provide(runner))
