/**
 * The laws of inline projections as values: what holds of rows that are written in the transaction of the append, on every
 * event store with its rows. No test framework is needed to run them.
 *
 * Gotcha: every law starts projections of its own over the same names of events, so run them one after another.
 */
import { Effect } from "effect"
import { failing } from "./InlineProjectionLaws/Failing.ts"
import { generations } from "./InlineProjectionLaws/Generations.ts"
import { newStreams } from "./InlineProjectionLaws/NewStreams.ts"
import type * as Scenario from "./InlineProjectionLaws/Scenario.ts"
import { together } from "./InlineProjectionLaws/Together.ts"
import type { Law } from "./Law.ts"

/** What the laws need. */
export type Services = Scenario.Services

/** The laws of inline projections. */
export const laws: ReadonlyArray<Law<Services>> = [...together, ...newStreams, ...failing, ...generations].map(
  ({ check, name }) => ({
    name,
    check: Effect.scoped(check)
  })
)
