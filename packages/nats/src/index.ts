/** The message broker and the register of services on NATS: the only place that knows NATS. */
export type { Loss } from "./Losses.ts"
export * as MessageBrokerNats from "./MessageBrokerNats.ts"
export * as NatsConnection from "./NatsConnection.ts"
export { NatsAddressNotValid } from "./NatsAddresses.ts"
export * as ServiceRegistryNats from "./ServiceRegistryNats.ts"
export { TopicLosses } from "./TopicLosses.ts"
