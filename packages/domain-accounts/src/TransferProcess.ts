/**
 * How money is transferred between two accounts, as a saga of two steps: it leaves the one and arrives on the other. Refused
 * by the other, or failing for good, it goes back.
 *
 * Guarantees: whatever fails and whoever crashes in between, nothing is made or lost. Each step is one transaction of the
 * transfer and an account, and the transfer decides what is still possible: the money is on the first account, on its way,
 * or on the second one.
 *
 * Gotcha: the saga can be compensated and the money have arrived all the same, when nobody heard that it had. What is true
 * is what the transfer says.
 */
import { Saga } from "@eventfold/decider"
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { PositiveMoney } from "./Balances.ts"
import { cancelTransfer, receiveTransfer, sendTransfer } from "./TransferCommands.ts"
import { TransferId } from "./TransferId.ts"

/** The schema of what a transfer is started with. */
export const TransferInput = Schema.Struct({
  transferId: TransferId,
  from: AccountId,
  to: AccountId,
  money: PositiveMoney
}).annotate({ identifier: "TransferInput" })
/** What a transfer is started with. */
export interface TransferInput extends Schema.Schema.Type<typeof TransferInput> {}

/** The id of the saga of a transfer: starting it twice starts one. */
export const idOf = (transferId: TransferId): string => transferId

/** What it does, in a sentence for people. */
export const summary = "Transfers money between two accounts; refused or failing for good, it goes back."

/** The saga. */
export const make = () =>
  Saga.make({ name: "transfer", input: TransferInput })
    // Also after a refusal: an earlier attempt that nobody heard of could still come, and find that it can be paid.
    .undo(
      Saga.by(cancelTransfer, ({ at, input: { transferId } }) => ({
        _tag: "CancelTransfer",
        transferId,
        occurredAt: at
      }))
    )
    .step("send", sendTransfer, {
      send: ({ at, input }) => ({ _tag: "SendTransfer", ...input, occurredAt: at }),
      compensate: Saga.nothing("the transfer is cancelled as a whole, at the end")
    })
    .step("receive", receiveTransfer, {
      send: ({ at, input: { transferId } }) => ({ _tag: "ReceiveTransfer", transferId, occurredAt: at }),
      compensate: Saga.nothing("a transfer that is cancelled does not arrive any more; what has arrived stays")
    })
    .end()
