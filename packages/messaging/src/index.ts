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
  timeIsUp
} from "./BrokerDriver.ts"
export { BrokerJanitor, type JanitorOptions, type JanitorStatus } from "./BrokerJanitor.ts"
export { type BrokerOptions, longestMessage } from "./BrokerRules.ts"
export * as CloudEvent from "./CloudEvent.ts"
export * as CloudEventHttp from "./CloudEventHttp.ts"
export {
  type DeadMessage,
  type Delivery,
  type Group,
  type GroupOptions,
  type GroupState,
  MessageBroker,
  type Receiving,
  type Start
} from "./MessageBroker.ts"
export {
  Inbox,
  type InboxDriver,
  type InboxEntry,
  type InboxMessage,
  type InboxQuery,
  InboxRequestRefused,
  type InboxState,
  type OnceOptions
} from "./Inbox.ts"
export * as InboxMemory from "./InboxMemory.ts"
export * as InboxRetention from "./InboxRetention.ts"
export * as MessageBrokerMemory from "./MessageBrokerMemory.ts"
export * as OutboxRelay from "./OutboxRelay.ts"
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
  type Delivering,
  type HandlingOptions,
  SubscriberNotUsable,
  type SubscriberOptions
} from "./SubscriberOptions.ts"
export { SubscriberRunner, type SubscriberRunnerOptions, UnknownSubscriber } from "./SubscriberRunner.ts"
export type { SubscriberCounts, SubscriberFailure, SubscriberStatus, TopicStatus } from "./SubscriberStatus.ts"
