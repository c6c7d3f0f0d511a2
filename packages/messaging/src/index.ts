/** Messages between contexts: what they look like, and how they travel. */
export * as AsyncApi from "./AsyncApi.ts"
export { BrokerFailure, BrokerRequestRefused, UnknownGroup } from "./BrokerErrors.ts"
export {
  type BrokerDriver,
  mostCounted,
  mostHandedOn,
  mostTrimmed,
  type EncodedMessage,
  type Received,
  type Receipt,
  type StoredDeadMessage,
  type StoredDelivery,
  type StoredKeptMessage,
  timeIsUp
} from "./BrokerDriver.ts"
export { BrokerJanitor, type JanitorOptions, type JanitorStatus } from "./BrokerJanitor.ts"
export { type BrokerOptions, longestMessage } from "./BrokerRules.ts"
export type { CleaningStatus } from "./Cleaning.ts"
export * as CloudEvent from "./CloudEvent.ts"
export * as CloudEventHttp from "./CloudEventHttp.ts"
export {
  type DeadMessage,
  type Delivery,
  type Group,
  type GroupOptions,
  type GroupState,
  type KeptMessage,
  MessageBroker,
  type Receiving,
  type Start
} from "./MessageBroker.ts"
export * as Hearing from "./Hearing.ts"
export {
  Inbox,
  type InboxDriver,
  type InboxEntry,
  type InboxMessage,
  type InboxQuery,
  InboxRequestRefused,
  type InboxState,
  type MessageIdentity,
  type OnceOptions
} from "./Inbox.ts"
export * as InboxMemory from "./InboxMemory.ts"
export * as InboxRetention from "./InboxRetention.ts"
export { MessageSignal } from "./MessageSignal.ts"
export * as MessageBrokerMemory from "./MessageBrokerMemory.ts"
export * as OutboxRelay from "./OutboxRelay.ts"
export { publishAgain } from "./PublishAgain.ts"
export * as SchemaCompatibility from "./SchemaCompatibility.ts"
export * as Subscriber from "./Subscriber.ts"
export {
  type ActingFor,
  type LettersOf,
  MessageLetterNotFound,
  SubscriberDesk,
  type SubscriberLetter
} from "./SubscriberDesk.ts"
export {
  type ActingOn,
  type KnownSubscriber,
  type MarksOfRewound,
  type Rewound,
  type StrayGroup,
  SubscriberGroups,
  SubscriberInUse
} from "./SubscriberGroups.ts"
export {
  type Delivering,
  type HandlingOptions,
  SubscriberNotUsable,
  type SubscriberOptions
} from "./SubscriberOptions.ts"
export { SubscriberRunner, type SubscriberRunnerOptions, UnknownSubscriber } from "./SubscriberRunner.ts"
export type { SubscriberCounts, SubscriberFailure, SubscriberStatus, TopicStatus } from "./SubscriberStatus.ts"
export {
  defaultNamespace,
  Endpoint,
  Endpoints,
  ServiceInstance,
  ServiceName,
  ServicesNotValid,
  ServiceVersion
} from "./ServiceInstance.ts"
export {
  type RegisteredInstance,
  type RegistryDriver,
  RegistryFailure,
  type RegistryOptions,
  ServiceRegistry,
  type StoredInstance
} from "./ServiceRegistry.ts"
export * as ServiceRegistryMemory from "./ServiceRegistryMemory.ts"
export * as ServiceRegistryStatic from "./ServiceRegistryStatic.ts"
