/**
 * A customer as billing sees one, as a decider: somebody who can be billed, since when. It has no name and no address: invoices
 * show them as the customers context has them at the time.
 *
 * Who is told of twice is registered once. It is never refused.
 */
import { Decider } from "@eventfold/decider"
import { Result, Schema } from "effect"
import type { RegisterDebtor } from "./DebtorCommands.ts"
import { DebtorEvent } from "./DebtorEvents.ts"

/** The schema of the state of a debtor. */
export const DebtorState = Schema.Struct({ isRegistered: Schema.Boolean })
/** The state of a debtor. */
export interface DebtorState extends Schema.Schema.Type<typeof DebtorState> {}

/** Nobody has told of them yet. */
export const initial: DebtorState = { isRegistered: false }

/** Folds one event into the state. */
export const evolve = (_state: DebtorState, _event: DebtorEvent): DebtorState => ({ isRegistered: true })

/** The registration, or nothing when they are registered. */
export const decide = (
  { customerId, occurredAt }: RegisterDebtor,
  { isRegistered }: DebtorState
): Result.Result<ReadonlyArray<DebtorEvent>> =>
  Result.succeed(isRegistered ? [] : [{ _tag: "DebtorRegistered", customerId, occurredAt }])

/** A debtor as a decider. Its streams are named `debtor`, each with the id of its customer. */
export const Debtor = Decider.make({
  category: "debtor",
  State: DebtorState,
  Event: DebtorEvent,
  initial,
  evolve,
  decide
})
