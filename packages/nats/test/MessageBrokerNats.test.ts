/** The broker on NATS is held to the laws of the port. */
import type { MessageBroker } from "@eventfold/messaging"
import * as MessageBrokerContract from "@eventfold/testing/MessageBrokerContract"
import { Layer } from "effect"
import * as NatsServer from "./NatsServer.ts"

MessageBrokerContract.suite<MessageBroker, unknown>(
  "the message broker on NATS",
  NatsServer.broker().pipe(Layer.provide(NatsServer.connection)),
  { excludeTestServices: true }
)
