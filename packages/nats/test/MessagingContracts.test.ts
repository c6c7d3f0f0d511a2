/** Relays and subscribers over the broker on NATS are held to their laws, as those over the other brokers are. */
import { layerMemory as eventsInMemory } from "@eventfold/event-store"
import { InboxMemory } from "@eventfold/messaging"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import { RelayLaws, SubscriberLaws } from "@eventfold/testing"
import { register } from "@eventfold/testing/ContractSuite"
import { Layer } from "effect"
import * as NatsServer from "./NatsServer.ts"

const ports = Layer.mergeAll(
  // Every call is one of a server that others work with as well.
  Layer.succeed(SubscriberLaws.Patience, "30 seconds"),
  readSideInMemory,
  InboxMemory.layerMemory,
  NatsServer.broker().pipe(Layer.provide(NatsServer.connection))
).pipe(Layer.provideMerge(eventsInMemory))

register("Relays and subscribers over NATS", ports, [...RelayLaws.laws, ...SubscriberLaws.laws], {
  excludeTestServices: true
})
