/** A transfer in every state, and one command of each kind. */
import { Transfer, TransferCommands } from "@eventfold/domain-accounts"
import { DeciderScenario } from "@eventfold/testing"
import { accountId, occurredAt, otherId, transferId, usd } from "./Scenario.ts"

const common = { transferId, occurredAt }
export const send = TransferCommands.SendTransfer.make({ ...common, from: accountId, to: otherId, money: usd(500) })
export const receive = TransferCommands.ReceiveTransfer.make(common)
export const cancel = TransferCommands.CancelTransfer.make(common)

/** One command of each kind. */
export const commands = { send, receive, cancel }

/** Transfers after commands. */
export const { after } = DeciderScenario.of(Transfer.Transfer)

/** A transfer in every state. */
export const transfers = {
  none: after(),
  sent: after(send),
  arrived: after(send, receive),
  returned: after(send, cancel),
  barred: after(cancel)
}
