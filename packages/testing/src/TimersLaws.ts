/**
 * The laws of durable timers as values: what every layer of the port guarantees. No test framework is needed to run them;
 * `TimersContract` registers them with vitest.
 */
import type { Transaction } from "@eventfold/event-store"
import type { Timers } from "@eventfold/processes"
import type { Law } from "./Law.ts"
import { claiming } from "./TimersLaws/Claiming.ts"
import { scheduling } from "./TimersLaws/Scheduling.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<Timers | Transaction>> = [...scheduling, ...claiming]
