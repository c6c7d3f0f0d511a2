/** The saga of transfers between accounts, as the service runs it. */
import { TransferProcess } from "@eventfold/domain-accounts"

/** The saga of a transfer. */
export const transfer = TransferProcess.make()
