/**
 * Who acts upon what others say: each subscriber is made in the file of its context, and named by the module of the context. One
 * that is added receives everything the broker keeps, from the beginning; no publisher changes for that.
 */
import type { CustomerDirectory } from "@eventfold/domain-ordering"
import type { CommandBus } from "@eventfold/event-store"
import type { Subscriber } from "@eventfold/messaging"
import { modules } from "../contexts/Hosting.ts"
import type { Ports } from "../Service.ts"

/** What handlers of messages may use. */
export type SubscriberServices = CommandBus | CustomerDirectory.CustomerDirectory | Ports

/** Subscribers, in the order of their contexts. */
export type Subscribers = ReadonlyArray<Subscriber.Subscriber<SubscriberServices>>

/** The subscribers of all contexts. */
export const subscribers: Subscribers = modules.flatMap((module) => module.subscribers)

/** Their names. */
export const names: ReadonlyArray<string> = subscribers.map(({ name }) => name)
