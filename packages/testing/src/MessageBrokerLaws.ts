/**
 * The laws of message brokers as values: what every layer of the port guarantees, with the time it remembers by default. No
 * test framework is needed to run them; `MessageBrokerContract` registers them with vitest.
 */
import type { MessageBroker } from "@eventfold/messaging"
import type { Law } from "./Law.ts"
import { delivering } from "./MessageBrokerLaws/Delivering.ts"
import { groups } from "./MessageBrokerLaws/Groups.ts"
import { publishing } from "./MessageBrokerLaws/Publishing.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<MessageBroker>> = [...publishing, ...groups, ...delivering]
