/**
 * The laws of consumers as values: what every layer of the port guarantees of leases, nodes and checkpoints. No test framework
 * is needed to run them; `ConsumersContract` registers them with vitest.
 */
import type { Transaction } from "@eventfold/event-store"
import type { Consumers } from "@eventfold/subscriptions"
import { checkpoints, consumerTransactions } from "./ConsumersLaws/Checkpoints.ts"
import { leases } from "./ConsumersLaws/Leases.ts"
import { nodes } from "./ConsumersLaws/Nodes.ts"
import type { Law } from "./Law.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<Consumers | Transaction>> = [
  ...leases,
  ...nodes,
  ...checkpoints,
  ...consumerTransactions
]
