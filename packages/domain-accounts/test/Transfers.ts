/** A transfer in every state, and one command of each kind. */
import { Decider } from "@eventfold/decider"
import { Transfer, TransferCommands, type TransferEvents } from "@eventfold/domain-accounts"
import { Result, Struct } from "effect"
import { accountId, occurredAt, otherId, transferId, usd } from "./Scenario.ts"

const common = { transferId, occurredAt }
export const send = TransferCommands.SendTransfer.make({ ...common, from: accountId, to: otherId, money: usd(500) })
export const receive = TransferCommands.ReceiveTransfer.make(common)
export const cancel = TransferCommands.CancelTransfer.make(common)
export const commands = [send, receive, cancel] as const

type Command = TransferCommands.TransferCommand

/** The events these commands lead to, none of them refused. */
export const after = (...commands: ReadonlyArray<Command>) =>
  commands.reduce<ReadonlyArray<TransferEvents.TransferEvent>>(
    (events, command) => [
      ...events,
      ...Result.getOrThrow(Decider.decideAfter(Transfer.Transfer, events, command)).events
    ],
    []
  )

/** The commands that lead to each state. */
export const states = { none: [], sent: [send], arrived: [send, receive], returned: [send, cancel], barred: [cancel] }
export type State = keyof typeof states
export const names = Struct.keys(states)

export const stateOf = (state: State) => Decider.fold(Transfer.Transfer, after(...states[state]))

export const outcomeOf = (state: State, command: Command) =>
  Decider.decideAfter(Transfer.Transfer, after(...states[state]), command)

/** An outcome in a word: the events it recorded, `nothing`, or the refusal. */
export const told = (state: State, command: Command): string =>
  Result.match(outcomeOf(state, command), {
    onFailure: ({ _tag }) => _tag,
    onSuccess: ({ events }) => events.map(({ _tag }) => _tag).join(" ") || "nothing"
  })
