/**
 * A transfer, as a decider: money leaves one account, and arrives on another or goes back.
 *
 * It decides what it is about and that each of it happens once; whether an account can pay or take the money is decided by
 * the account, on what `AccountMoves.ts` says follows. The two change in one transaction, so for each transfer that is
 * `sent` exactly its money is on no account, and otherwise none.
 */
import { Decider } from "@eventfold/decider"
import { Equal, Result } from "effect"
import type * as Commands from "./TransferCommands.ts"
import * as Refused from "./TransferErrors.ts"
import { TransferEvent } from "./TransferEvents.ts"
import { type TransferIn, TransferState } from "./TransferState.ts"

/** Nothing has been heard of it. */
export const initial: TransferState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (transfer: TransferState, event: TransferEvent): TransferState => {
  switch (event._tag) {
    case "TransferSent": {
      const { from, money, to, transferId } = event
      return transfer.status === "none" ? { status: "sent", transferId, from, to, money } : transfer
    }
    case "TransferArrived":
      return transfer.status === "sent" ? { ...transfer, status: "arrived" } : transfer
    case "TransferReturned":
      return transfer.status === "sent" ? { ...transfer, status: "returned" } : transfer
    case "TransferBarred":
      return transfer.status === "none" ? { status: "barred", transferId: event.transferId } : transfer
  }
}

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<TransferEvent>, Refused.OwnRefusal>

const record = (...events: ReadonlyArray<TransferEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.OwnRefusal): Decision => Result.fail(refusal)

const send = (command: Commands.SendTransfer, transfer: TransferState): Decision => {
  const { from, to, transferId } = command
  if (from === to) return refuse(new Refused.TransferToSameAccount({ transferId, accountId: from }))
  switch (transfer.status) {
    case "none":
      return record({ ...command, _tag: "TransferSent" })
    case "sent":
    case "arrived": {
      const differs = differenceOf(command, transfer)
      return differs === undefined ? nothing : refuse(new Refused.TransferDiffers({ transferId, differs }))
    }
    case "returned":
    case "barred":
      return refuse(new Refused.TransferCancelled({ transferId, status: transfer.status }))
  }
}

const differenceOf = (asked: Commands.SendTransfer, known: TransferIn<"sent" | "arrived">) =>
  (["from", "to", "money"] as const).find((field) => !Equal.equals(asked[field], known[field]))

const receive = ({ occurredAt, transferId }: Commands.ReceiveTransfer, transfer: TransferState): Decision => {
  switch (transfer.status) {
    case "none":
      return refuse(new Refused.TransferNotSent({ transferId }))
    case "sent":
      return record({ _tag: "TransferArrived", ...whatMoves(transfer), occurredAt })
    case "arrived":
      return nothing
    case "returned":
    case "barred":
      return refuse(new Refused.TransferCancelled({ transferId, status: transfer.status }))
  }
}

const cancel = ({ occurredAt, transferId }: Commands.CancelTransfer, transfer: TransferState): Decision => {
  switch (transfer.status) {
    case "none":
      return record({ _tag: "TransferBarred", transferId, occurredAt })
    case "sent":
      return record({ _tag: "TransferReturned", ...whatMoves(transfer), occurredAt })
    case "arrived":
    case "returned":
    case "barred":
      return nothing
  }
}

const whatMoves = ({ from, money, to, transferId }: TransferIn<"sent">) => ({ transferId, from, to, money })

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.TransferCommand, transfer: TransferState): Decision => {
  switch (command._tag) {
    case "SendTransfer":
      return send(command, transfer)
    case "ReceiveTransfer":
      return receive(command, transfer)
    case "CancelTransfer":
      return cancel(command, transfer)
  }
}

/** A transfer as a decider. Its streams are named `transfer`. */
export const Transfer = Decider.make({
  category: "transfer",
  State: TransferState,
  Event: TransferEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on a transfer answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without a transfer: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (transfer: TransferState, version: number): Commands.TransferAnswer => {
  if (transfer.status === "none") throw new RangeError("There is no transfer to answer about")
  return { ...transfer, version }
}
