/**
 * Handles the commands on transfers: a transfer and the account that its money leaves or comes to change in one transaction.
 *
 * Guarantees: the money of a transfer is on one account, on its way, or on the other account, whoever asks for what how
 * often. The bus has opened the transaction, and takes it back when the account refuses.
 *
 * Streams are locked in one order, that of all appends: the transfer first, then its account. A command changes one of each,
 * so commands wait for each other, and never in a circle.
 */
import type { Message } from "@eventfold/decider"
import { AccountMoves, Transfer, TransferCommands, type TransferErrors } from "@eventfold/domain-accounts"
import { CommandBus, type CommandEnvelope } from "@eventfold/event-store"
import { Effect, Option } from "effect"
import { streamOf, transferStreamOf } from "../AccountStreamId.ts"
import { accounts, transfers } from "./AccountAggregates.ts"

const handle = Effect.fnUntraced(function* (envelope: CommandEnvelope<TransferCommands.TransferCommand>) {
  const { payload, tenant, ...rest } = envelope
  const { metadata = {} } = envelope
  const stream = transferStreamOf(tenant, payload.transferId)
  const { events, state, version } = yield* transfers.handle(stream, payload, rest)
  for (const move of events.flatMap((event) => Option.toArray(AccountMoves.of(event)))) {
    yield* accounts.handle(streamOf(tenant, move.accountId), move, { metadata }).pipe(
      // No move opens or closes an account: a mistake of the program.
      Effect.catchTags({ AccountAlreadyOpen: Effect.die, AccountNotEmpty: Effect.die })
    )
  }
  return Transfer.answerOf(state, version)
})

const handler = <Command extends TransferCommands.TransferCommand>(
  command: Message.Command<string, Command, TransferCommands.TransferAnswer, TransferErrors.TransferRefusal>
) => CommandBus.handler(command, handle)

/** The handlers of the commands on transfers. */
export const handlers = [
  handler(TransferCommands.sendTransfer),
  handler(TransferCommands.receiveTransfer),
  handler(TransferCommands.cancelTransfer)
]
